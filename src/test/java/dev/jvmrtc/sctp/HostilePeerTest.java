package dev.jvmrtc.sctp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.sctp.packet.Chunk;
import dev.jvmrtc.sctp.packet.ChunkType;
import dev.jvmrtc.sctp.packet.DataHeader;
import dev.jvmrtc.sctp.packet.ErrorCause;
import dev.jvmrtc.sctp.packet.Extensions;
import dev.jvmrtc.sctp.packet.PacketFormat;
import dev.jvmrtc.sctp.packet.Sack;
import dev.jvmrtc.sctp.tx.OutgoingMessage;
import dev.jvmrtc.wire.ByteReader;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.Bytes;
import dev.jvmrtc.wire.LentBytes;
import dev.jvmrtc.wire.MalformedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * A peer that says whatever it likes: bounded memory, bounded work, an ABORT with the right cause where the RFCs ask
 * for one. The limits stand in docs/limits.md.
 */
class HostilePeerTest {
    private static final PacketFormat FORMAT = new PacketFormat(5000, 5000);
    private static final long SECOND = 1_000_000_000L;
    private static final int TAG = 0x11223344;
    private static final int FIRST_TSN = 1_000;
    private static final Extensions PLAIN = new Extensions(true, true, false, false, false);

    private long now = SECOND;
    private final Association us = new Association(SctpConfig.of(5000, 5000), RandomSource.seeded(1));
    private final List<SctpEvent> events = new ArrayList<>();
    private final ArrayDeque<byte[]> packets = new ArrayDeque<>();
    private int ourTag;
    private int ourFirstTsn;
    private byte[] cookie;

    // ---------------------------------------------------------------- the peer, by hand

    private void say(Consumer<ByteWriter> chunks) {
        say(ourTag, chunks);
    }

    private void say(int tag, Consumer<ByteWriter> chunks) {
        ByteWriter w = new ByteWriter();
        FORMAT.start(w, tag);
        chunks.accept(w);
        FORMAT.finish(w);
        us.handlePacket(now, LentBytes.of(w.array(), 0, w.length()));
        listen();
    }

    private void listen() {
        us.drain(now, (d, o, n) -> packets.add(Arrays.copyOfRange(d, o, o + n)));
        for (SctpEvent e = us.pollEvent(); e != null; e = us.pollEvent()) {
            events.add(e);
        }
    }

    private void connect(Extensions extensions) {
        say(0, w -> new Chunk.Init(false, TAG, 1 << 20, 65_535, 65_535, FIRST_TSN, extensions, null).write(w));
        Chunk.Init ack = (Chunk.Init) chunks(packets.poll()).get(0);
        ourTag = ack.initiateTag();
        ourFirstTsn = ack.initialTsn();
        cookie = ack.cookie();
        say(w -> new Chunk.CookieEcho(cookie).write(w));
        assertEquals(AssociationState.ESTABLISHED, us.state());
        packets.clear();
        events.clear();
    }

