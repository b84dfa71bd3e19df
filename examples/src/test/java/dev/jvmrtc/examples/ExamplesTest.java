package dev.jvmrtc.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.RTCDataChannel;
import dev.jvmrtc.RTCIceServer;
import dev.jvmrtc.RTCPeerConnection;
import dev.jvmrtc.RTCPeerConnectionState;
import dev.jvmrtc.RTCSdpType;
import dev.jvmrtc.RTCSessionDescription;
import dev.jvmrtc.browser.Chromium;
import dev.jvmrtc.media.ConstrainULong;
import dev.jvmrtc.media.MediaDevices;
import dev.jvmrtc.media.MediaStream;
import dev.jvmrtc.media.MediaStreamConstraints;
import dev.jvmrtc.media.MediaStreamTrack;
import dev.jvmrtc.media.MediaTrackConstraints;
import dev.jvmrtc.media.file.Clip;
import dev.jvmrtc.turn.Coturn;
import java.awt.GraphicsEnvironment;
import java.awt.Rectangle;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each example does what the README says. */
@Timeout(120)
class ExamplesTest {
    private static final String FRAMES = """
        (async () => { const v = document.getElementById('remote');
          for (let i = 0; i < 400; i++) {
            let n = 0; if (window.pc) (await pc.getStats()).forEach(s => { if (s.type === 'inbound-rtp' && s.kind === 'video') n = s.framesDecoded || 0; });
            if (n > 30 && v.videoWidth) return v.videoWidth + 'x' + v.videoHeight;
            await new Promise(r => setTimeout(r, 50));
          }
          return 'no video'; })()""";

    @Test
    void theBotShowsItsClockAndSaysWhatItSees() throws Exception {
        Chromium.assumeInstalled();
        try (SignallingServer server = Bot.start("127.0.0.1", 0);
                Chromium browser = Chromium.open(server.url())) {
            assertEquals("480x360", browser.evaluate(FRAMES).getAsString());
            String log = browser.evaluate("""
                (async () => { for (let i = 0; i < 300; i++) { const t = document.getElementById('log').textContent; if (t.includes('I see')) return t;
                  await new Promise(r => setTimeout(r, 50)); } return 'it said nothing'; })()""").getAsString();
            assertTrue(log.matches("(?s).*I see 640x480 pixels.*"), log);
        }
    }

    @Test
    void thePhotoBoothKeepsWhatItSees(@TempDir Path dir) throws Exception {
        Chromium.assumeInstalled();
        try (SignallingServer server = PhotoBooth.start("127.0.0.1", 0, dir);
                Chromium browser = Chromium.open(server.url())) {
            assertTrue(browser.evaluate(FRAMES).getAsString().matches("\\d+x\\d+"));
            browser.evaluate(
                    "document.getElementById('text').value = 'cheese'; document.getElementById('form').requestSubmit()");
            String log = browser.evaluate("""
                (async () => { for (let i = 0; i < 300; i++) { const t = document.getElementById('log').textContent; if (t.includes('click')) return t;
                  await new Promise(r => setTimeout(r, 50)); } return 'nothing clicked'; })()""").getAsString();
            assertTrue(log.contains("click: photo-1.png, 640x480"), log);
            assertEquals(
                    640,
                    javax.imageio.ImageIO.read(dir.resolve("photo-1.png").toFile())
                            .getWidth());
        }
    }

    @Test
    void twoDesktopsSeeEachOther() throws Exception {
        Assumptions.assumeFalse(GraphicsEnvironment.isHeadless(), "SKIPPED: this machine has no display");
        MediaDevices devices = MediaDevices.generated();
        MediaStream own =
                devices.getUserMedia(new MediaStreamConstraints(true, true)).get();
        try (DesktopChat.Listener listener = DesktopChat.listen("127.0.0.1", 0, false, devices, own)) {
            ChatWindow window = new ChatWindow("test", devices, own);
            RTCPeerConnection pc = DesktopChat.connection(window);
            HttpSignalling.offer(pc, URI.create(listener.desktopUrl()));
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (window.framesShown() < 60 && System.nanoTime() < end) {
                Thread.sleep(20);
            }
            assertTrue(window.framesShown() >= 60, window.framesShown() + " frames were shown");
            window.hangUp();
            window.awaitClosed();
            assertEquals(RTCPeerConnectionState.CLOSED, pc.getConnectionState());
        }
        own.getTracks().forEach(MediaStreamTrack::stop);
    }

