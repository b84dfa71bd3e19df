package dev.jvmrtc.sctp;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.sctp.packet.Chunk;
import dev.jvmrtc.sctp.packet.ChunkReader;
import dev.jvmrtc.sctp.packet.ChunkType;
import dev.jvmrtc.sctp.packet.DataHeader;
import dev.jvmrtc.sctp.packet.ErrorCause;
import dev.jvmrtc.sctp.packet.PacketFormat;
import dev.jvmrtc.sctp.packet.Sack;
import dev.jvmrtc.sctp.rx.HeldBytes;
import dev.jvmrtc.sctp.tx.OutgoingMessage;
import dev.jvmrtc.sctp.tx.SendQueue;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.LentBytes;
import dev.jvmrtc.wire.MalformedException;
import java.util.ArrayDeque;
import java.util.List;

/**
 * An SCTP association over DTLS (RFC 9260, RFC 8261): one path, no addresses. Parses packets and hands each chunk to
 * the part it concerns; builds packets from what the parts want to send. How it begins is {@link Handshake}, what there
 * is from then on {@link TransmissionControlBlock}, with {@link Heartbeat} and {@link Shutdown}; what lasts longer,
 * {@link Path}. Receiving is {@link dev.jvmrtc.sctp.rx}, sending {@link dev.jvmrtc.sctp.tx}, neither of which knows
 * this class.
 */
public final class Association implements ProtocolCore<SctpEvent> {

    /** Takes packets; the bytes are lent for the duration of the call. */
    @FunctionalInterface
    public interface PacketSink {
        void send(byte[] data, int offset, int length);
    }

    /** What statistics show. */
    public record Snapshot(
            AssociationState state,
            long congestionWindow,
            long slowStartThreshold,
            long receiverWindow,
            long flightBytes,
            int flightChunks,
            long srttNanos,
            int packetSize,
            long retransmittedChunks,
            long retransmittedBytes,
            long bufferedBytes,
            long unconsumedBytes,
            long heldBytes) {}

    /** Packets sent before other connections of the loop have their turn. */
    static final int MAX_PACKETS_AT_ONCE = 64;

    private final SctpConfig config;
    private final RandomSource random;
    /** What the peer makes us hold. */
    private final HeldBytes held;
    /** Why packets and chunks were dropped. */
    private final Counters drops = new Counters();
    /** What the user is to hear of. */
    private final ArrayDeque<SctpEvent> events = new ArrayDeque<>();

    /** The chunks of the packet that is read at present; the same object for every packet, as are the next two. */
    private final ChunkReader chunks = new ChunkReader();
    /** The header of the DATA chunk that is read at present. */
    private final DataHeader dataHeader = new DataHeader();
    /** The SACK that is read at present. */
    private final Sack sack = new Sack();
    /** Common headers, of packets that come and that leave. */
    private final PacketFormat format;
    /** The packet that is built at present. */
    private final ByteWriter packet;

    /** Control chunks that wait to leave. */
    private final ControlQueue control;
    /** Messages that have not left. */
    private final SendQueue sendQueue = new SendQueue();
    /** Tells the user of bytes that have left the send queue. */
    private final SendQueue.ReleaseListener bufferReleased =
            (streamId, bytes) -> events.add(new SctpEvent.BufferReleased(streamId, bytes));
    /** Tells the user what has become of messages. */
    private final SendQueue.ReceiptListener finished =
            (receipt, delivered) -> events.add(new SctpEvent.Finished(receipt, delivered));
    /** The way to the peer. */
    private final Path path;
    /** How the association comes up. */
    private final Handshake handshake;

    private AssociationState state = AssociationState.CLOSED;
    /** All that there is once the peer is known; null before. */
    private TransmissionControlBlock tcb;
    /** When the rest of what might have left at once leaves, or NEVER. */
    private long moreNanos = NEVER;

    public Association(SctpConfig config, RandomSource random) {
        this(config, random, new HeldBytes(config.receiveWindow()));
    }

