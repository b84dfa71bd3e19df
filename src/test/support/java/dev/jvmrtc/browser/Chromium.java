package dev.jvmrtc.browser;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;

/**
 * Headless Chromium with its fake camera and microphone, driven over the DevTools protocol with the JDK's own WebSocket
 * client.
 */
public final class Chromium implements AutoCloseable {
    private static final long START_MILLIS = 30_000;

    private final Process process;
    private final Path profile;
    private final String url;
    private final HttpServer server;
    private final WebSocket socket;
    private final AtomicInteger ids = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonObject>> calls = new ConcurrentHashMap<>();
    private final StringBuilder partial = new StringBuilder();

    /**
     * Skips the calling test where there is no browser, unless {@code -Djvmrtc.requireBrowser=true} makes that a
     * failure.
     */
    public static void assumeInstalled() {
        boolean there = executable() != null;
        if (!there && Boolean.getBoolean("jvmrtc.requireBrowser")) {
            throw new AssertionError("Chromium is not installed, and this run requires it");
        }
        Assumptions.assumeTrue(
                there, "SKIPPED: Chromium is not installed (looked for chromium and google-chrome on the PATH)");
    }

    private static String executable() {
        for (String dir : System.getenv().getOrDefault("PATH", "").split(":")) {
            for (String name : List.of("chromium", "chromium-browser", "google-chrome")) {
                if (Files.isExecutable(Path.of(dir, name))) {
                    return Path.of(dir, name).toString();
                }
            }
        }
        return null;
    }

    /** Starts the browser on an empty page of localhost with a script loaded. */
    public static Chromium withScript(String script) throws IOException, InterruptedException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", x -> {
            byte[] page = ("<!doctype html><meta charset=utf-8><title>jvmrtc</title><body><script>" + script
                            + "</script>")
                    .getBytes("UTF-8");
            x.getResponseHeaders().set("Content-Type", "text/html");
            x.sendResponseHeaders(200, page.length);
            x.getResponseBody().write(page);
            x.close();
        });
        server.start();
        return new Chromium(server, "http://localhost:" + server.getAddress().getPort() + "/", List.of());
    }

    /** Starts the browser on a page. */
    public static Chromium open(String url, String... flags) throws IOException, InterruptedException {
        return new Chromium(null, url, List.of(flags));
    }

    private Chromium(HttpServer server, String url, List<String> flags) throws IOException, InterruptedException {
        this.server = server;
        this.url = url;
        profile = Files.createTempDirectory("jvmrtc-chromium");
        List<String> command = new ArrayList<>(List.of(
                executable(),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                "--autoplay-policy=no-user-gesture-required",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile));
        command.addAll(flags);
        command.add(url);
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(profile.resolve("log").toFile())
                .start();
        socket = connect();
        awaitPage();
    }

    /** The page loads while we look: until then an evaluation may meet a context that has just gone. */
    private void awaitPage() throws InterruptedException {
        long until = System.nanoTime() + START_MILLIS * 1_000_000;
        while (System.nanoTime() < until) {
            JsonObject answer =
                    call("document.readyState === 'complete' && location.href.startsWith('" + url + "')", 20);
            if (answer.has("result")
                    && answer.getAsJsonObject("result")
                            .getAsJsonObject("result")
                            .get("value")
                            .getAsBoolean()) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        throw new AssertionError("the page did not load within 30 s");
    }

    private WebSocket connect() throws IOException, InterruptedException {
        long until = System.nanoTime() + START_MILLIS * 1_000_000;
        Path portFile = profile.resolve("DevToolsActivePort");
        HttpClient http = HttpClient.newHttpClient();
        while (System.nanoTime() < until) {
            if (Files.exists(portFile) && Files.readAllLines(portFile).size() >= 2) {
                String port = Files.readAllLines(portFile).get(0);
                String list = http.send(
                                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/list"))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .body();
                for (JsonElement e : JsonParser.parseString(list).getAsJsonArray()) {
                    JsonObject o = e.getAsJsonObject();
                    if (o.get("type").getAsString().equals("page")
                            && o.get("url").getAsString().startsWith(url)) {
                        return http.newWebSocketBuilder()
                                .buildAsync(
                                        URI.create(o.get("webSocketDebuggerUrl").getAsString()), new Listener())
                                .join();
                    }
                }
            }
            // The browser is another process that tells nobody when it is ready: its port file is watched.
            TimeUnit.MILLISECONDS.sleep(50);
        }
        throw new IOException("Chromium did not start within 30 s:\n" + Files.readString(profile.resolve("log")));
    }

    private final class Listener implements WebSocket.Listener {
        @Override
        public CompletionStage<?> onText(WebSocket s, CharSequence text, boolean last) {
            partial.append(text);
            if (last) {
                JsonObject m = JsonParser.parseString(partial.toString()).getAsJsonObject();
                partial.setLength(0);
                CompletableFuture<JsonObject> call =
                        m.has("id") ? calls.remove(m.get("id").getAsInt()) : null;
                if (call != null) {
                    call.complete(m);
                }
            }
            s.request(1);
            return null;
        }
    }

    /** Evaluates an expression in the page, awaits its promise, and returns its value. */
    public JsonElement evaluate(String expression) {
        return evaluate(expression, 40);
    }

    public JsonElement evaluate(String expression, int seconds) {
        JsonObject answer = call(expression, seconds);
        if (!answer.has("result")) {
            throw new AssertionError("the browser refused: " + answer);
        }
        JsonObject result = answer.getAsJsonObject("result");
        if (result.has("exceptionDetails")) {
            throw new AssertionError("in the page: " + result.get("exceptionDetails"));
        }
        return result.getAsJsonObject("result").get("value");
    }

    private JsonObject call(String expression, int seconds) {
        int id = ids.incrementAndGet();
        JsonObject params = new JsonObject();
        params.addProperty("expression", expression);
        params.addProperty("awaitPromise", true);
        params.addProperty("returnByValue", true);
        JsonObject call = new JsonObject();
        call.addProperty("id", id);
        call.addProperty("method", "Runtime.evaluate");
        call.add("params", params);
        CompletableFuture<JsonObject> answer = new CompletableFuture<>();
        calls.put(id, answer);
        synchronized (this) {
            socket.sendText(call.toString(), true).join();
        }
        try {
            return answer.get(seconds, TimeUnit.SECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new AssertionError(
                    "the page did not answer within " + seconds + " s: "
                            + expression.lines().findFirst().orElse(""),
                    e);
        } catch (InterruptedException | java.util.concurrent.ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        socket.abort();
        // Its helpers outlive it for a moment and still write into the profile.
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        process.destroy();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        for (ProcessHandle p : all) {
            try {
                p.onExit().get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (TimeoutException | ExecutionException e) {
                p.destroyForcibly();
                p.onExit().join();
            }
        }
        if (server != null) {
            server.stop(0);
        }
        try (var files = Files.walk(profile)) {
            files.sorted(Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
        }
    }
}
