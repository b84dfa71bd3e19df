package dev.jvmrtc.rtp.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.rtp.RtpCodec;
import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.rtp.header.RtpHeaders;
import dev.jvmrtc.rtp.rtcp.Rtcp;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** H.264 as cameras, gateways and lossy paths deliver it. */
class H264ArrivalTest {
    private static final long MILLI = 1_000_000L;
    /** SPS 0 and 1 of constrained baseline, PPS 0 for SPS 0, PPS 1 for SPS 1. */
    private static final String SPS = "6742c01e95a0";

    private static final String OTHER_SPS = "6742c01e55a0";
    private static final String PPS = "68ce3c80";
    private static final String OTHER_PPS = "6848";
    /** Slices of the first macroblock, I and P, and of the second, all of PPS 0. */
    private static final String IDR = "65b8aaaa";

    private static final String IDR_REST = "654b8aaa";
    private static final String P = "41e0aaaa";
    private static final String P_REST = "415eaaaa";
    private static final String I = "41b8aaaa";
    private static final String RECOVERY = "0601" + "00" + "0601" + "c4" + "80";
    private static final String AUD = "0910";

    private RtpReceiveStream stream;
    private long now = 1_000_000_000L;
    private int sequence = 65_530;

    @BeforeEach
    void begin() {
        stream = stream(Map.of("packetization-mode", "1"));
    }

    private static RtpReceiveStream stream(Map<String, String> parameters) {
        return new RtpReceiveStream(7, true, List.of(codec(parameters)));
    }

    private static RtpCodec codec(Map<String, String> parameters) {
        return new RtpCodec(96, "H264", 90_000, 1, parameters, List.of("nack", "nack pli"), -1);
    }

    private void arrives(int timestamp, boolean marker, String hex) {
        byte[] payload = HexFormat.of().parseHex(hex);
        byte[] p = new byte[12 + payload.length];
        RtpHeaders.writeHeader(p, 96, marker, sequence++ & 0xffff, timestamp, 7, RtpHeaders.Extensions.NONE, 0, 0);
        System.arraycopy(payload, 0, p, 12, payload.length);
        RtpPacket view = new RtpPacket();
        assertTrue(view.wrap(p, 0, p.length));
        stream.handlePacket(now, view);
        now += MILLI;
    }

    private static String aggregate(String... units) {
        StringBuilder b = new StringBuilder("78");
        for (String u : units) {
            b.append(String.format("%04x", u.length() / 2)).append(u);
        }
        return b.toString();
    }

    /** What has come out so far: "key" or "delta" and the types of the NAL units. */
    private List<String> frames() {
        List<String> all = new ArrayList<>();
        for (ReceivedFrame f = stream.pollFrame(); f != null; f = stream.pollFrame()) {
            StringBuilder b = new StringBuilder(f.keyFrame() ? "key" : "delta");
            byte[] d = f.data();
            for (int i = 0; i + 4 < d.length; i++) {
                if (d[i] == 0 && d[i + 1] == 0 && d[i + 2] == 0 && d[i + 3] == 1) {
                    b.append(' ').append(d[i + 4] & 31);
                }
            }
            all.add(b.toString());
        }
        return all;
    }

    private List<String> later(long millis) {
        long end = now + millis * MILLI;
        for (long at = stream.nextTimeoutNanos();
                at != ProtocolCore.NEVER && at <= end && at > now;
                at = stream.nextTimeoutNanos()) {
            now = at;
            stream.handleTimeout(now);
        }
        now = end;
        stream.handleTimeout(now);
        keyFrameAsked |= asksForKeyFrame();
        return frames();
    }

    private boolean keyFrameAsked;

    private boolean asksForKeyFrame() {
        List<Rtcp> out = new ArrayList<>();
        stream.collectFeedback(now, 1, out);
        return out.stream().anyMatch(r -> r instanceof Rtcp.PictureLoss);
    }

    @Test
    void aMarkerEndsAPictureAtOnceForASourceThatSetsItAtTheEnd() {
        arrives(0, false, aggregate(AUD, SPS, PPS, "0601" + "00" + "80"));
        arrives(0, false, "7c85b8aaaa");
        arrives(0, true, "7c45aaaa");
        assertEquals(List.of("key 9 7 8 6 5"), frames());
        arrives(3_000, true, P);
        assertEquals(List.of("delta 1"), frames());
    }