    /**
     * @param held where all that the peer makes us hold is counted, by this association and by others of the same
     *     connection before it
     */
    public Association(SctpConfig config, RandomSource random, HeldBytes held) {
        this.config = config;
        this.random = random;
        this.held = held;
        this.format = new PacketFormat(config.localPort(), config.remotePort());
        this.packet = new ByteWriter(config.maxPacketSize() + 64);
        this.control = new ControlQueue(config.maxPacketSize(), drops);
        this.path = new Path(config);
        this.handshake = new Handshake(config, random, control, drops);
    }

    public AssociationState state() {
        return state;
    }

    public Counters drops() {
        return drops;
    }

    public Snapshot snapshot() {
        boolean any = tcb != null;
        return new Snapshot(
                state,
                path.congestion().window(),
                path.congestion().slowStartThreshold(),
                any ? tcb.retransmission().peerWindow() : 0,
                any ? tcb.retransmission().flightBytes() : 0,
                any ? tcb.retransmission().outstandingChunks() : 0,
                path.rtt().srttNanos(),
                path.mtu().packetSize(),
                any ? tcb.retransmission().retransmittedChunks() : 0,
                any ? tcb.retransmission().retransmittedBytes() : 0,
                sendQueue.bufferedBytes(),
                held.untaken(),
                held.total());
    }

    // ---------------------------------------------------------------- the user's side

    /** Sends INIT. Both sides may do so at once (RFC 9260 §5.2.1). */
    public void connect(long now) {
        if (state == AssociationState.CLOSED) {
            state = AssociationState.COOKIE_WAIT;
            handshake.start(now);
        }
    }

    /**
     * Queues a message, whose payload is not to be changed until it is finished. May be called before the association
     * is up.
     */
    public void send(OutgoingMessage message) {
        if (state == AssociationState.ENDED) {
            sendQueue.finish(message, false);
            releaseBuffers();
        } else {
            sendQueue.add(message);
        }
    }

    /** A stream's share of what is sent beside others, 1 … 65,535 (RFC 8831 §6.4, RFC 8260 §3.6). */
    public void setWeight(int streamId, int weight) {
        sendQueue.setWeight(streamId, weight);
    }

    public long bufferedBytes(int streamId) {
        return sendQueue.bufferedBytes(streamId);
    }

    /**
     * Resets our side of a stream when all that was queued on it has left.
     *
     * <p>RFC 8831 §6.7: "Closing of a data channel MUST be signaled by resetting the corresponding outgoing streams."
     */
    public void resetStream(int streamId) {
        if (tcb != null && tcb.canReset()) {
            tcb.resetStream(streamId);
        } else {
            events.add(new SctpEvent.StreamResetRefused(List.of(streamId)));
        }
    }

    /** Whether a reset of our side of a stream has been asked for and the peer's answer has not come. */
    public boolean isResetting(int streamId) {
        return sendQueue.isPaused(streamId);
    }

    /**
     * The user has taken messages that {@linkplain dev.jvmrtc.sctp.rx.ReceivedMessage#held() held} so many bytes. What
     * is not taken counts against the window that we advertise.
     */
    public void consumed(long bytes) {
        boolean wasSmall = held.room() < held.limit() / 2;
        held.taken(bytes);
        if (wasSmall && held.room() >= held.limit() / 2 && tcb != null) {
            tcb.windowOpened();
        }
    }

    /** Ends in order: everything queued is delivered first. */
    public void shutdown(long now) {
        if (state == AssociationState.ESTABLISHED) {
            // RFC 9260 §9.2: "Upon receipt of the SHUTDOWN primitive from its upper layer, the endpoint enters the
            // SHUTDOWN-PENDING state and remains there until all outstanding data has been acknowledged by its peer."
            state = AssociationState.SHUTDOWN_PENDING;
            maybeShutdown(now);
        } else if (state != AssociationState.ENDED && tcb == null) {
            end(null, null);
        }
    }

    /** Ends at once (RFC 9260 §9.1). */
    public void abort(String reason) {
        if (state != AssociationState.ENDED) {
            if (tcb != null) {
                sayAbort(ErrorCause.of(ErrorCause.USER_INITIATED_ABORT, reason));
            }
            end(null, null);
        }
    }

