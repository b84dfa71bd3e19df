package dev.jvmrtc.sctp;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.sctp.packet.Chunk;
import dev.jvmrtc.sctp.packet.DataHeader;
import dev.jvmrtc.sctp.packet.ErrorCause;
import dev.jvmrtc.sctp.packet.PacketFormat;
import dev.jvmrtc.sctp.packet.Sack;
import dev.jvmrtc.sctp.rx.DataTracker;
import dev.jvmrtc.sctp.rx.HeldBytes;
import dev.jvmrtc.sctp.rx.ReassemblyQueue;
import dev.jvmrtc.sctp.rx.ReceivedMessage;
import dev.jvmrtc.sctp.tx.RetransmissionQueue;
import dev.jvmrtc.sctp.tx.SendQueue;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.LentBytes;
import dev.jvmrtc.wire.MalformedException;
import java.util.List;
import java.util.Queue;

/**
 * The transmission control block (RFC 9260 §14.2): all that there is only once the peer is known, from the
 * COOKIE-ECHOED state on, or from ESTABLISHED on at the side that was asked. Takes chunks of data and what is said of
 * them, and appends to packets what is to be said of both. Which state the association is in it is told.
 */
final class TransmissionControlBlock {
    /** Fragments held; with empty payloads they would escape the byte limit. */
    static final int MAX_QUEUED_FRAGMENTS = 65_536;

    /** Whom we talk to. */
    private final Peer peer;
    /** Whether both interleave messages (RFC 8260), so that there is I-DATA instead of DATA. */
    private final boolean interleaved;
    /** Messages that have not left. */
    private final SendQueue sendQueue;
    /** Messages that have left and are not acknowledged. */
    private final RetransmissionQueue retransmission;
    /** Which TSNs of the peer have come. */
    private final DataTracker tracker;
    /** Messages of the peer that are not whole, or whose turn has not come. */
    private final ReassemblyQueue reassembly;
    /** Stream resets, both ways. */
    private final StreamResets resets;
    /** Whether the peer is still there. */
    private final Heartbeat heartbeat;
    /** The end in order. */
    private final Shutdown shutdown;
    /** The way to the peer. */
    private final Path path;
    /** What the peer makes us hold. */
    private final HeldBytes held;
    /** What waits to be said. */
    private final ControlQueue control;
    /** Why chunks were dropped. */
    private final Counters drops;
    /** What the user is to hear of. */
    private final Queue<SctpEvent> events;

    TransmissionControlBlock(
            SctpConfig config,
            RandomSource random,
            Peer peer,
            int localInitialTsn,
            SendQueue sendQueue,
            Path path,
            HeldBytes held,
            ControlQueue control,
            Counters drops,
            Queue<SctpEvent> events) {
        this.peer = peer;
        this.interleaved =
                peer.extensions().interleaving() && config.extensions().interleaving();
        this.sendQueue = sendQueue;
        this.path = path;
        this.held = held;
        this.control = control;
        this.drops = drops;
        this.events = events;
        sendQueue.setInterleaved(interleaved, peer.window());
        tracker = new DataTracker(peer.initialTsn());
        reassembly = new ReassemblyQueue(peer.initialTsn(), config.maxMessageSize(), held);
        retransmission = new RetransmissionQueue(
                localInitialTsn,
                peer.window(),
                sendQueue,
                path.rtt(),
                path.congestion(),
                peer.extensions().forwardTsn(),
                interleaved);
        retransmission.setPaced(!path.isInsideMachine());
        resets = new StreamResets(
                localInitialTsn,
                peer.initialTsn(),
                sendQueue,
                retransmission,
                tracker,
                reassembly,
                path.rtt(),
                held,
                events);
        heartbeat = new Heartbeat(path, random);
        shutdown = new Shutdown(tracker, path.rtt());
    }

    Peer peer() {
        return peer;
    }

    RetransmissionQueue retransmission() {
        return retransmission;
    }

    private void say(Chunk chunk) {
        if (chunk != null) {
            control.add(peer.tag(), chunk);
        }
    }

    // ---------------------------------------------------------------- the user's side