    @Test
    void markersOnParameterSetsAndDelimitersEndNoPicture() {
        arrives(0, true, AUD);
        arrives(0, true, SPS);
        arrives(0, true, PPS);
        arrives(0, true, IDR);
        arrives(3_000, true, AUD);
        arrives(3_000, true, P);
        assertEquals(List.of("key 9 7 8 5", "delta 9 1"), frames());
    }

    @Test
    void whereEverySliceHasTheMarkerTheNextTimestampEndsAPicture() {
        arrives(0, false, aggregate(SPS, PPS));
        arrives(0, true, IDR);
        assertEquals(List.of("key 7 8 5"), frames(), "so far nothing tells that more will come");
        arrives(0, true, IDR_REST);
        for (int t = 3_000; t < 9_000; t += 3_000) {
            arrives(t, true, P);
            arrives(t, true, P_REST);
        }
        assertEquals(List.of(), frames(), "what refers to half a picture is not decoded");
        assertTrue(asksForKeyFrame());
        for (int t = 9_000; t < 18_000; t += 3_000) {
            arrives(t, true, aggregate(SPS, PPS));
            arrives(t, true, IDR);
            arrives(t, true, IDR_REST);
        }
        assertEquals(List.of("key 7 8 5 5", "key 7 8 5 5"), frames());
        assertEquals(List.of("key 7 8 5 5"), later(60), "of the last one nothing more comes");
        arrives(18_000, true, P);
        assertEquals(List.of(), later(40));
        arrives(18_000, true, P_REST);
        assertEquals(List.of(), later(40), "the time runs from the latest packet");
        assertEquals(List.of("delta 1 1"), later(20));
    }

    @Test
    void markersBecomeNoWorseForTwoPicturesOfOneTimestamp() {
        arrives(0, false, aggregate(SPS, PPS));
        arrives(0, true, IDR);
        arrives(0, true, P);
        arrives(0, true, P);
        assertEquals(List.of("key 7 8 5", "delta 1", "delta 1"), frames());
    }

    @Test
    void aPictureWithoutOneOfItsSlicesIsNoKeyFrameWhicheverItIs() {
        for (int lost = 0; lost < 5; lost++) {
            begin();
            String[] packets = {aggregate(SPS, PPS), IDR, IDR_REST, IDR_REST, IDR_REST};
            arrives(0, false, aggregate(SPS, PPS));
            arrives(0, true, IDR);
            arrives(3_000, true, P);
            assertEquals(List.of("key 7 8 5", "delta 1"), frames());
            for (int i = 0; i < packets.length; i++) {
                if (i == lost) {
                    sequence++;
                } else {
                    arrives(6_000, i == packets.length - 1, packets[i]);
                }
            }
            arrives(9_000, true, P);
            keyFrameAsked = false;
            List<String> out = later(900);
            if (lost == 0) {
                assertEquals(
                        List.of("key 7 8 5 5 5 5", "delta 1"),
                        out,
                        "the sets are those of before, and the picture is whole");
            } else {
                assertEquals(List.of(), out, "lost " + lost);
                assertTrue(keyFrameAsked);
            }
        }
    }

    @Test
    void whoComesInTheMiddleOfAPictureWaitsForTheNext() {
        stream = stream(Map.of("sprop-parameter-sets", "Z0LAHpWg,aM48gA=="));
        arrives(0, false, IDR_REST);
        arrives(0, true, IDR_REST);
        assertEquals(List.of(), frames());
        arrives(3_000, true, IDR);
        assertEquals(List.of("key 7 8 5"), frames());
    }

    @Test
    void anIdrPictureWithoutKnownParameterSetsIsNoKeyFrame() {
        arrives(0, true, IDR);
        arrives(3_000, true, P);
        assertEquals(List.of(), frames());
        assertTrue(asksForKeyFrame());
        arrives(6_000, false, OTHER_SPS);
        arrives(6_000, false, OTHER_PPS);
        arrives(9_000, true, IDR);
        assertEquals(List.of(), frames(), "these are others' sets");
        arrives(12_000, false, SPS);
        arrives(15_000, false, PPS);
        arrives(18_000, true, AUD);
        arrives(18_000, true, IDR);
        assertEquals(List.of("key 9 7 8 5"), frames(), "sets with timestamps of their own, put behind the delimiter");
    }

