package dev.jvmrtc.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a call says in the log, in a JVM of its own. */
class LogTest {

    private static List<String> said(String level) throws Exception {
        Process p = OwnJvm.java(OwnJvm.classPath(), LogMain.class, "-Dorg.slf4j.simpleLogger.defaultLogLevel=" + level)
                .start();
        p.getOutputStream().close();
        try {
            String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(p.waitFor(60, TimeUnit.SECONDS), said);
            assertEquals(0, p.exitValue(), said);
            return said.lines().toList();
        } finally {
            p.destroyForcibly();
        }
    }

    @Test
    void atInfoACallSaysNothing() throws Exception {
        assertEquals(List.of("end"), said("info"));
    }

    @Test
    void atDebugEachChangeIsALineThatBeginsWithItsConnection() throws Exception {
        List<String> all = said("debug");
        List<String> lines = all.stream()
                .filter(l -> l.contains(" dev.jvmrtc.connection - "))
                .map(l -> l.replaceFirst(".* dev.jvmrtc.connection - ", ""))
                .toList();
        assertTrue(lines.stream().allMatch(l -> l.matches("pc-[12] .+")), String.join("\n", all));
        for (String wanted : List.of(
                "pc-1 local offer with 1 media sections",
                "pc-2 remote offer with 1 media sections",
                "pc-1 signalingState have-local-offer",
                "pc-1 signalingState stable",
                "pc-1 iceGatheringState complete",
                "pc-1 iceConnectionState checking",
                "pc-1 connectionState connected",
                "pc-2 connectionState connected",
                "pc-1 transport 1: opened, gathers",
                "pc-1 transport 1: gathering complete",
                "pc-1 transport 1: ICE CHECKING",
                "pc-2 transport 1: DTLS CONNECTING as (CLIENT|SERVER)",
                "pc-1 channel 1 open, stream [01]",
                "pc-2 channel -?\\d+ of the peer, stream [01], \"c\\?hostile\"",
                "pc-1 transport 1: local candidate:.*",
                "pc-2 transport 1: remote candidate:.*",
                "pc-1 transport 1: uses candidate:.* with candidate:.*",
                "pc-1 transport 1: DTLS CONNECTED as (CLIENT|SERVER), TLS_.*",
                "pc-1 SCTP connected, \\d+ channels at most",
                "pc-1 remote answer refused: .*",
                "pc-1 closed",
                "pc-2 closed")) {
            assertTrue(lines.stream().anyMatch(l -> l.matches(wanted)), wanted + "\n" + String.join("\n", lines));
        }
        assertEquals(
                1,
                lines.stream()
                        .filter(l -> l.equals("pc-1 connectionState connected"))
                        .count());
    }
}
