package dev.jvmrtc.rtp.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.rtp.RtpCodec;
import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.rtp.header.RtpHeaders;
import dev.jvmrtc.rtp.rtcp.Rtcp;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How often a sender is asked for a key frame that does not come. */
class KeyFrameRequestsTest {
    private static final long MILLI = 1_000_000L;
    private final RtpReceiveStream stream = new RtpReceiveStream(
            1, true, List.of(new RtpCodec(96, "VP8", 90_000, 1, Map.of(), List.of("nack", "nack pli"), -1)));
    private final List<Long> asked = new ArrayList<>();
    private long now = 1_000_000_000L;
    private int sequence;

    /** A picture every 33 ms for so many milliseconds, the last of them a key frame where {@code key}. */
    private void receive(int millis, boolean key) {
        long start = now;
        for (int i = 0; i < millis; i++) {
            if (i % 33 == 0 || key && i == millis - 1) {
                byte[] p = new byte[20];
                RtpHeaders.writeHeader(
                        p, 96, true, ++sequence & 0xffff, sequence * 3_000L, 1, RtpHeaders.Extensions.NONE, 0, 0);
                p[12] = 0x10;
                p[13] = (byte) (key && i == millis - 1 ? 0 : 1);
                RtpPacket view = new RtpPacket();
                assertTrue(view.wrap(p, 0, p.length));
                stream.handlePacket(now, view);
            }
            stream.handleTimeout(now);
            List<Rtcp> out = new ArrayList<>();
            stream.collectFeedback(now, 9, out);
            if (out.stream().anyMatch(r -> r instanceof Rtcp.PictureLoss)) {
                asked.add((now - start) / MILLI);
            }
            while (stream.pollFrame() != null) {}
            now += MILLI;
        }
    }

    @Test
    void aKeyFrameThatDoesNotComeIsAskedForEverMoreSeldom() {
        receive(20_000, false);
        assertEquals(
                List.of(0L, 300L, 900L, 2_100L, 4_500L, 9_300L, 14_100L, 18_900L),
                asked.stream().map(t -> t / 300 * 300).toList(),
                asked.toString());
        receive(100, true);
        asked.clear();
        sequence += 1_000; // a loss that cannot be repaired
        receive(1_000, false);
        assertTrue(asked.size() >= 2 && asked.get(0) == 0, "after one has come at once again: " + asked);
    }

    @Test
    void nobodyAsksWhereNobodyTakesTheFrames() {
        stream.setHeard(false);
        receive(5_000, false);
        assertEquals(List.of(), asked);
        assertEquals(ProtocolCore.NEVER, stream.nextTimeoutNanos());
        stream.setHeard(true);
        receive(100, false);
        assertEquals(1, asked.size());
    }
}
