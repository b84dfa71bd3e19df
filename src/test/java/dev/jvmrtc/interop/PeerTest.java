package dev.jvmrtc.interop;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PeerTest {

    @Test
    void peerSpeaksTheContractWithItself() throws Exception {
        Process offerer = start("--role", "offer", "--data", "--audio", "both", "--duration", "40");
        Process answerer = start("--role", "answer", "--data", "--audio", "both", "--duration", "40");
        CompletableFuture<String> done = new CompletableFuture<>();
        pipe(offerer, answerer, done);
        pipe(answerer, offerer, new CompletableFuture<>());
        assertTrue(done.get(40, TimeUnit.SECONDS).contains("\"all\":true"));
        offerer.getOutputStream().close();
        answerer.getOutputStream().close();
        assertTrue(offerer.waitFor(10, TimeUnit.SECONDS) && answerer.waitFor(10, TimeUnit.SECONDS));
    }

    private static void pipe(Process from, Process to, CompletableFuture<String> done) {
        Thread t = new Thread(() -> {
            try (BufferedReader r =
                    new BufferedReader(new InputStreamReader(from.getInputStream(), StandardCharsets.UTF_8))) {
                BufferedWriter w =
                        new BufferedWriter(new OutputStreamWriter(to.getOutputStream(), StandardCharsets.UTF_8));
                for (String line = r.readLine(); line != null; line = r.readLine()) {
                    if (line.contains("\"echodone\"")) {
                        done.complete(line);
                    }
                    if (line.matches("\\{\"type\":\"(offer|answer|candidate)\".*")) {
                        w.write(line + "\n");
                        w.flush();
                    }
                }
            } catch (java.io.IOException e) {
                done.completeExceptionally(e);
            }
        });
        t.setDaemon(true);
        t.start();
    }

    private static Process start(String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Peer.class.getName()));
        command.addAll(List.of(args));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