    /** The control chunks of a packet. */
    private static List<Chunk> chunks(byte[] packet) {
        List<Chunk> all = new ArrayList<>();
        ByteReader r = new ByteReader(packet, 12, packet.length - 12);
        try {
            while (r.remaining() >= 4) {
                int type = r.u8();
                r.u8();
                int length = r.u16();
                Chunk c = Chunk.parse(type, r.slice(length - 4));
                r.skip(-length & 3);
                if (c != null) {
                    all.add(c);
                }
            }
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
        return all;
    }

    private static void data(
            ByteWriter w,
            boolean interleaved,
            int flags,
            int tsn,
            int stream,
            int number,
            int fragment,
            byte[] payload) {
        DataHeader.write(w, interleaved, flags, payload.length, tsn, stream, number, 53, fragment);
        w.bytes(payload).padTo4();
    }

    private int abortCause() {
        Chunk.Abort abort = (Chunk.Abort) packets.stream()
                .flatMap(p -> chunks(p).stream())
                .filter(c -> c instanceof Chunk.Abort)
                .findFirst()
                .orElseThrow();
        return abort.causes().get(0).code();
    }

    // ---------------------------------------------------------------- what it says

    @Test
    void aWindowThatStaysClosedIsAskedForNowAndThenAndNothingMoreLeaves() {
        connect(PLAIN);
        for (int i = 0; i < 1_000; i++) {
            us.send(new OutgoingMessage(1, 53, new byte[1_000], false, -1, ProtocolCore.NEVER));
        }
        long until = now + 3_600 * SECOND;
        int[] acknowledged = {ourFirstTsn - 1};
        int sent = 0;
        while (now < until) {
            listen();
            for (byte[] p = packets.poll(); p != null; p = packets.poll()) {
                sent++;
                // It refuses everything, but it answers.
                say(w -> Sack.write(w, acknowledged[0], 0, 0, 0));
            }
            now = Math.max(now + 1, us.nextTimeoutNanos());
            us.handleTimeout(now);
        }
        assertEquals(AssociationState.ESTABLISHED, us.state(), "it answers, so it is there");
        assertTrue(sent < 1_000, sent + " packets in an hour");
        assertTrue(
                us.snapshot().flightBytes() < 1_200 * 11,
                "in flight: " + us.snapshot().flightBytes());
    }

    @Test
    void anAcknowledgementOfWhatWasNeverSentIsAProtocolViolation() {
        connect(PLAIN);
        say(w -> Sack.write(w, ourFirstTsn + 1_000, 1_000_000, 0, 0));
        assertEquals(AssociationState.ENDED, us.state());
        assertEquals(ErrorCause.PROTOCOL_VIOLATION, abortCause());
    }

    @Test
    void gapsBeyondWhatWasSentAcknowledgeNothing() {
        connect(PLAIN);
        us.send(new OutgoingMessage(1, 53, new byte[5_000], false, -1, ProtocolCore.NEVER));
        listen();
        long flight = us.snapshot().flightBytes();
        say(w -> {
            Sack.write(w, ourFirstTsn - 1, 1_000_000, 2, 0);
            w.u16(100).u16(60_000).u16(60_001).u16(65_535);
        });
        assertEquals(AssociationState.ESTABLISHED, us.state());
        assertEquals(flight, us.snapshot().flightBytes());
    }

    @Test
    void fragmentsOfMessagesThatNeverEndFillTheWindowAndNoMore() {
        for (boolean interleaved : new boolean[] {false, true}) {
            HostilePeerTest t = new HostilePeerTest();
            t.connect(interleaved ? Extensions.OURS : PLAIN);
            for (int i = 0; i < 70_000; i++) {
                int n = i;
                t.say(w ->
                        data(w, interleaved, n == 0 ? DataHeader.FLAG_BEGIN : 0, FIRST_TSN + n, 2, 0, n, new byte[1]));
                t.packets.clear();
            }
            assertTrue(
                    t.us.drops().get("DATA beyond the receive window") > 0,
                    t.us.drops().snapshot().toString());
            assertEquals(AssociationState.ESTABLISHED, t.us.state());
        }
    }

    @Test
    void aMessageLargerThanAnnouncedIsRefusedWhileItGrows() {
        for (boolean interleaved : new boolean[] {false, true}) {
            HostilePeerTest t = new HostilePeerTest();
            t.connect(interleaved ? Extensions.OURS : PLAIN);
            int fragments = 0;
            while (t.us.state() != AssociationState.ENDED) {
                int n = fragments++;
                t.say(w -> data(
                        w, interleaved, n == 0 ? DataHeader.FLAG_BEGIN : 0, FIRST_TSN + n, 2, 0, n, new byte[1_000]));
            }
            assertEquals(ErrorCause.PROTOCOL_VIOLATION, t.abortCause());
            assertEquals(SctpConfig.DEFAULT_MAX_MESSAGE_SIZE / 1_000 + 1, fragments);
        }
    }

    @Test
    void aMessageOnEveryStreamAtOnceHoldsNoMoreThanTheWindow() {
        connect(Extensions.OURS);
        byte[] part = new byte[1_000];
        for (int i = 0; i < 65_535; i++) {
            int n = i;
            say(w -> data(w, true, DataHeader.FLAG_BEGIN, FIRST_TSN + n, n, 0, 0, part));
            packets.clear();
        }
        long taken = 65_535 - us.drops().get("DATA beyond the receive window");
        assertTrue(taken <= SctpConfig.DEFAULT_RECEIVE_WINDOW / part.length, taken + " taken");
        assertEquals(AssociationState.ESTABLISHED, us.state());
    }

    @Test
    void aFragmentNumberTwiceOrOutOfRangeLosesItsMessageOnly() {
        connect(Extensions.OURS);
        say(w -> data(w, true, DataHeader.FLAG_BEGIN, FIRST_TSN, 2, 0, 0, new byte[10]));
        for (int i = 1; i < 100; i++) {
            int n = i;
            say(w -> data(w, true, n % 2 == 0 ? DataHeader.FLAG_UNORDERED : 0, FIRST_TSN + n, 2, 0, 1, new byte[10]));
        }
        say(w -> data(w, true, DataHeader.FLAG_END, FIRST_TSN + 100, 2, 0, 2, new byte[10]));
        assertEquals(
                1, events.stream().filter(e -> e instanceof SctpEvent.Message).count());
        say(w -> data(w, true, 0, FIRST_TSN + 101, 2, 7, -5, new byte[10]));
        assertEquals(ErrorCause.PROTOCOL_VIOLATION, abortCause());
    }

    @Test
    void theWrongKindOfDataIsAProtocolViolation() {
        for (boolean agreed : new boolean[] {false, true}) {
            HostilePeerTest data = new HostilePeerTest();
            data.connect(agreed ? Extensions.OURS : PLAIN);
            data.say(w -> data(w, !agreed, 3, FIRST_TSN, 2, 0, 0, new byte[10]));
            assertEquals(ErrorCause.PROTOCOL_VIOLATION, data.abortCause());
            HostilePeerTest forward = new HostilePeerTest();
            forward.connect(agreed ? Extensions.OURS : PLAIN);
            forward.say(w -> new Chunk.ForwardTsn(!agreed, FIRST_TSN + 5, new Chunk.Skipped[0]).write(w));
            assertEquals(ErrorCause.PROTOCOL_VIOLATION, forward.abortCause());
        }
    }

    @Test
    void emptyDataIsAnsweredWithNoUserData() {
        connect(PLAIN);
        say(w -> data(w, false, 3, FIRST_TSN, 2, 0, 0, new byte[0]));
        assertEquals(ErrorCause.NO_USER_DATA, abortCause());
    }

    @Test
    void overlappingTsnsCountOnce() {
        connect(PLAIN);
        Random random = new Random(3);
        for (int i = 0; i < 50_000; i++) {
            say(w -> data(
                    w,
                    false,
                    3,
                    FIRST_TSN + random.nextInt(1_000),
                    2,
                    random.nextInt(4),
                    0,
                    new byte[1 + random.nextInt(100)]));
            packets.clear();
        }
        assertTrue(events.stream().filter(e -> e instanceof SctpEvent.Message).count() <= 1_000);
        assertEquals(AssociationState.ESTABLISHED, us.state());
    }

    @Test
    void everySecondTsnOpensNoMoreGapsThanWeKeep() {
        connect(PLAIN);
        for (int i = 0; i < 20_000; i++) {
            int n = i;
            say(w -> data(w, false, 7, FIRST_TSN + 1 + 2 * n, 2, 0, 0, new byte[1]));
        }
        for (byte[] p : packets) {
            assertTrue(p.length <= SctpConfig.DEFAULT_MAX_PACKET_SIZE, "a SACK fits a packet");
        }
        assertEquals(
                dev.jvmrtc.sctp.rx.DataTracker.MAX_RANGES,
                events.stream().filter(e -> e instanceof SctpEvent.Message).count());
    }

    @Test
    void aStormOfStreamResetsIsAnsweredOneForOne() {
        connect(PLAIN);
        for (int i = 0; i < 10_000; i++) {
            ByteWriter request = new ByteWriter().u32(FIRST_TSN + i).u32(0).u32(FIRST_TSN - 1);
            for (int s = 0; s < 500; s++) {
                request.u16(s);
            }
            say(w -> new Chunk.ReConfig(List.of(new Chunk.Parameter(13, request.toByteArray()))).write(w));
        }
        assertTrue(packets.size() <= 10_000);
        assertTrue(
                packets.stream().mapToInt(p -> p.length).max().orElseThrow() < 100,
                "the answer is smaller than the request");
        // Many in one packet, too.
        packets.clear();
        say(w -> {
            for (int i = 0; i < 128; i++) {
                new Chunk.ReConfig(List.of(new Chunk.Parameter(
                                13, new ByteWriter().u32(i).u32(0).u32(0).toByteArray())))
                        .write(w);
            }
        });
        assertTrue(packets.size() <= 64, packets.size() + " packets");
        assertEquals(AssociationState.ESTABLISHED, us.state());
    }

    private void requestReset(int sequence, int lastTsn, int... streams) {
        ByteWriter request = new ByteWriter().u32(sequence).u32(0).u32(lastTsn);
        for (int s : streams) {
            request.u16(s);
        }
        say(w -> new Chunk.ReConfig(List.of(new Chunk.Parameter(13, request.toByteArray()))).write(w));
    }

    private byte[] lastResetAnswer() {
        Chunk.ReConfig answer = (Chunk.ReConfig) packets.stream()
                .flatMap(p -> chunks(p).stream())
                .filter(c -> c instanceof Chunk.ReConfig)
                .reduce((a, b) -> b)
                .orElseThrow();
        return answer.parameters().get(0).value();
    }

    private int lastResetSequence() {
        return Bytes.i32(lastResetAnswer(), 0);
    }

    private int lastResetResult() {
        return Bytes.i32(lastResetAnswer(), 4);
    }

    @Test
    void dataBehindAResetThatWaitsIsCountedAndBounded() {
        connect(PLAIN);
        requestReset(FIRST_TSN, FIRST_TSN, 7);
        assertEquals(6, lastResetResult(), "in progress: what was sent before it is missing");
        int sent = 10_000;
        byte[] payload = new byte[1_000];
        for (int i = 1; i <= sent; i++) {
            int n = i;
            say(w -> data(w, false, 3, FIRST_TSN + n, 7, n - 1, 0, payload));
            packets.clear();
        }
        assertTrue(
                us.snapshot().heldBytes() >= StreamResets.MAX_WAITING * payload.length,
                us.snapshot().toString());
        assertTrue(
                us.snapshot().heldBytes() <= SctpConfig.DEFAULT_RECEIVE_WINDOW,
                us.snapshot().toString());
        assertEquals(sent - StreamResets.MAX_WAITING, us.drops().get("DATA that waits for a stream reset"));
        assertTrue(events.isEmpty(), "nothing overtakes the reset");
        // What was missing comes: the reset, and then what waited for it.
        say(w -> data(w, false, 3, FIRST_TSN, 7, 0, 0, payload));
        assertEquals(1, lastResetResult(), "performed");
        assertTrue(
                events.get(0) instanceof SctpEvent.Message && events.get(1) instanceof SctpEvent.IncomingStreamsReset,
                events.toString());
        assertEquals(2 + StreamResets.MAX_WAITING, events.size());
        us.consumed((StreamResets.MAX_WAITING + 1) * 1_064L);
        assertEquals(0, us.snapshot().heldBytes());
    }

    @Test
    void aSecondResetDoesNotMakeOneThatWaitsForgotten() {
        connect(PLAIN);
        requestReset(FIRST_TSN, FIRST_TSN + 1, 7);
        say(w -> data(w, false, 3, FIRST_TSN + 2, 7, 0, 0, new byte[1]));
        requestReset(FIRST_TSN + 1, FIRST_TSN - 1, 7);
        assertEquals(4, lastResetResult(), "RFC 6525 §4.4: a request is in progress already");
        assertTrue(events.isEmpty(), events.toString());
        say(w -> data(w, false, 3, FIRST_TSN, 7, 0, 0, new byte[1]));
        say(w -> data(w, false, 3, FIRST_TSN + 1, 7, 1, 0, new byte[1]));
        assertEquals(
                List.of(
                        SctpEvent.Message.class,
                        SctpEvent.Message.class,
                        SctpEvent.IncomingStreamsReset.class,
                        SctpEvent.Message.class),
                events.stream().map(Object::getClass).toList());
        requestReset(FIRST_TSN + 1, FIRST_TSN - 1, 7);
        assertEquals(4, lastResetResult(), "sent again, it is the request that was refused");
        requestReset(FIRST_TSN + 2, FIRST_TSN + 2, 7);
        assertEquals(1, lastResetResult(), "the refused one had its number, as its sender has counted it");
    }

    /** libwebrtc does so when it hears that its request is in progress. */
    @Test
    void aResetThatWaitsMayBeAskedForAgainUnderTheNextNumber() {
        connect(PLAIN);
        requestReset(FIRST_TSN, FIRST_TSN, 7);
        assertEquals(6, lastResetResult(), "what was sent before it is missing");
        requestReset(FIRST_TSN + 1, FIRST_TSN, 7);
        assertEquals(6, lastResetResult(), "still missing");
        requestReset(FIRST_TSN, FIRST_TSN, 7);
        assertEquals(5, lastResetResult(), "late on its way: nobody waits for this answer");
        packets.clear();
        say(w -> data(w, false, 3, FIRST_TSN, 7, 0, 0, new byte[1]));
        assertEquals(1, lastResetResult());
        assertEquals(FIRST_TSN + 1, lastResetSequence(), "the one that its sender waits for");
        assertEquals(
                1,
                events.stream()
                        .filter(e -> e instanceof SctpEvent.IncomingStreamsReset)
                        .count());
        requestReset(FIRST_TSN + 2, FIRST_TSN, 8);
        assertEquals(1, lastResetResult(), "and others after it");
    }

    @Test
    void whatIsDeniedWhileAResetWaitsHasItsNumberToo() {
        connect(PLAIN);
        requestReset(FIRST_TSN, FIRST_TSN, 7);
        say(w -> new Chunk.ReConfig(List.of(new Chunk.Parameter(
                        17, new ByteWriter().u32(FIRST_TSN + 1).u32(1 << 16).toByteArray())))
                .write(w));
        assertEquals(2, lastResetResult(), "no streams are added");
        say(w -> data(w, false, 3, FIRST_TSN, 7, 0, 0, new byte[1]));
        assertEquals(1, lastResetResult());
        requestReset(FIRST_TSN + 2, FIRST_TSN, 8);
        assertEquals(1, lastResetResult());
    }

    @Test
    void whatThePeerSaysOfErrorsIsCountedUnderOneName() {
        connect(PLAIN);
        for (int code = 0; code < 65_536; code++) {
            int c = code;
            say(w -> new Chunk.Error(List.of(new ErrorCause(c, new byte[0]))).write(w));
        }
        assertEquals(
                java.util.Map.of("SCTP error from the peer", 65_536L),
                us.drops().snapshot());
    }

    @Test
    void thePeersTextInAnAbortIsCutAndCleaned() {
        connect(PLAIN);
        say(w -> new Chunk.Abort(
                        List.of(ErrorCause.of(ErrorCause.PROTOCOL_VIOLATION, "\u001b[2J\r\n" + "x".repeat(10_000))))
                .write(w));
        SctpEvent.Closed closed = (SctpEvent.Closed) events.get(events.size() - 1);
        assertTrue(
                closed.cause().length() < 400 && closed.cause().chars().noneMatch(Character::isISOControl),
                closed.cause());
    }

    @Test
    void anAbortOfOursIsSaidHoweverMuchWaitsToBeSaid() {
        connect(PLAIN);
        say(w -> {
            for (int i = 0; i < 100; i++) {
                new Chunk.Heartbeat(false, new byte[16]).write(w);
            }
            data(w, false, 3, FIRST_TSN, 2, 0, 0, new byte[0]);
        });
        assertEquals(ErrorCause.NO_USER_DATA, abortCause());
    }

    @Test
    void aCookieLargerThanAPacketIsNotEchoed() {
        us.connect(now);
        listen();
        Chunk.Init init = (Chunk.Init) chunks(packets.poll()).get(0);
        say(
                init.initiateTag(),
                w -> new Chunk.Init(true, TAG, 1 << 20, 65_535, 65_535, FIRST_TSN, PLAIN, new byte[16_000]).write(w));
        assertTrue(packets.isEmpty());
        assertEquals(AssociationState.COOKIE_WAIT, us.state());
        assertEquals(1, us.drops().get("INIT ACK with a cookie larger than a packet"));
    }

    @Test
    void dataOnTheStreamThatThereIsNotIsAcknowledgedAndThrownAway() {
        connect(PLAIN);
        say(w -> data(w, false, 3, FIRST_TSN, 65_535, 0, 0, new byte[10]));
        assertTrue(events.isEmpty(), events.toString());
        assertEquals(0, us.snapshot().heldBytes());
        Chunk.Error error = (Chunk.Error) packets.stream()
                .flatMap(p -> chunks(p).stream())
                .filter(c -> c instanceof Chunk.Error)
                .findFirst()
                .orElseThrow();
        assertEquals(ErrorCause.INVALID_STREAM, error.causes().get(0).code());
    }

    @Test
    void theRoundTripIsMeasuredHereAndAHeartbeatTellsNothingOfOurClock() {
        connect(PLAIN);
        now += 40 * SECOND;
        us.handleTimeout(now);
        listen();
        Chunk.Heartbeat asked = (Chunk.Heartbeat) packets.stream()
                .flatMap(p -> chunks(p).stream())
                .filter(c -> c instanceof Chunk.Heartbeat)
                .findFirst()
                .orElseThrow();
        assertEquals(8, asked.info().length, "a nonce and nothing else");
        now += 50_000_000;
        say(w -> new Chunk.Heartbeat(true, new byte[8]).write(w));
        say(w -> new Chunk.Heartbeat(true, Arrays.copyOf(asked.info(), 16)).write(w));
        assertEquals(-1, us.snapshot().srttNanos(), "an answer to nothing that was asked");
        say(w -> new Chunk.Heartbeat(true, asked.info()).write(w));
        assertEquals(50_000_000, us.snapshot().srttNanos());
    }

    @Test
    void cookiesAreNotGoodTwiceNorForLong() {
        connect(PLAIN);
        int tagBefore = ourTag;
        for (int i = 0; i < 1_000; i++) {
            say(w -> new Chunk.CookieEcho(cookie).write(w));
        }
        assertTrue(events.isEmpty(), "nothing begins anew: " + events);
        assertTrue(packets.size() <= 1_000, "one COOKIE ACK for each");
        packets.clear();
        byte[] forged = cookie.clone();
        forged[3] ^= 1;
        say(w -> new Chunk.CookieEcho(forged).write(w));
        now += 61 * SECOND;
        say(w -> new Chunk.CookieEcho(cookie).write(w));
        assertEquals(2, us.drops().get("COOKIE ECHO with a bad or stale cookie"));
        assertEquals(tagBefore, ourTag);
    }

    @Test
    void aPeerThatNeverAcknowledgesIsGivenUpAfterTenRetransmissionsWithGrowingPauses() {
        connect(PLAIN);
        us.send(new OutgoingMessage(1, 53, new byte[100], false, -1, ProtocolCore.NEVER));
        List<Long> times = new ArrayList<>();
        long began = now;
        while (us.state() != AssociationState.ENDED) {
            listen();
            if (packets.stream().anyMatch(p -> p[12] == ChunkType.DATA)) {
                times.add(now - began);
            }
            packets.clear();
            if (us.nextTimeoutNanos() != ProtocolCore.NEVER) {
                now = us.nextTimeoutNanos();
                us.handleTimeout(now);
            }
        }
        // RFC 9260 §6.3.3: doubled up to RTO.Max, which is 10 s here. No round trip has been measured, so there is no
        // probe between.
        List<Long> expected =
                List.of(0L, 500L, 1_500L, 3_500L, 7_500L, 15_500L, 25_500L, 35_500L, 45_500L, 55_500L, 65_500L);
        assertEquals(expected, times.stream().map(t -> t / 1_000_000).limit(11).toList());
    }

    @Test
    void whateverTheBytesNothingIsThrown() {
        for (boolean interleaved : new boolean[] {false, true}) {
            for (int seed = 0; seed < 20; seed++) {
                HostilePeerTest t = new HostilePeerTest();
                t.connect(interleaved ? Extensions.OURS : PLAIN);
                Random random = new Random(seed);
                int[] types = {0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 14, 64, 130, 132, 192, 194, 77, 200};
                for (int i = 0; i < 2_000 && t.us.state() != AssociationState.ENDED; i++) {
                    byte[] body = new byte[random.nextInt(60)];
                    random.nextBytes(body);
                    t.say(w -> w.u8(types[random.nextInt(types.length)])
                            .u8(random.nextInt(16))
                            .u16(random.nextInt(4) == 0 ? random.nextInt(65_536) : 4 + body.length)
                            .bytes(body)
                            .padTo4());
                    t.packets.clear();
                }
            }
        }
    }

    @Test
    void aChecksumOfZeroIsTakenOnceTheAssociationStands() {
        ByteWriter w = new ByteWriter();
        FORMAT.start(w, 0);
        new Chunk.Init(false, TAG, 1 << 20, 65_535, 65_535, FIRST_TSN, Extensions.OURS, null).write(w);
        us.handlePacket(now, LentBytes.of(w.array(), 0, w.length()));
        listen();
        assertTrue(packets.isEmpty(), "RFC 9653 §5.2: not in a packet with INIT");
        connect(Extensions.OURS);
        FORMAT.start(w, ourTag);
        data(w, true, 3, FIRST_TSN, 2, 0, 0, new byte[10]);
        us.handlePacket(now, LentBytes.of(w.array(), 0, w.length()));
        listen();
        assertEquals(
                1, events.stream().filter(e -> e instanceof SctpEvent.Message).count());
        us.send(new OutgoingMessage(1, 53, new byte[10], false, -1, ProtocolCore.NEVER));
        listen();
        assertEquals(0, Bytes.i32(packets.peekLast(), 8), "and ours is zero, since the peer takes that");
    }

    @Test
    void aPeerThatDropsAnInitWithANewParameterIsAskedAgainWithout() {
        us.connect(now);
        listen();
        assertTrue(((Chunk.Init) chunks(packets.poll()).get(0)).extensions().zeroChecksum());
        now = us.nextTimeoutNanos();
        us.handleTimeout(now);
        listen();
        assertEquals(
                Extensions.OURS.withoutZeroChecksum(),
                ((Chunk.Init) chunks(packets.poll()).get(0)).extensions());
        say(0, w -> new Chunk.Init(false, TAG, 1 << 20, 65_535, 65_535, FIRST_TSN, PLAIN, null).write(w));
        assertEquals(
                Extensions.OURS.withoutZeroChecksum(),
                ((Chunk.Init) chunks(packets.poll()).get(0)).extensions());
    }
}