    /** Nothing leaves any more: who has asked for receipts is told. What has come and was not told yet is forgotten. */
    public void abandon() {
        sendQueue.finishAll();
        if (tcb != null) {
            tcb.forgetReceived();
            tcb.retransmission().finishAll();
        }
        releaseBuffers();
    }

    /**
     * Packets go over another path than before, or over the first.
     *
     * @param packetLimit bytes of an SCTP packet that our own link takes; larger packets than at the beginning are
     *     tried up to it
     * @param insideMachine whether the peer is on this machine
     */
    public void setPath(int packetLimit, boolean insideMachine) {
        path.set(packetLimit, insideMachine);
        if (tcb != null) {
            tcb.retransmission().setPaced(!insideMachine);
        }
    }

    /** Bytes that packets may have at present. */
    public int packetSize() {
        return path.mtu().packetSize();
    }

    /**
     * What was in flight went over a path that is gone: it is sent again at once, and the new path is measured anew.
     */
    public void pathChanged(long now) {
        path.forget();
        if (tcb != null) {
            tcb.retransmission().pathChanged(now);
        }
    }

    // ---------------------------------------------------------------- packets come

    public void handlePacket(long now, LentBytes arrived) {
        if (state == AssociationState.ENDED) {
            return;
        }
        try {
            chunks.open(format, arrived, tcb != null);
            handleChunks(now, PacketFormat.verificationTag(arrived.array(), arrived.offset()));
        } catch (MalformedException e) {
            drops.count("malformed SCTP: " + e.getMessage());
        } finally {
            chunks.close();
        }
        if (tcb != null) {
            tcb.endOfPacket(now, state);
        }
        releaseBuffers();
        maybeShutdown(now);
    }

    private void handleChunks(long now, int tag) throws MalformedException {
        while (state != AssociationState.ENDED && chunks.next()) {
            if (!isTagRight(chunks.type(), chunks.flags(), tag)) {
                throw new MalformedException("wrong verification tag");
            }
            if (!handleChunk(now, chunks.type(), chunks.flags())) {
                return;
            }
        }
    }

    /** RFC 9260 §8.5, with the exceptions of §8.5.1. */
    private boolean isTagRight(int type, int flags, int tag) {
        if (type == ChunkType.INIT) {
            return tag == 0;
        }
        boolean reflected = (flags & 1) != 0 && (type == ChunkType.ABORT || type == ChunkType.SHUTDOWN_COMPLETE);
        return tag == (reflected ? peerTag() : handshake.localTag());
    }

    /** The verification tag of packets to the peer; 0, as an INIT has it, where we do not know it. */
    private int peerTag() {
        return tcb == null ? 0 : tcb.peer().tag();
    }

    /** Hands a chunk to the part it concerns; false where the rest of its packet means nothing. */
    private boolean handleChunk(long now, int type, int flags) throws MalformedException {
        switch (type) {
            case ChunkType.DATA, ChunkType.I_DATA -> {
                dataHeader.read(type == ChunkType.I_DATA, flags, chunks.body());
                handleData();
            }
            case ChunkType.SACK -> {
                sack.read(chunks.body());
                if (tcb != null) {
                    abortFor(tcb.handleSack(now, sack));
                }
            }
            case ChunkType.PAD -> {
                // RFC 4820 §3: it is there for its length.
            }
            default -> {
                Chunk chunk = Chunk.parse(type, chunks.body());
                if (chunk == null) {
                    drops.count("unknown SCTP chunk");
                    // RFC 9260 §3.2: of the two highest bits, the first clear one means "stop processing this SCTP
                    // packet".
                    return (type & 0x80) != 0;
                }
                handleControl(now, chunk);
            }
        }
        return true;
    }

