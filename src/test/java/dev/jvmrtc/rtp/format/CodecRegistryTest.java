package dev.jvmrtc.rtp.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.MediaKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is known of codecs, and when two descriptions of one mean the same. */
class CodecRegistryTest {
    private static final CodecRegistry STANDARD = CodecRegistry.STANDARD;

    private static String h264(String profileLevelId, String mode) {
        return STANDARD.key("H264", 90_000, 1, Map.of("profile-level-id", profileLevelId, "packetization-mode", mode));
    }

    private static boolean h264Carries(String negotiated, String source) {
        return STANDARD.find("H264")
                .canCarry(Map.of("profile-level-id", negotiated), Map.of("profile-level-id", source));
    }

    @Test
    void clockRatesAreThoseOfTheirPayloadFormats() {
        assertEquals(48_000, STANDARD.clockRate("opus"), "RFC 7587 §4.1");
        assertEquals(8_000, STANDARD.clockRate("G722"), "RFC 3551 §4.5.2, though it samples at 16,000");
        assertEquals(8_000, STANDARD.clockRate("pcmu"), "RFC 3551 table 4");
        for (String video : List.of("VP8", "vp9", "H264", "H265", "AV1")) {
            assertEquals(90_000, STANDARD.clockRate(video), video);
        }
        assertEquals(0, STANDARD.clockRate("iLBC"));
    }

    @Test
    void staticPayloadTypesAreThoseOfTheAudioVideoProfile() {
        // RFC 3551 table 4
        assertEquals(0, STANDARD.find("PCMU").forms().get(0).payloadType());
        assertEquals(8, STANDARD.find("PCMA").forms().get(0).payloadType());
        assertEquals(9, STANDARD.find("G722").forms().get(0).payloadType());
    }

    @Test
    void noTwoFormsShareAPayloadTypeOrTheOneOfTheirRtx() {
        Set<Integer> used = new HashSet<>();
        for (MediaKind kind : MediaKind.values()) {
            for (Codec c : STANDARD.of(kind)) {
                for (Codec.Form f : c.forms()) {
                    assertTrue(used.add(f.payloadType()), c.name());
                    assertTrue(kind == MediaKind.AUDIO || used.add(f.payloadType() + 1), c.name());
                }
            }
        }
        used.forEach(pt -> assertTrue(pt < 64 || pt > 95, "RFC 5761 §4 keeps " + pt + " for RTCP"));
    }

    @Test
    void levelsOfH264MayDifferProfilesAndModesMayNot() {
        assertEquals(h264("42e01f", "1"), h264("42e034", "1"), "levels 3.1 and 5.2");
        assertNotEquals(h264("42e01f", "1"), h264("42001f", "1"), "constrained baseline and baseline");
        assertNotEquals(h264("42e01f", "1"), h264("42e01f", "0"));
        assertEquals(
                h264("42e01f", "0"),
                STANDARD.key("h264", 90_000, 1, Map.of("profile-level-id", "42e01f")),
                "RFC 6184 §8.1: mode 0 where it is not said");
    }

    @Test
    void severalPatternsAreConstrainedBaseline() {
        // RFC 6184 §8.1, table 5: 42 with x1xx0000, 4D with 1xxx0000, 58 with 11xx0000
        assertEquals(h264("42401f", "1"), h264("4d801f", "1"));
        assertEquals(h264("42e01f", "1"), h264("58c01f", "1"));
        assertNotEquals(h264("42801f", "1"), h264("42c01f", "1"), "42 with x0 is baseline");
        assertNotEquals(h264("4d001f", "1"), h264("4d801f", "1"), "4D with 0 is main");
        assertNotEquals(h264("640c1f", "1"), h264("64001f", "1"), "64 with 00001100 is constrained high");
    }

    @Test
    void anyH264DecoderTakesConstrainedBaselineAndHighTakesMain() {
        for (String profile : List.of("42001f", "42e01f", "4d001f", "640c1f", "64001f")) {
            assertTrue(h264Carries(profile, "42e01f"), profile);
        }
        assertTrue(h264Carries("64001f", "4d001f"));
        assertTrue(h264Carries("64001f", "640c1f"));
        assertFalse(h264Carries("4d001f", "64001f"));
        assertFalse(h264Carries("42e01f", "42001f"), "baseline has tools that constrained baseline lacks");
        assertFalse(h264Carries("42e01f", "zz"), "what is no number is no profile");
        assertTrue(STANDARD.find("H264").canCarry(Map.of("profile-level-id", "42e01f"), Map.of()), "it adapts");
    }

