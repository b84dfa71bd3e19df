package dev.jvmrtc.rtp.header;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.wire.ByteWriter;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the values of header extensions say. */
class ExtensionValuesTest {
    private static final int ID = 5;

    /** A packet with extensions of the two-byte form, under the ids from {@link #ID} on. */
    private static RtpPacket packet(int csrcs, String... values) {
        ByteWriter elements = new ByteWriter();
        for (int i = 0; i < values.length; i++) {
            byte[] value = HexFormat.of().parseHex(values[i]);
            elements.u8(ID + i).u8(value.length).bytes(value);
        }
        while (elements.length() % 4 != 0) {
            elements.u8(0);
        }
        byte[] bytes = new ByteWriter()
                .u8(0x90 | csrcs)
                .u8(96)
                .zeros(10 + 4 * csrcs)
                .u16(0x1000)
                .u16(elements.length() / 4)
                .bytes(elements.toByteArray())
                .u8(1)
                .toByteArray();
        RtpPacket p = new RtpPacket();
        assertTrue(p.wrap(bytes, 0, bytes.length));
        return p;
    }

    @Test
    void timesOfSendingAreTwentyFourBitsOfSecondsThatBeginAnewAfterSixtyFour() {
        assertEquals(1 << 18, AbsSendTime.of(1_000_000_000L));
        assertEquals(0, AbsSendTime.of(64_000_000_000L));
        assertEquals(AbsSendTime.of(63_500_000_000L), AbsSendTime.of(-500_000_000L));
        int before = AbsSendTime.of(63_900_000_000L);
        int after = AbsSendTime.of(64_100_000_000L);
        assertEquals(0.2, AbsSendTime.nanosBetween(before, after) / 1e9, 1e-5);
        assertEquals(-0.2, AbsSendTime.nanosBetween(after, before) / 1e9, 1e-5);
    }

    @Test
    void aCaptureTimeHasAnOffsetOrNone() {
        assertEquals(
                new AbsCaptureTime(0x0102030405060708L, null), AbsCaptureTime.of(packet(0, "0102030405060708"), ID));
        assertEquals(
                new AbsCaptureTime(0x0102030405060708L, -1L),
                AbsCaptureTime.of(packet(0, "0102030405060708ffffffffffffffff"), ID));
        assertNull(AbsCaptureTime.of(packet(0, "010203040506070809"), ID));
        assertNull(AbsCaptureTime.of(packet(0, "0102030405060708"), 0));
    }

    @Test
    void anAudioLevelIsAFlagAndDecibelsBelowOverload() {
        assertEquals(new AudioLevel(true, 20), AudioLevel.of(packet(0, "94"), ID));
        assertEquals(0.1, AudioLevel.of(packet(0, "14"), ID).linear(), 1e-12);
        assertEquals(1, new AudioLevel(false, 0).linear());
        assertEquals(0, AudioLevel.of(packet(0, "ff"), ID).linear());
        assertEquals((byte) 0x94, new AudioLevel(true, 20).toByte());
        assertNull(AudioLevel.of(packet(0, "9400"), ID));
    }

    @Test
    void contributorsHaveALevelEachAndNoMore() {
        assertArrayEquals(new int[] {5, 127}, AudioLevel.ofContributors(packet(2, "057f0909"), ID));
        assertArrayEquals(new int[] {5}, AudioLevel.ofContributors(packet(2, "85"), ID), "one of the two");
        assertArrayEquals(new int[] {}, AudioLevel.ofContributors(packet(0, "057f"), ID));
        assertArrayEquals(new int[] {}, AudioLevel.ofContributors(packet(1), ID));
    }

    @Test
    void aPlayoutDelayHasTwelveBitsOfHundredthsForEachBound() {
        assertEquals(new PlayoutDelay(100, 40_950), PlayoutDelay.of(packet(0, "00afff"), ID));
        assertEquals(new PlayoutDelay(0, 0), PlayoutDelay.of(packet(0, "000000"), ID));
        assertNull(PlayoutDelay.of(packet(0, "00b00a"), ID), "at least 110, at most 100");
        assertNull(PlayoutDelay.of(packet(0, "00b0"), ID));
    }

    @Test
    void aContentTypeIsItsLowestBit() {
        assertEquals(VideoContentType.SCREENSHARE, VideoContentType.of(packet(0, "03"), ID));
        assertEquals(VideoContentType.UNSPECIFIED, VideoContentType.of(packet(0, "02"), ID));
        assertNull(VideoContentType.of(packet(0), ID));
    }

    @Test
    void aTimingHasSixDifferencesBehindItsFlags() {
        assertEquals(
                new VideoTiming(VideoTiming.BY_TIMER, 1, 2, 3, 4, 5, 0xfffe),
                VideoTiming.of(packet(0, "0100010002000300040005fffe"), ID));
        assertNull(VideoTiming.of(packet(0, "000100020003000400050006"), ID));
    }

    @Test
    void whatIsWrittenLastIsClearedAndNothingElse() {
        HeaderExtensions all = HeaderExtensions.of(Map.of(
                HeaderExtensions.TRANSPORT_SEQUENCE,
                ID,
                HeaderExtensions.VIDEO_ORIENTATION,
                ID + 1,
                HeaderExtensions.ABS_SEND_TIME,
                ID + 2,
                HeaderExtensions.VIDEO_TIMING,
                ID + 3,
                HeaderExtensions.TRANSMISSION_OFFSET,
                ID + 4));
        String timing = "01000100020003";
        RtpPacket p = packet(0, "1234", "03", "010203", timing + "000400050006", "0a0b0c");
        all.clearWrittenLast(p);
        assertArrayEquals(
                packet(0, "0000", "03", "000000", timing + "000000000000", "000000")
                        .array(),
                p.array());
        RtpPacket withoutPacing = packet(0, "1234", "03", "010203", "0102");
        all.clearWrittenLast(withoutPacing);
        assertArrayEquals(packet(0, "0000", "03", "000000", "0102").array(), withoutPacing.array());
    }
}