    private void handleControl(long now, Chunk chunk) throws MalformedException {
        if (chunk instanceof Chunk.Init init) {
            if (init.ack()) {
                handleInitAck(now, init);
            } else {
                handshake.handleInit(now, state, peerTag(), init);
            }
        } else if (chunk instanceof Chunk.CookieEcho echo) {
            handleCookieEcho(now, echo);
        } else if (chunk instanceof Chunk.Heartbeat heartbeat) {
            handleHeartbeat(now, heartbeat);
        } else if (chunk instanceof Chunk.Abort abort) {
            handleAbort(abort);
        } else if (chunk instanceof Chunk.Error) {
            drops.count("SCTP error from the peer");
        } else if (chunk instanceof Chunk.Shutdown) {
            enter(now, Shutdown.afterShutdown(state));
        } else if (chunk instanceof Chunk.ForwardTsn forward) {
            if (tcb != null) {
                abortFor(tcb.handleForwardTsn(forward));
            }
        } else if (chunk instanceof Chunk.ReConfig reconfig) {
            handleReConfig(now, reconfig);
        } else if (chunk instanceof Chunk.Bare bare) {
            handleBare(now, bare);
        }
    }

    private void handleBare(long now, Chunk.Bare bare) {
        switch (bare.type()) {
            case ChunkType.COOKIE_ACK -> {
                // RFC 9260 §5.2.5: "At any state other than COOKIE-ECHOED, an endpoint SHOULD silently discard a
                // received COOKIE ACK chunk."
                if (state == AssociationState.COOKIE_ECHOED) {
                    established(now);
                }
            }
            case ChunkType.SHUTDOWN_ACK -> {
                if (Shutdown.isOverWithAck(state)) {
                    control.add(peerTag(), new Chunk.Bare(ChunkType.SHUTDOWN_COMPLETE));
                    end(null, null);
                }
            }
            case ChunkType.SHUTDOWN_COMPLETE -> {
                if (Shutdown.isOverWithComplete(state)) {
                    end(null, null);
                }
            }
            default -> throw new AssertionError(bare.type());
        }
    }

    private void handleData() throws MalformedException {
        if (state.takesData()) {
            abortFor(tcb.handleData(dataHeader, chunks.rest()));
        } else {
            drops.count("DATA in a state that takes none");
        }
    }

    private void handleReConfig(long now, Chunk.ReConfig reconfig) throws MalformedException {
        if (tcb != null && tcb.canReset()) {
            tcb.handleReConfig(now, state, reconfig);
        } else {
            // RFC 5061 §4.2.7: what a peer does not announce it does not use. One that cannot reset streams cannot use
            // them again either.
            drops.count("RE-CONFIG that was not agreed upon");
        }
    }

    private void handleHeartbeat(long now, Chunk.Heartbeat heartbeat) {
        if (!heartbeat.ack()) {
            Chunk answer = Heartbeat.answer(heartbeat, config.maxPacketSize());
            if (answer != null) {
                control.add(peerTag(), answer);
            }
        } else if (tcb != null) {
            tcb.handleHeartbeatAck(now, heartbeat);
        }
    }

    private void handleAbort(Chunk.Abort abort) {
        ErrorCause cause = abort.causes().isEmpty() ? null : abort.causes().get(0);
        // A peer that closes its connection aborts on purpose: that is no failure.
        boolean onPurpose = cause != null && cause.code() == ErrorCause.USER_INITIATED_ABORT;
        end(
                onPurpose ? null : "the peer aborted the association" + (cause == null ? "" : ": " + cause.describe()),
                cause == null ? null : cause.code());
    }

    // ---------------------------------------------------------------- the beginning (RFC 9260 §5)

    private void handleInitAck(long now, Chunk.Init ack) {
        Peer peer = handshake.handleInitAck(now, state, ack);
        if (peer != null) {
            setUp(peer);
            state = AssociationState.COOKIE_ECHOED;
        }
    }

    private void handleCookieEcho(long now, Chunk.CookieEcho echo) throws MalformedException {
        Peer peer = handshake.handleCookieEcho(now, echo);
        if (peer == null || !state.isOpening() && peer.tag() != peerTag()) {
            return;
        }
        if (peer.tag() != peerTag()) {
            setUp(peer);
        }
        // Where the association is up already, our COOKIE ACK was lost (§5.2.4 D).
        control.add(peerTag(), new Chunk.Bare(ChunkType.COOKIE_ACK));
        if (state.isOpening()) {
            established(now);
        }
    }