    @Test
    void theScreenIsSeenInTheBrowser() throws Exception {
        Assumptions.assumeFalse(GraphicsEnvironment.isHeadless(), "SKIPPED: this machine has no display");
        Chromium.assumeInstalled();
        MediaStream screen = new MediaDevices()
                .getDisplayMedia(MediaTrackConstraints.builder()
                        .width(ConstrainULong.max(640))
                        .build())
                .get();
        Rectangle size = GraphicsEnvironment.getLocalGraphicsEnvironment()
                .getDefaultScreenDevice()
                .getDefaultConfiguration()
                .getBounds();
        try (SignallingServer server = ScreenShare.start("127.0.0.1", 0, screen);
                Chromium browser = Chromium.open(server.url())) {
            assertEquals(
                    "640x" + Math.round(640.0 * size.height / size.width),
                    browser.evaluate(FRAMES).getAsString());
        }
        screen.getTracks().forEach(MediaStreamTrack::stop);
    }

    @Test
    void videoChatShowsTheBrowserItselfAndAnswersWhatIsTyped() throws Exception {
        Chromium.assumeInstalled();
        try (SignallingServer server = VideoChat.start("127.0.0.1", 0, false);
                Chromium browser = Chromium.open(server.url())) {
            assertTrue(browser.evaluate(FRAMES).getAsString().matches("\\d+x\\d+"));
            browser.evaluate(
                    "document.getElementById('text').value = 'hello'; document.getElementById('form').requestSubmit()");
            String log = browser.evaluate("""
                (async () => { for (let i = 0; i < 200; i++) { const t = document.getElementById('log').textContent; if (/JVM/.test(t)) return t;
                  await new Promise(r => setTimeout(r, 50)); } return 'no answer'; })()""").getAsString();
            assertTrue(log.contains("you said \"hello\""), log);
        }
    }

    @Test
    void videoChatServesHttpsToo() throws Exception {
        Chromium.assumeInstalled();
        try (SignallingServer server = VideoChat.start("127.0.0.1", 0, true);
                Chromium browser = Chromium.open(server.url(), "--ignore-certificate-errors")) {
            assertTrue(browser.evaluate(FRAMES).getAsString().matches("\\d+x\\d+"));
        }
    }

    @Test
    void twoPeersExchangeAMessage() throws Exception {
        assertTrue(run(TwoPeers.class).contains("hello from the other side"));
    }

    @Test
    void perfectNegotiationEndsWithBothVideos() throws Exception {
        assertTrue(run(PerfectNegotiation.class).contains("receives video, the impolite side video"));
    }