    /** The handshake is over. */
    void established(long now) {
        heartbeat.start(now);
        events.add(new SctpEvent.Connected(peer.streams()));
        deliver();
    }

    /** Whether the peer can reset streams. */
    boolean canReset() {
        return peer.extensions().reconfig();
    }

    /** Resets our side of a stream. */
    void resetStream(int streamId) {
        resets.want(streamId);
    }

    /** The window that we advertise has opened again. */
    void windowOpened() {
        tracker.requestSack();
    }

    /** Whether the peer has acknowledged all that there was to send. */
    boolean isAllAcknowledged() {
        return retransmission.isEmpty() && sendQueue.bufferedBytes() == 0;
    }

    /** Nothing comes any more, and what has come is forgotten. */
    void forgetReceived() {
        reassembly.close();
        resets.end();
    }

    // ---------------------------------------------------------------- chunks come

    /** Takes a chunk of user data, which is lent; returns the cause of the ABORT that it is answered by, or null. */
    ErrorCause handleData(DataHeader header, LentBytes data) {
        if (header.interleaved() != interleaved) {
            // RFC 8260 §2.2.1: with interleaving agreed upon no DATA comes, and without it no I-DATA.
            return ErrorCause.of(
                    ErrorCause.PROTOCOL_VIOLATION, interleaved ? "DATA instead of I-DATA" : "I-DATA without agreement");
        }
        int length = data.length();
        if (length == 0) {
            // RFC 9260 §6.2: an ABORT with the cause No User Data answers a chunk without any.
            return new ErrorCause(
                    ErrorCause.NO_USER_DATA, new ByteWriter(4).u32(header.tsn()).toByteArray());
        }
        if (isFull(header, length)) {
            drops.count("DATA beyond the receive window");
            // RFC 9260 §6.2: a chunk that is dropped for want of room is answered by a SACK, from which the peer learns
            // that we are there and how full we are.
            tracker.requestSack();
            return null;
        }
        boolean mustWait = resets.mustWait(header.tsn(), header.streamId());
        if (mustWait && !resets.mayWait()) {
            drops.count("DATA that waits for a stream reset");
            tracker.requestSack();
            return null;
        }
        if (!tracker.observe(header.tsn(), header.isImmediate())) {
            return null;
        }
        if (header.streamId() >= Handshake.STREAMS) {
            // RFC 9260 §6.5: DATA on an invalid stream is acknowledged, thrown away and answered by an ERROR.
            drops.count("DATA on a stream that there is not");
            byte[] stream = new ByteWriter(4).u16(header.streamId()).u16(0).toByteArray();
            say(new Chunk.Error(List.of(new ErrorCause(ErrorCause.INVALID_STREAM, stream))));
            return null;
        }
        if (mustWait) {
            resets.hold(header, data);
            return null;
        }
        reassembly.add(header, data);
        return reassembly.isOversized()
                ? ErrorCause.of(ErrorCause.PROTOCOL_VIOLATION, "message larger than a=max-message-size")
                : null;
    }

    /**
     * Whether there is no room for a chunk. What fills the first gap is taken even then where more waits behind it, or
     * nothing would ever free the window.
     */
    private boolean isFull(DataHeader header, int length) {
        boolean tooMany = reassembly.queuedFragments() >= MAX_QUEUED_FRAGMENTS;
        boolean freesMore = header.tsn() == tracker.cumulativeTsn() + 1
                && tracker.hasGaps()
                && held.total() < 2 * held.limit()
                && !tooMany;
        return (length > held.room() || tooMany) && !freesMore;
    }

    /** Takes what the peer has given up; returns the cause of the ABORT that it is answered by, or null. */
    ErrorCause handleForwardTsn(Chunk.ForwardTsn forward) {
        if (forward.interleaved() != interleaved) {
            return ErrorCause.of(ErrorCause.PROTOCOL_VIOLATION, "the wrong kind of FORWARD TSN");
        }
        if (tracker.forward(forward.newCumulativeTsn())) {
            reassembly.forward(forward);
        }
        return null;
    }

    /** Takes an acknowledgement; returns the cause of the ABORT that it is answered by, or null. */
    ErrorCause handleSack(long now, Sack sack) {
        if (!retransmission.handleSack(now, sack)) {
            return ErrorCause.of(ErrorCause.PROTOCOL_VIOLATION, "acknowledges a TSN that was never sent");
        }
        path.dataAcknowledged();
        return null;
    }