    private void setUp(Peer peer) {
        if (tcb != null) {
            tcb.forgetReceived();
        }
        tcb = new TransmissionControlBlock(
                config, random, peer, handshake.localInitialTsn(), sendQueue, path, held, control, drops, events);
    }

    private void established(long now) {
        state = AssociationState.ESTABLISHED;
        handshake.end();
        control.dropInits();
        tcb.established(now);
    }

    // ---------------------------------------------------------------- the end (RFC 9260 §9)

    private void maybeShutdown(long now) {
        if (tcb != null && tcb.isAllAcknowledged()) {
            enter(now, Shutdown.afterLastAcknowledgement(state));
        }
    }

    private void enter(long now, AssociationState next) {
        if (next != state) {
            state = next;
            tcb.sayShutdown(now, state);
        }
    }

    /** The peer has violated the protocol, if there is a cause. */
    private void abortFor(ErrorCause cause) {
        if (cause != null) {
            sayAbort(cause);
            end("the peer violated the protocol: " + cause.describe(), cause.code());
        }
    }

    /** The last that is said; whatever waited to be said before it means nothing any more. */
    private void sayAbort(ErrorCause cause) {
        control.replace(peerTag(), new Chunk.Abort(List.of(cause)));
    }

    private void end(String cause, Integer code) {
        state = AssociationState.ENDED;
        handshake.end();
        abandon();
        events.add(new SctpEvent.Closed(cause, code));
    }

    private void releaseBuffers() {
        sendQueue.takeReleased(bufferReleased);
        sendQueue.takeFinished(finished);
    }

    // ---------------------------------------------------------------- time

    @Override
    public void handleTimeout(long now) {
        if (state == AssociationState.ENDED) {
            return;
        }
        path.mtu().handleTimeout(now);
        if (!handshake.handleTimeout(now, peerTag())) {
            end("the peer does not answer INIT", null);
        } else if (tcb != null) {
            String unreachable = tcb.handleTimeout(now, state);
            if (unreachable != null) {
                end(unreachable, null);
            }
        }
    }

    @Override
    public long nextTimeoutNanos() {
        if (state == AssociationState.ENDED) {
            return NEVER;
        }
        long next = ProtocolCore.soonest(handshake.nextTimeoutNanos(), moreNanos);
        next = ProtocolCore.soonest(next, path.mtu().nextTimeoutNanos());
        return tcb == null ? next : ProtocolCore.soonest(next, tcb.nextTimeoutNanos(state));
    }

    // ---------------------------------------------------------------- packets leave

    /**
     * Sends what may leave now; of much, a part, and the rest when it is called again after {@link #nextTimeoutNanos},
     * which is at once: others want a turn.
     */
    public void drain(long now, PacketSink sink) {
        if (state == AssociationState.ESTABLISHED && tcb.writeProbe(now, format, packet)) {
            finish(sink);
        }
        moreNanos = NEVER;
        for (int packets = 1; buildPacket(now); packets++) {
            finish(sink);
            if (packets == MAX_PACKETS_AT_ONCE) {
                moreNanos = now;
                break;
            }
        }
        releaseBuffers();
        maybeShutdown(now);
        if (!control.isEmpty() && buildPacket(now)) {
            finish(sink);
        }
    }

    private boolean buildPacket(long now) {
        int tag = control.isEmpty() ? peerTag() : control.nextTag();
        format.start(packet, tag);
        boolean more = control.write(packet, tag);
        if (more && tcb != null && tag == tcb.peer().tag()) {
            tcb.write(now, state, packet);
        }
        return packet.length() > PacketFormat.HEADER_LENGTH;
    }

    /** RFC 9653 §5.2: the checksum stays zero where the peer takes that, but not in the handshake. */
    private void finish(PacketSink sink) {
        boolean zeroChecksum = state.isUp() && tcb.peer().extensions().zeroChecksum();
        if (!zeroChecksum) {
            format.finish(packet);
        }
        sink.send(packet.array(), 0, packet.length());
    }

    @Override
    public SctpEvent pollEvent() {
        return events.poll();
    }
}
