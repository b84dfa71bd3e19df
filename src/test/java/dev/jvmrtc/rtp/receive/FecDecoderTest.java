package dev.jvmrtc.rtp.receive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.rtp.header.HeaderExtensions;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** What parity brings back. */
class FecDecoderTest {
    private static final int SSRC = 0x01020304;
    private static final long SEED = 19;

    private final Random random = new Random(SEED);
    private final ReceiveMemory memory = new ReceiveMemory();
    private final Counters drops = new Counters();
    private final Map<Integer, byte[]> recovered = new TreeMap<>();
    private FecDecoder decoder = new FecDecoder(SSRC, memory, drops);

    private void restart() {
        decoder.close();
        assertEquals(0, memory.held(), "all is let go of");
        decoder = new FecDecoder(SSRC, memory, drops);
        recovered.clear();
    }

    private final Repair.Output out = (now, p) -> {
        byte[] copy = Arrays.copyOfRange(p.array(), p.offset(), p.offset() + p.length());
        assertEquals(null, recovered.put(p.sequenceNumber(), copy), "once");
    };

    /** Packets of any length, marker, timestamp, CSRCs and padding, from a number on. */
    private List<byte[]> media(int first, int count) {
        List<byte[]> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int csrcs = random.nextInt(4) == 0 ? random.nextInt(3) : 0;
            byte[] payload = new byte[1 + random.nextInt(1_200)];
            random.nextBytes(payload);
            boolean padded = random.nextInt(8) == 0;
            payload[payload.length - 1] = 1;
            all.add(new ByteWriter()
                    .u8(0x80 | (padded ? 0x20 : 0) | csrcs)
                    .u8(96 | (random.nextInt(4) == 0 ? 0x80 : 0))
                    .u16(first + i)
                    .u32(random.nextInt() & 0xffffffffL)
                    .u32(SSRC)
                    .zeros(4 * csrcs)
                    .bytes(payload)
                    .toByteArray());
        }
        return all;
    }

    private void take(byte[] packet) {
        RtpPacket p = new RtpPacket();
        assertTrue(p.wrap(packet, 0, packet.length));
        decoder.handleMedia(1, p, out);
    }

    private void takeUlpfec(byte[] parity) {
        decoder.handleParity(1, ParityPacket.Form.ULPFEC, parity, 0, parity.length, out);
    }

    private void takeFlexfec(byte[] parity) {
        decoder.handleParity(1, ParityPacket.Form.FLEXFEC_03, parity, 0, parity.length, out);
    }

    private void assertRecovered(byte[] packet) {
        byte[] p = recovered.get(Bytes.u16(packet, 2));
        assertArrayEquals(packet, p);
    }

    /** Each packet of each group is lost in turn, and nothing else. */
    private void eachSingleLoss(BiConsumer<List<byte[]>, BitSet> parity) {
        for (int packets = 1; packets <= 48; packets += packets < 18 || packets > 44 ? 1 : 5) {
            for (int parities : new int[] {1, 1 + packets / 8, Math.max(1, packets / 2), packets}) {
                for (boolean bursts : new boolean[] {true, false}) {
                    List<byte[]> group = media(65_530 - packets / 2, packets);
                    List<BitSet> masks = bursts
                            ? ParityEncoder.forBursts(packets, parities)
                            : ParityEncoder.random(packets, parities, random);
                    for (int lost = 0; lost < packets; lost++) {
                        restart();
                        for (int i = 0; i < packets; i++) {
                            if (i != lost) {
                                take(group.get(i));
                            }
                        }
                        masks.forEach(m -> parity.accept(group, m));
                        assertEquals(1, recovered.size(), "of " + packets + ", lost " + lost);
                        assertRecovered(group.get(lost));
                    }
                }
            }
        }
    }

    @Test
    void everySingleLossOfAnUlpfecGroupIsRecoveredWithShortMasksAndLong() {
        eachSingleLoss((group, mask) -> takeUlpfec(ParityEncoder.ulpfec(group, mask)));
        assertEquals(Map.of(), drops.snapshot());
    }

    @Test
    void everySingleLossOfAFlexfecGroupIsRecoveredWithAllThreeMasks() {
        eachSingleLoss((group, mask) -> takeFlexfec(ParityEncoder.flexfec03(group, mask)));
        restart();
        List<byte[]> group = media(100, 109);
        group.stream().skip(1).forEach(this::take);
        takeFlexfec(
                ParityEncoder.flexfec03(group, ParityEncoder.forBursts(109, 1).get(0)));
        assertRecovered(group.get(0));
        assertEquals(Map.of(), drops.snapshot());
    }

    @Test
    void aBurstAsLongAsThereIsParityIsRecoveredAndInAnyOrderOfArrival() {
        for (int run = 0; run < 300; run++) {
            restart();
            int packets = 2 + random.nextInt(47);
            int parities = 1 + random.nextInt(Math.min(8, packets));
            List<byte[]> group = media(random.nextInt(65_536), packets);
            int burst = random.nextInt(packets - parities + 1);
            List<Runnable> arrivals = new ArrayList<>();
            for (int i = 0; i < packets; i++) {
                byte[] p = group.get(i);
                if (i < burst || i >= burst + parities) {
                    arrivals.add(() -> take(p));
                }
            }
            for (BitSet m : ParityEncoder.forBursts(packets, parities)) {
                byte[] parity = ParityEncoder.ulpfec(group, m);
                arrivals.add(() -> takeUlpfec(parity));
            }
            Collections.shuffle(arrivals, random);
            arrivals.forEach(Runnable::run);
            for (int i = burst; i < burst + parities; i++) {
                assertRecovered(group.get(i));
            }
        }
    }

    @Test
    void whatIsRecoveredServesToRecoverMore() {
        List<byte[]> group = media(10, 4);
        BitSet firstTwo = BitSet.valueOf(new long[] {0b0011});
        BitSet middle = BitSet.valueOf(new long[] {0b0110});
        BitSet lastTwo = BitSet.valueOf(new long[] {0b1100});
        takeUlpfec(ParityEncoder.ulpfec(group, lastTwo));
        takeUlpfec(ParityEncoder.ulpfec(group, middle));
        takeUlpfec(ParityEncoder.ulpfec(group, firstTwo));
        assertEquals(0, recovered.size());
        take(group.get(0));
        group.stream().skip(1).forEach(this::assertRecovered);
        assertEquals(3, decoder.packets());
        assertEquals(0, decoder.discarded());
    }

    @Test
    void parityOfWhatHasAllComeIsDiscardedAndThatOfTwoLossesRecoversNothing() {
        List<byte[]> group = media(10, 5);
        BitSet all = ParityEncoder.forBursts(5, 1).get(0);
        group.forEach(this::take);
        takeUlpfec(ParityEncoder.ulpfec(group, all));
        assertEquals(1, decoder.discarded());
        List<byte[]> next = media(15, 5);
        next.stream().skip(2).forEach(this::take);
        takeUlpfec(ParityEncoder.ulpfec(next, all));
        assertEquals(1, decoder.discarded(), "it waits");
        assertEquals(Map.of(), recovered);
        take(next.get(0)); // sent again, as it was
        assertRecovered(next.get(1));
    }

    @Test
    void parityThatWaitsIsLetGoOfWhenItsPacketsAreOutOfReach() {
        List<byte[]> group = media(10, 5);
        group.stream().skip(2).forEach(this::take);
        takeUlpfec(ParityEncoder.ulpfec(group, ParityEncoder.forBursts(5, 1).get(0)));
        media(15, 300).forEach(this::take);
        assertEquals(1, decoder.discarded());
        take(group.get(0));
        assertEquals(Map.of(), recovered);
        takeUlpfec(ParityEncoder.ulpfec(group, ParityEncoder.forBursts(5, 1).get(0)));
        assertEquals(1, drops.get("FEC that is late"));
    }

    @Test
    void whatSendersWriteAfterTheyHaveMadeParityDoesNotCount() {
        HeaderExtensions known = HeaderExtensions.of(Map.of(HeaderExtensions.TRANSPORT_SEQUENCE, 3));
        decoder.setExtensions(known);
        List<byte[]> protectedOnes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            protectedOnes.add(new ByteWriter()
                    .u8(0x90)
                    .u8(96)
                    .u16(7 + i)
                    .u32(90)
                    .u32(SSRC)
                    .u32(0xbede0001L)
                    .u8(0x31)
                    .u16(0)
                    .u8(0)
                    .u8(40 + i)
                    .toByteArray());
        }
        for (int i = 0; i < 2; i++) {
            byte[] sent = protectedOnes.get(i).clone();
            Bytes.put16(sent, 17, 0x1234 + i);
            take(sent);
        }
        takeUlpfec(ParityEncoder.ulpfec(
                protectedOnes, ParityEncoder.forBursts(3, 1).get(0)));
        assertRecovered(protectedOnes.get(2));
    }

    @Test
    void malformedParityIsCountedByItsReasonAndRecoversNothing() {
        List<byte[]> group = media(10, 3);
        take(group.get(0));
        byte[] sound = ParityEncoder.ulpfec(group, ParityEncoder.forBursts(3, 1).get(0));
        for (int length = 0; length < sound.length; length++) {
            takeUlpfec(Arrays.copyOf(sound, length));
        }
        assertEquals(sound.length, drops.get("FEC malformed"));
        byte[] ofNothing = sound.clone();
        Bytes.put16(ofNothing, 12, 0);
        takeUlpfec(ofNothing);
        assertEquals(sound.length + 1, drops.get("FEC malformed"));
        byte[] tooLong = new byte[2_000];
        takeUlpfec(tooLong);
        takeFlexfec(tooLong);
        assertEquals(2, drops.get("FEC that is too long"));
        byte[] flexfec =
                ParityEncoder.flexfec03(group, ParityEncoder.forBursts(3, 1).get(0));
        for (int length = 0; length < 20; length++) {
            takeFlexfec(Arrays.copyOf(flexfec, length));
        }
        assertEquals(sound.length + 21, drops.get("FEC malformed"));
        for (int bits : new int[] {0x80, 0x40}) {
            byte[] other = flexfec.clone();
            other[0] |= (byte) bits;
            takeFlexfec(other);
        }
        assertEquals(2, drops.get("FEC of a form that is not known"));
        flexfec[12]++;
        takeFlexfec(flexfec);
        assertEquals(1, drops.get("FEC of another source"));
        assertEquals(Map.of(), recovered);
        assertEquals(decoder.packets(), decoder.discarded());
    }

    @Test
    void parityOfTheBeginningsOfPacketsAloneAndOneThatMakesNoPacketAreCounted() {
        List<byte[]> group = media(10, 2);
        take(group.get(0));
        byte[] parity =
                ParityEncoder.ulpfec(group, ParityEncoder.forBursts(2, 1).get(0));
        byte[] part = parity.clone();
        Bytes.put16(part, 10, Math.min(group.get(0).length, group.get(1).length) - 13);
        part[9] ^= 0x40;
        part[8] ^= 0x20;
        takeUlpfec(part);
        assertEquals(1, drops.get("FEC that protects a part of a packet alone"));
        byte[] nonsense = parity.clone();
        nonsense[0] = 0x3f; // an extension, and fifteen sources
        Bytes.put16(nonsense, 8, group.get(0).length - 12 ^ 1);
        takeUlpfec(nonsense);
        assertEquals(1, drops.get("FEC that makes no packet"));
        assertEquals(Map.of(), recovered);
    }

    @Test
    void whateverAPeerSendsMemoryIsBoundedAndComesBack() {
        for (int i = 0; i < 20_000; i++) {
            byte[] packet = new byte[12 + random.nextInt(1_600)];
            random.nextBytes(packet);
            packet[0] = (byte) 0x80;
            Bytes.put16(packet, 2, random.nextInt(4) == 0 ? random.nextInt() : i);
            if (random.nextBoolean()) {
                RtpPacket p = new RtpPacket();
                assertTrue(p.wrap(packet, 0, packet.length));
                decoder.handleMedia(i, p, (now, r) -> {});
            } else {
                ParityPacket.Form form = ParityPacket.Form.values()[random.nextInt(2)];
                packet[8] = 1;
                Bytes.put16(packet, 10, random.nextInt(packet.length));
                decoder.handleParity(i, form, packet, 0, packet.length, (now, r) -> {});
            }
            assertTrue(memory.held() < 600_000, "held " + memory.held());
        }
        restart();
        assertTrue(memory.take((int) ReceiveMemory.MAX_BYTES - 1_000));
        List<byte[]> group = media(10, 3);
        group.forEach(this::take);
        takeUlpfec(ParityEncoder.ulpfec(group, ParityEncoder.forBursts(3, 1).get(0)));
        assertEquals(1, drops.get("FEC without memory for it"));
    }
}