    /** Takes a request to reset streams, or the answer to one of ours. */
    void handleReConfig(long now, AssociationState state, Chunk.ReConfig reconfig) throws MalformedException {
        tellMessages(state);
        say(resets.handle(now, reconfig));
    }

    /** The peer answers a heartbeat of ours. */
    void handleHeartbeatAck(long now, Chunk.Heartbeat ack) {
        heartbeat.handleAck(now, ack);
    }

    /** All chunks of a packet have been taken. */
    void endOfPacket(long now, AssociationState state) {
        tracker.endOfPacket(now);
        tellMessages(state); // what came before a reset is told before it
        Chunk answer = resets.endOfPacket();
        if (answer != null) {
            say(answer);
            tellMessages(state);
        }
        reassembly.arrivedUpTo(tracker.cumulativeTsn());
        reassembly.settle();
    }

    private void tellMessages(AssociationState state) {
        if (state.isUp()) { // the user hears of the association first
            deliver();
        }
    }

    private void deliver() {
        for (ReceivedMessage m = reassembly.poll(); m != null; m = reassembly.poll()) {
            assert Steps.count();
            events.add(new SctpEvent.Message(m));
        }
    }

    // ---------------------------------------------------------------- time

    /** Says what is due in a state of shutting down. */
    void sayShutdown(long now, AssociationState state) {
        say(shutdown.say(now, state));
    }

    /** Fires what is due; returns why the peer counts as unreachable, or null where it does not. */
    String handleTimeout(long now, AssociationState state) {
        if (retransmission.handleTimeout(now)) {
            if (path.failed()) {
                return "the peer does not acknowledge data any more";
            }
            path.dataTimedOut(now);
        }
        if (heartbeat.isDue(now)) {
            if (heartbeat.isOutstanding() && path.failed()) {
                return "the peer does not answer heartbeats any more";
            }
            retransmission.trim();
            say(heartbeat.next(now));
        }
        if (shutdown.isDue(now)) {
            if (path.failed()) {
                return "the peer does not answer SHUTDOWN";
            }
            path.rtt().backOff();
            sayShutdown(now, state);
        }
        return null;
    }

    long nextTimeoutNanos(AssociationState state) {
        long next = ProtocolCore.soonest(retransmission.nextTimeoutNanos(), resets.nextTimeoutNanos());
        next = ProtocolCore.soonest(next, heartbeat.nextTimeoutNanos());
        next = ProtocolCore.soonest(next, shutdown.nextTimeoutNanos());
        return state.isUp() ? ProtocolCore.soonest(next, tracker.nextTimeoutNanos()) : next;
    }

    // ---------------------------------------------------------------- chunks leave

    /** Makes a packet that probes the path's MTU; false where it is not time for one. */
    boolean writeProbe(long now, PacketFormat format, ByteWriter packet) {
        long waiting = sendQueue.bufferedBytes() + retransmission.flightBytes();
        int size = peer.extensions().pad() ? path.mtu().probeSize(now, waiting) : 0;
        if (size == 0) {
            return false;
        }
        format.start(packet, peer.tag());
        heartbeat.writeProbe(now, size, packet);
        return true;
    }

    /** Appends to a packet what may leave now: an acknowledgement, what is given up, a stream reset, data. */
    void write(long now, AssociationState state, ByteWriter packet) {
        if (!state.isUp()) {
            return;
        }
        boolean mayData = state.sendsData();
        boolean data = mayData && retransmission.canSend(now);
        if (tracker.isSackDue(now) || data && tracker.hasNews()) {
            tracker.writeSack(packet, held.room());
        }
        if (!mayData) {
            return;
        }
        if (retransmission.isForwardTsnDue()) {
            retransmission.takeForwardTsn(now).write(packet);
        }
        Chunk request = resets.maybeRequest(now);
        if (request != null) {
            request.write(packet);
        }
        retransmission.writeData(
                now, packet, path.mtu().packetSize(), path.mtu().chunkedPacketSize());
    }
}