    @Test
    void profilesThatAreNotSaidAreTheFirst() {
        // RFC 9628 §6: "If no profile-id is present, Profile 0 MUST be inferred."
        assertEquals(
                STANDARD.key("VP9", 90_000, 1, Map.of()), STANDARD.key("VP9", 90_000, 1, Map.of("profile-id", "0")));
        assertNotEquals(
                STANDARD.key("VP9", 90_000, 1, Map.of()), STANDARD.key("VP9", 90_000, 1, Map.of("profile-id", "2")));
        // AV1 RTP specification §7.2.1: profile is inferred to be 0 where it is not said
        assertEquals(STANDARD.key("AV1", 90_000, 1, Map.of()), STANDARD.key("AV1", 90_000, 1, Map.of("profile", "0")));
        assertNotEquals(
                STANDARD.key("AV1", 90_000, 1, Map.of()), STANDARD.key("AV1", 90_000, 1, Map.of("profile", "1")));
        // RFC 7798 §7.1: profile-id 1, tier-flag 0 and tx-mode SRST are inferred
        assertEquals(
                STANDARD.key("H265", 90_000, 1, Map.of()),
                STANDARD.key("H265", 90_000, 1, Map.of("profile-id", "1", "tier-flag", "0", "tx-mode", "srst")));
        assertNotEquals(
                STANDARD.key("H265", 90_000, 1, Map.of()), STANDARD.key("H265", 90_000, 1, Map.of("tier-flag", "1")));
        assertEquals(
                STANDARD.key("H265", 90_000, 1, Map.of("level-id", "93")),
                STANDARD.key("H265", 90_000, 1, Map.of("level-id", "153")));
    }

    @Test
    void aCodecWithoutARowIsTheSameByNameClockRateAndChannels() {
        assertEquals(STANDARD.key("L16", 44_100, 2, Map.of("a", "1")), STANDARD.key("l16", 44_100, 2, Map.of()));
        assertNotEquals(STANDARD.key("L16", 44_100, 2, Map.of()), STANDARD.key("L16", 44_100, 1, Map.of()));
        assertNotEquals(STANDARD.key("L16", 44_100, 2, Map.of()), STANDARD.key("L16", 48_000, 2, Map.of()));
    }

    @Test
    void onlyTheSingleNalUnitModeCannotFragment() {
        PayloadFormat h264 = STANDARD.find("H264").payload();
        assertFalse(h264.canFragment(Map.of()));
        assertFalse(h264.canFragment(Map.of("packetization-mode", "0")));
        assertTrue(h264.canFragment(Map.of("packetization-mode", "1")));
        assertTrue(STANDARD.find("VP8").payload().canFragment(Map.of()));
    }

    @Test
    void whatAccompaniesOthersIsNoCodec() {
        for (String name : List.of("rtx", "RED", "ulpfec", "flexfec-03", "CN", "telephone-event")) {
            assertTrue(CodecRegistry.isAuxiliary(name), name);
            assertNull(STANDARD.find(name));
        }
        assertFalse(CodecRegistry.isAuxiliary("opus"));
    }

    @Test
    void anAddedCodecStandsBehindTheOthersAndLeavesTheRegistryItIsMadeOfAsItWas() {
        CodecRegistry more =
                STANDARD.withOpaque("L16", MediaKind.AUDIO, 16_000, 1, Map.of("Mode", "1"), Set.of("Mode"));
        List<String> names = new ArrayList<>();
        more.of(MediaKind.AUDIO).forEach(c -> names.add(c.name()));
        assertEquals(List.of("opus", "G722", "PCMU", "PCMA", "L16"), names);
        assertNull(STANDARD.find("L16"));
        assertEquals(16_000, more.clockRate("l16"));
        assertNotEquals(
                more.key("L16", 16_000, 1, Map.of("mode", "1")), more.key("L16", 16_000, 1, Map.of("mode", "2")));
        assertEquals(
                more.key("L16", 16_000, 1, Map.of("mode", "1", "x", "1")),
                more.key("L16", 16_000, 1, Map.of("mode", "1", "x", "2")),
                "only what is matched counts");
    }

    @Test
    void payloadTypesOfAddedCodecsAreFreeOnesUntilThereAreNone() {
        CodecRegistry all = STANDARD;
        Set<Integer> used = new HashSet<>();
        for (MediaKind kind : MediaKind.values()) {
            for (Codec c : STANDARD.of(kind)) {
                for (Codec.Form f : c.forms()) {
                    used.add(f.payloadType());
                    used.add(f.payloadType() + (kind == MediaKind.VIDEO ? 1 : 0));
                }
            }
        }
        // 35 … 63 and 96 … 127 are 61 numbers.
        int free = 29 + 32 - (int) used.stream().filter(pt -> pt >= 35).count();
        for (int i = 0; i < free; i++) {
            all = all.withOpaque("X" + i, MediaKind.AUDIO, 8_000, 1, Map.of(), Set.of());
            int pt = all.find("X" + i).forms().get(0).payloadType();
            assertTrue(used.add(pt) && (pt >= 35 && pt < 64 || pt >= 96 && pt < 128), "X" + i + " has " + pt);
        }
        CodecRegistry full = all;
        assertThrows(
                IllegalArgumentException.class,
                () -> full.withOpaque("one-more", MediaKind.AUDIO, 8_000, 1, Map.of(), Set.of()));
    }
}
