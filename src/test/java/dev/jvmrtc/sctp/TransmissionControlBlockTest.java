package dev.jvmrtc.sctp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.sctp.packet.ChunkType;
import dev.jvmrtc.sctp.packet.DataHeader;
import dev.jvmrtc.sctp.packet.ErrorCause;
import dev.jvmrtc.sctp.packet.Extensions;
import dev.jvmrtc.sctp.packet.PacketFormat;
import dev.jvmrtc.sctp.rx.HeldBytes;
import dev.jvmrtc.sctp.tx.OutgoingMessage;
import dev.jvmrtc.sctp.tx.SendQueue;
import dev.jvmrtc.wire.ByteReader;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.LentBytes;
import dev.jvmrtc.wire.MalformedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransmissionControlBlockTest {
    private static final long MILLI = 1_000_000L;
    private static final int PEER_TSN = 500;
    private static final Extensions PLAIN = new Extensions(true, true, false, false, false);

    private final SctpConfig config = SctpConfig.of(5000, 5000).withExtensions(PLAIN);
    private final SendQueue sendQueue = new SendQueue();
    private final Path path = new Path(config);
    private final Counters drops = new Counters();
    private final ControlQueue control = new ControlQueue(config.maxPacketSize(), drops);
    private final ArrayDeque<SctpEvent> events = new ArrayDeque<>();
    private final TransmissionControlBlock tcb = new TransmissionControlBlock(
            config,
            RandomSource.seeded(1),
            new Peer(77, 1 << 20, 10, 20, PEER_TSN, PLAIN),
            100,
            sendQueue,
            path,
            new HeldBytes(1 << 20),
            control,
            drops,
            events);

    private ErrorCause data(int tsn, int stream, int length) throws MalformedException {
        ByteWriter w = new ByteWriter();
        int flags = DataHeader.FLAG_BEGIN | DataHeader.FLAG_END;
        DataHeader.write(w, false, flags, length, tsn, stream, tsn - PEER_TSN, 53, 0);
        ByteReader r = new ByteReader(w.array(), 4, w.length() - 4);
        DataHeader header = new DataHeader();
        header.read(false, flags, r);
        return tcb.handleData(header, LentBytes.of(new byte[length]));
    }

    /** Types of the chunks that leave now. */
    private List<Integer> written(long now, AssociationState state) throws MalformedException {
        ByteWriter w = new ByteWriter().zeros(PacketFormat.HEADER_LENGTH);
        tcb.write(now, state, w);
        List<Integer> types = new ArrayList<>();
        ByteReader r = new ByteReader(w.array(), 12, w.length() - 12);
        while (r.remaining() > 0) {
            types.add(r.u8());
            r.skip(1);
            r.skip((r.u16() + 3 & ~3) - 4);
        }
        return types;
    }

    private void send(int length) {
        sendQueue.add(new OutgoingMessage(1, 53, new byte[length], false, -1, ProtocolCore.NEVER));
    }

    @Test
    void theUserHearsOfTheAssociationBeforeItsMessages() throws MalformedException {
        assertNull(data(PEER_TSN, 1, 10));
        tcb.endOfPacket(0, AssociationState.COOKIE_ECHOED);
        assertTrue(events.isEmpty());
        assertEquals(List.of(), written(0, AssociationState.COOKIE_ECHOED), "nor is it acknowledged");
        tcb.established(0);
        assertEquals(new SctpEvent.Connected(10), events.poll(), "as many streams as both have");
        assertInstanceOf(SctpEvent.Message.class, events.poll());
    }

    @Test
    void anAcknowledgementRidesBeforeDataThoughItIsNotDue() throws MalformedException {
        data(PEER_TSN, 1, 10);
        tcb.endOfPacket(0, AssociationState.ESTABLISHED);
        assertEquals(List.of(), written(0, AssociationState.ESTABLISHED), "one packet may wait for the next");
        send(10);
        assertEquals(List.of(ChunkType.SACK, ChunkType.DATA), written(0, AssociationState.ESTABLISHED));
        assertFalse(tcb.isAllAcknowledged());
    }

    @Test
    void onceShutdownIsSaidNoDataLeaves() throws MalformedException {
        send(10);
        data(PEER_TSN, 1, 10);
        data(PEER_TSN + 2, 1, 10);
        assertEquals(List.of(ChunkType.SACK), written(0, AssociationState.SHUTDOWN_SENT));
        assertEquals(List.of(ChunkType.DATA), written(0, AssociationState.SHUTDOWN_PENDING));
    }

    @Test
    void dataWithoutAnyIsAViolationAndDataThatDoesNotFitIsNone() throws MalformedException {
        assertEquals(ErrorCause.NO_USER_DATA, data(PEER_TSN, 1, 0).code());
        assertNull(data(PEER_TSN, 1, (1 << 20) + 1));
        assertEquals(1, drops.get("DATA beyond the receive window"));
        assertEquals(
                List.of(ChunkType.SACK), written(0, AssociationState.ESTABLISHED), "the peer learns how full we are");
    }

    @Test
    void dataOnAStreamThatThereIsNotIsAnsweredWithAnError() throws MalformedException {
        assertNull(data(PEER_TSN, 65_535, 10));
        assertFalse(control.isEmpty());
        assertEquals(77, control.nextTag());
        tcb.endOfPacket(0, AssociationState.ESTABLISHED);
        assertTrue(events.isEmpty());
    }

    @Test
    void aPeerThatLeavesHeartbeatsUnansweredIsGivenUpAfterElevenOfThem() {
        tcb.established(0);
        int heartbeats = 0;
        String unreachable = null;
        while (unreachable == null) {
            heartbeats++;
            unreachable =
                    tcb.handleTimeout(tcb.nextTimeoutNanos(AssociationState.ESTABLISHED), AssociationState.ESTABLISHED);
        }
        assertEquals(12, heartbeats, "eleven, and the twelfth does not leave");
        assertTrue(unreachable.contains("heartbeats"), unreachable);
    }

    @Test
    void theTimerOfAShutdownBacksOffUntilThePeerIsGivenUp() {
        tcb.established(0);
        tcb.sayShutdown(0, AssociationState.SHUTDOWN_SENT);
        List<Long> millis = new ArrayList<>();
        while (millis.size() < 6) {
            long next = tcb.nextTimeoutNanos(AssociationState.SHUTDOWN_SENT);
            millis.add(next / MILLI);
            assertNull(tcb.handleTimeout(next, AssociationState.SHUTDOWN_SENT));
        }
        assertEquals(List.of(500L, 1_500L, 3_500L, 7_500L, 15_500L, 25_500L), millis, "doubled up to 10 s");
    }
}