    @Test
    void parameterSetsOfTheDescriptionServeWhereNoneComeInBand() {
        stream = stream(Map.of("sprop-parameter-sets", " Z0LAHpWg,!,aM48gA== "));
        arrives(0, true, IDR);
        arrives(3_000, true, P);
        assertEquals(List.of("key 7 8 5", "delta 1"), frames());
        stream.setCodecs(List.of(codec(Map.of("sprop-parameter-sets", "Z0LAHpWg"))));
        arrives(6_000, true, IDR);
        assertEquals(List.of("delta 5"), frames(), "of others only half is known");
    }

    @Test
    void whatIsKnownOfAStreamOutlastsARenegotiation() {
        arrives(0, false, aggregate(SPS, PPS));
        arrives(0, true, IDR);
        stream.setCodecs(List.of(codec(Map.of("packetization-mode", "1"))));
        arrives(3_000, true, IDR);
        assertEquals(List.of("key 7 8 5", "key 7 8 5"), frames());
    }

    @Test
    void anIPictureBehindARecoveryPointIsAKeyFrameAndNoOther() {
        arrives(0, false, aggregate(SPS, PPS, RECOVERY));
        arrives(0, true, P);
        arrives(3_000, false, aggregate(SPS, PPS, "0605" + "02" + "0000" + "80"));
        arrives(3_000, true, I);
        assertEquals(
                List.of(),
                frames(),
                "neither a P picture nor an I picture that pictures behind it need not begin with");
        arrives(6_000, false, aggregate(RECOVERY));
        arrives(6_000, true, I);
        arrives(9_000, true, P);
        assertEquals(List.of("key 7 8 6 1", "delta 1"), frames());
    }

    @Test
    void setsOfPicturesAreKnownBehindTheSequenceTheyBelongTo() {
        stream = stream(Map.of("sprop-parameter-sets", "Z0LAHpWg,aM48gA=="));
        arrives(0, false, aggregate(AUD, SPS, "0605" + "02" + "0000" + "80"));
        arrives(0, true, IDR);
        assertEquals(List.of("key 9 7 8 6 5"), frames(), "a decoder reads a set of pictures by its sequence");
    }

    @Test
    void parameterSetsThatAKeyFrameDoesNotNeedKeepItsOwnFromNobody() {
        arrives(3_000, false, aggregate(SPS, PPS));
        arrives(3_000, true, IDR);
        arrives(6_000, false, aggregate(OTHER_SPS, OTHER_PPS));
        arrives(6_000, true, IDR);
        assertEquals(List.of("key 7 8 5", "key 7 7 8 8 5"), frames(), "its own are put in");
    }

    @Test
    void aPictureThatRefreshesAPartOfWhatIsShownIsNoKeyFrame() {
        arrives(0, false, aggregate(SPS, PPS, RECOVERY));
        arrives(0, false, I);
        arrives(0, true, P_REST);
        assertEquals(List.of(), frames());
        assertTrue(asksForKeyFrame());
        arrives(6_000, false, aggregate(SPS, PPS, RECOVERY));
        arrives(6_000, false, I);
        arrives(6_000, true, "41422aaa");
        assertEquals(List.of("key 7 8 6 1 1"), frames());
    }

    @Test
    void aFirstKeyFrameThatIsMalformedIsAskedForAgain() {
        asksForKeyFrame();
        arrives(0, false, aggregate(SPS, PPS));
        arrives(0, false, IDR);
        arrives(0, true, "78" + "00ff" + "41"); // an aggregate that says more than it has
        assertEquals(List.of(), frames());
        assertTrue(asksForKeyFrame());
    }

    @Test
    void parameterSetsOfAnySizeAndNumberAreHeldInBoundedMemoryAndWork() {
        for (int id = 0; id < 5_000; id++) {
            String any = String.format("%06x", 0x800000 | id * 2_654_435 & 0x7fffff);
            arrives(id, false, aggregate("67" + "42c01e" + any + "ff".repeat(800), "68" + any + "ff".repeat(100)));
        }
        assertEquals(List.of(), frames());
        arrives(9_000, false, aggregate(SPS, PPS));
        arrives(9_000, true, IDR);
        assertFalse(frames().isEmpty());
    }
}
