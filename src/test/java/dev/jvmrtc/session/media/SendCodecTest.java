package dev.jvmrtc.session.media;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.jvmrtc.rtp.RtpCodec;
import dev.jvmrtc.rtp.header.HeaderExtensions;
import dev.jvmrtc.session.plan.SessionPlan;
import dev.jvmrtc.session.plan.SourceFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which of the codecs that were negotiated is sent. */
class SendCodecTest {
    private static final RtpCodec VP8 = codec(96, "VP8", Map.of());
    private static final RtpCodec VP8_RTX = rtx(97, 96);
    private static final RtpCodec WHOLE_UNITS = codec(104, "H264", h264("0"));
    private static final RtpCodec FRAGMENTS = codec(102, "H264", h264("1"));
    private static final RtpCodec FRAGMENTS_RTX = rtx(103, 102);
    private static final RtpCodec OPUS = new RtpCodec(111, "opus", 48_000, 2, Map.of(), List.of(), -1);

    private static Map<String, String> h264(String mode) {
        return Map.of("packetization-mode", mode, "profile-level-id", "42e01f");
    }

    private static RtpCodec codec(int pt, String name, Map<String, String> parameters) {
        return new RtpCodec(pt, name, 90_000, 1, parameters, List.of(), -1);
    }

    private static RtpCodec rtx(int pt, int apt) {
        return new RtpCodec(pt, "rtx", 90_000, 1, Map.of(), List.of(), apt);
    }

    private static SessionPlan.Media plan(boolean video, int ptime, RtpCodec... codecs) {
        return new SessionPlan.Media(
                1,
                video,
                "0",
                1,
                true,
                false,
                1,
                2,
                List.of(codecs),
                List.of(),
                HeaderExtensions.NONE,
                HeaderExtensions.NONE,
                List.of(),
                Map.of(),
                false,
                Long.MAX_VALUE,
                ptime);
    }

    private static List<SourceFormat> source(String codec) {
        return List.of(new SourceFormat(codec, Map.of()));
    }

    @Test
    void theFirstOfThePeersThatTheSourceCanDeliverIsSentWithItsOwnRtx() {
        SessionPlan.Media plan = plan(true, 0, VP8_RTX, FRAGMENTS_RTX, VP8, FRAGMENTS);
        assertEquals(new SendCodec(VP8, VP8_RTX), SendCodec.choose(plan, List.of(SourceFormat.ANY)));
        assertEquals(new SendCodec(FRAGMENTS, FRAGMENTS_RTX), SendCodec.choose(plan, source("h264")));
        assertEquals(new SendCodec(VP8, null), SendCodec.choose(plan(true, 0, VP8, FRAGMENTS_RTX), source("VP8")));
        assertSame(SendCodec.NONE, SendCodec.choose(plan, source("AV1")));
        assertSame(SendCodec.NONE, SendCodec.choose(plan, List.of()), "without a source");
    }

    @Test
    void whatCannotCutLargeUnitsIsTheLastResort() {
        // RFC 6184 §6.2
        assertSame(
                FRAGMENTS,
                SendCodec.choose(plan(true, 0, WHOLE_UNITS, FRAGMENTS), source("H264"))
                        .codec());
        assertSame(
                WHOLE_UNITS,
                SendCodec.choose(plan(true, 0, WHOLE_UNITS), source("H264")).codec());
        assertSame(
                VP8,
                SendCodec.choose(plan(true, 0, WHOLE_UNITS, VP8), List.of(SourceFormat.ANY))
                        .codec());
    }

    @Test
    void aSourceOfAProfileThatThePeerDoesNotDecodeIsNotSent() {
        List<SourceFormat> high = List.of(new SourceFormat("H264", Map.of("profile-level-id", "64001f")));
        assertNull(SendCodec.choose(plan(true, 0, FRAGMENTS), high).codec());
    }

    @Test
    void theAudioEncoderIsToldHowLongAPacketShouldLast() {
        // RFC 8866 §6.4: "the length of time in milliseconds represented by the media in a packet"
        RtpCodec told = SendCodec.choose(plan(false, 40, OPUS), source("opus")).codec();
        assertEquals(Map.of("ptime", "40"), told.parameters());
        assertSame(OPUS, SendCodec.choose(plan(false, 0, OPUS), source("opus")).codec(), "where nothing is asked");
        assertSame(VP8, SendCodec.choose(plan(true, 40, VP8), source("VP8")).codec(), "nor of video");
    }
}