    @Test
    void echoServerAnswersAnHttpPostAndEchoes() throws Exception {
        try (HttpSignalling.Server server = EchoServer.start(0);
                RTCPeerConnection pc = new RTCPeerConnection()) {
            CompletableFuture<Void> gathered = new CompletableFuture<>();
            pc.onIceCandidate(e -> {
                if (e.candidate() == null) {
                    gathered.complete(null);
                }
            });
            RTCDataChannel c = pc.createDataChannel("x");
            CompletableFuture<String> echoed = new CompletableFuture<>();
            c.onMessage(m -> echoed.complete(m.text()));
            c.onOpen(e -> c.send("ping"));
            pc.setLocalDescription().thenCompose(v -> gathered).get(10, TimeUnit.SECONDS);
            URI uri = URI.create("http://127.0.0.1:" + server.port() + "/");
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(uri)
                                    .POST(HttpRequest.BodyPublishers.ofString(
                                            pc.getLocalDescription().getSdp()))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertEquals(201, answer.statusCode());
            pc.setRemoteDescription(new RTCSessionDescription(RTCSdpType.ANSWER, answer.body()));
            assertEquals("ping", echoed.get(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void fileTransferGoesOnWhereItBrokeOffAndTheFileIsTheSame(@TempDir Path dir) throws Exception {
        byte[] content = new byte[3_000_000];
        new Random(1).nextBytes(content);
        Path file = Files.write(dir.resolve("data.bin"), content);
        Path to = Files.createDirectory(dir.resolve("to"));
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(log, true, StandardCharsets.UTF_8);
        try (FileTransfer.Server server = new FileTransfer.Server(file, "127.0.0.1", 0, out)) {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
            Path part = to.resolve("data.bin." + HexFormat.of().formatHex(digest, 0, 8) + ".part");
            Files.write(part, Arrays.copyOf(content, 1_234_567)); // as an earlier fetch has left it
            Path fetched = FileTransfer.fetch(URI.create(server.uri()), to, out);
            assertArrayEquals(content, Files.readAllBytes(fetched));
            String said = log.toString(StandardCharsets.UTF_8);
            assertTrue(said.contains("going on with data.bin at 1234567 of 3000000 bytes"), said);
            assertTrue(said.contains("100 %"), said);
            assertFalse(Files.exists(part));

            Files.write(part, new byte[2_000_000]); // damaged
            IOException wrong =
                    assertThrows(IOException.class, () -> FileTransfer.fetch(URI.create(server.uri()), to, out));
            assertTrue(wrong.getMessage().contains("checksum is wrong"), wrong.getMessage());
            assertArrayEquals(content, Files.readAllBytes(FileTransfer.fetch(URI.create(server.uri()), to, out)));

            Files.write(file, new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
        }
        try (FileTransfer.Server server = new FileTransfer.Server(file, "127.0.0.1", 0, out)) {
            assertEquals(0, Files.size(FileTransfer.fetch(URI.create(server.uri()), to, out)), "an empty file, too");
            IOException refused =
                    assertThrows(IOException.class, () -> FileTransfer.fetch(URI.create(server.uri() + "x"), to, out));
            assertTrue(refused.getMessage().contains("404"), refused.getMessage());
        }
    }

    @Test
    void tunnelCarriesTcpConnectionsWhoseDirectionsEndOnTheirOwn() throws Exception {
        try (ServerSocket target = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread upperCase = new Thread(() -> {
                while (true) {
                    try (Socket s = target.accept()) {
                        byte[] all = s.getInputStream().readAllBytes(); // until the other direction has ended
                        s.getOutputStream()
                                .write(new String(all, StandardCharsets.UTF_8)
                                        .toUpperCase(Locale.ROOT)
                                        .getBytes(StandardCharsets.UTF_8));
                    } catch (IOException e) {
                        return;
                    }
                }
            });
            upperCase.start();
            HttpSignalling.Server server = Tunnel.serve(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), target.getLocalPort()),
                    new InetSocketAddress("127.0.0.1", 0),
                    "/t");
            try (Tunnel.Listener listener =
                    new Tunnel.Listener(0, URI.create("http://127.0.0.1:" + server.port() + "/t"))) {
                String text = "hello ".repeat(50_000);
                for (int i = 0; i < 3; i++) {
                    try (Socket s = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
                        s.setSoTimeout(20_000);
                        s.getOutputStream().write((i + text).getBytes(StandardCharsets.UTF_8));
                        s.shutdownOutput();
                        assertEquals(
                                i + text.toUpperCase(Locale.ROOT),
                                new String(s.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
                    }
                }
            } finally {
                server.close();
            }
        }
    }

    @Test
    void doctorFindsWhatAServerIsGoodFor() throws Exception {
        try (Coturn server = new Coturn()) {
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            PrintStream out = new PrintStream(text, true, StandardCharsets.UTF_8);
            RTCIceServer good = new RTCIceServer(List.of(server.tls()), Coturn.USER, Coturn.PASSWORD);
            RTCIceServer bad = new RTCIceServer(List.of(server.udp()), Coturn.USER, "wrong");
            RTCIceServer stun = RTCIceServer.of("stun:127.0.0.1:" + server.port);
            assertTrue(Doctor.examine(List.of(stun, good), server.trust(), out), text.toString(StandardCharsets.UTF_8));
            assertFalse(Doctor.examine(List.of(bad), server.trust(), out));
            String said = text.toString(StandardCharsets.UTF_8);
            assertTrue(said.contains("stun:127.0.0.1:" + server.port + ": reachable"), said);
            assertTrue(said.contains("a call through it works, round trip"), said);
            assertTrue(said.contains(server.udp() + ": NOT usable: 401"), said);
        }
    }

    @Test
    void sendFilePlaysFilesInTheBrowser() throws Exception {
        Chromium.assumeInstalled();
        Path media = Path.of("../src/test/interop/media");
        try (SignallingServer server =
                        SendFile.start(0, List.of(media.resolve("pic-VP8.ivf"), media.resolve("tone.ogg")));
                Chromium browser = Chromium.open(server.url())) {
            assertEquals("320x240", browser.evaluate(FRAMES).getAsString());
        }
    }

    @Test
    void recordBrowserWritesPlayableFiles(@TempDir Path dir) throws Exception {
        Chromium.assumeInstalled();
        try (SignallingServer server = RecordBrowser.start(0, dir)) {
            try (Chromium browser = Chromium.open(server.url())) {
                browser.evaluate(FRAMES);
            }
            List<Clip> tracks;
            try (var files = Files.list(dir)) {
                tracks = Clip.readAll(files.filter(f -> f.toString().endsWith(".webm"))
                        .findFirst()
                        .orElseThrow());
            }
            assertEquals(2, tracks.size());
            for (Clip c : tracks) {
                assertTrue(c.frames().size() > 30, c.kind());
                assertTrue(c.frames().get(0).keyFrame());
            }
        }
    }

    @Test
    void copyPasteConnectsTwoTerminals() throws Exception {
        Terminal a = new Terminal(false);
        Terminal b = new Terminal(true);
        b.type(a.lineAfter("Give this line"));
        a.type(b.lineAfter("Give this line"));
        a.lineAfter("Paste the line");
        a.waitFor("Connected");
        b.waitFor("Connected");
        a.type("hello by hand");
        b.waitFor("> hello by hand");
        a.type("");
    }

    private static Process start(Class<?> main, String... args) throws Exception {
        List<String> command = new java.util.ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(args));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static String run(Class<?> main) throws Exception {
        Process p = start(main);
        try (InputStream out = p.getInputStream()) {
            String text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(p.waitFor(20, TimeUnit.SECONDS));
            assertEquals(0, p.exitValue(), text);
            return text;
        }
    }

    /** One side of the copy-and-paste example with a keyboard and a screen. */
    private static final class Terminal {
        private final PipedOutputStream keyboard = new PipedOutputStream();
        private final ByteArrayOutputStream screen = new ByteArrayOutputStream();

        Terminal(boolean answer) throws Exception {
            BufferedReader in = new BufferedReader(
                    new InputStreamReader(new PipedInputStream(keyboard, 1 << 20), StandardCharsets.UTF_8));
            Thread t = new Thread(() -> {
                try {
                    CopyPaste.run(
                            answer,
                            in,
                            new PrintStream(
                                    new java.io.OutputStream() {
                                        @Override
                                        public void write(int b) {
                                            synchronized (screen) {
                                                screen.write(b);
                                                screen.notifyAll();
                                            }
                                        }
                                    },
                                    true,
                                    StandardCharsets.UTF_8));
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            t.setDaemon(true);
            t.start();
        }

        void type(String line) throws Exception {
            keyboard.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            keyboard.flush();
        }

        String waitFor(String text) throws InterruptedException {
            long until = System.nanoTime() + 20_000_000_000L;
            synchronized (screen) {
                while (!screen.toString(StandardCharsets.UTF_8).contains(text)) {
                    long left = (until - System.nanoTime()) / 1_000_000;
                    assertTrue(
                            left > 0,
                            "\"" + text + "\" did not appear in:\n" + screen.toString(StandardCharsets.UTF_8));
                    screen.wait(left);
                }
                return screen.toString(StandardCharsets.UTF_8);
            }
        }

        String lineAfter(String text) throws InterruptedException {
            waitFor(text);
            synchronized (screen) {
                while (true) {
                    String[] lines = screen.toString(StandardCharsets.UTF_8).split("\n", -1);
                    for (int i = 0; i + 2 < lines.length; i++) {
                        if (lines[i].startsWith(text)) {
                            return lines[i + 1];
                        }
                    }
                    if (text.startsWith("Paste")) {
                        return "";
                    }
                    screen.wait(20_000);
                }
            }
        }
    }
}
