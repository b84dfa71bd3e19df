package dev.jvmrtc.sctp;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.sctp.packet.Chunk;
import dev.jvmrtc.sctp.packet.ChunkType;
import dev.jvmrtc.sctp.packet.DataHeader;
import dev.jvmrtc.sctp.packet.ErrorCause;
import dev.jvmrtc.sctp.packet.Extensions;
import dev.jvmrtc.sctp.packet.PacketFormat;
import dev.jvmrtc.sctp.packet.Sack;
import dev.jvmrtc.sctp.rx.DataTracker;
import dev.jvmrtc.sctp.rx.HeldBytes;
import dev.jvmrtc.sctp.rx.ReassemblyQueue;
import dev.jvmrtc.sctp.rx.ReceivedMessage;
import dev.jvmrtc.sctp.tx.CongestionController;
import dev.jvmrtc.sctp.tx.CubicCongestionController;
import dev.jvmrtc.sctp.tx.ModelCongestionController;
import dev.jvmrtc.sctp.tx.OutgoingMessage;
import dev.jvmrtc.sctp.tx.RetransmissionQueue;
import dev.jvmrtc.sctp.tx.RttEstimator;
import dev.jvmrtc.sctp.tx.SendQueue;
import dev.jvmrtc.wire.ByteReader;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.Bytes;
import dev.jvmrtc.wire.LentBytes;
import dev.jvmrtc.wire.MalformedException;
import java.util.ArrayDeque;
import java.util.List;

/**
 * An SCTP association over DTLS (RFC 9260, RFC 8261): one path, no addresses. Parses packets and hands each chunk to
 * the part it concerns; builds packets from what the parts want to send. Receiving is {@link dev.jvmrtc.sctp.rx},
 * sending {@link dev.jvmrtc.sctp.tx}, neither of which knows this class.
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

    /** Chunks in one packet; a packet of bare headers could hold hundreds. */
    static final int MAX_CHUNKS_PER_PACKET = 128;
    /** Fragments held; with empty payloads they would escape the byte limit. */
    static final int MAX_QUEUED_FRAGMENTS = 65_536;
    /** RFC 9260 §16: Association.Max.Retrans. */
    private static final int MAX_RETRANSMISSIONS = 10;
    /** RFC 9260 §16: HB.interval. */
    private static final long HEARTBEAT_NANOS = 30_000_000_000L;
    /** Packets sent before other connections of the loop have their turn. */
    static final int MAX_PACKETS_AT_ONCE = 64;
    /** Outgoing packets of the control plane that may wait. */
    private static final int MAX_PENDING_CONTROL = 64;

    private record Pending(int tag, Chunk chunk) {}

    private final SctpConfig config;
    private final RandomSource random;
    /** What the peer makes us hold. */
    private final HeldBytes held;

    private final Counters drops = new Counters();
    private final ArrayDeque<SctpEvent> events = new ArrayDeque<>();
    private final ArrayDeque<Pending> control = new ArrayDeque<>();
    private final PacketFormat format;
    private final ByteWriter packet;
    /** What is read at present; the same objects for every packet. */
    private final ByteReader chunks = new ByteReader();

    private final ByteReader body = new ByteReader();
    private final DataHeader dataHeader = new DataHeader();
    /** The packet that is handled at present; lent, and null between packets. */
    private LentBytes received;

    private final Sack sack = new Sack();
    private final SendQueue sendQueue = new SendQueue();
    private final SendQueue.ReleaseListener bufferReleased =
            (streamId, bytes) -> events.add(new SctpEvent.BufferReleased(streamId, bytes));
    private final SendQueue.ReceiptListener finished =
            (receipt, delivered) -> events.add(new SctpEvent.Finished(receipt, delivered));
    private final RttEstimator rtt = new RttEstimator();
    private final CongestionController congestion;
    private final PathMtu pathMtu;
    private final Handshake handshake;

    private AssociationState state = AssociationState.CLOSED;
    private int peerTag;

    private DataTracker tracker;
    private ReassemblyQueue reassembly;
    private RetransmissionQueue retransmission;
    private StreamResets resets;
    private boolean peerSupportsReset;
    private boolean peerTakesPadding;
    private boolean peerTakesZeroChecksum;
    private boolean interleaved;
    private boolean insideMachine;
    /** What the peer can do, each way. */
    private int streams;

    private int errorCount;
    private long heartbeatNanos = NEVER;
    private boolean heartbeatOutstanding;
    private long heartbeatNonce;
    private long heartbeatSentNanos;
    private long t2Nanos = NEVER;
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
        this.pathMtu = new PathMtu(config.maxPacketSize());
        this.congestion = switch (config.congestionControl()) {
            case CUBIC -> new CubicCongestionController(config.maxPacketSize());
            case MODEL -> new ModelCongestionController(config.maxPacketSize());
        };
        this.handshake = new Handshake(config, random);
    }

    public AssociationState state() {
        return state;
    }

    public Counters drops() {
        return drops;
    }

    public Snapshot snapshot() {
        RetransmissionQueue r = retransmission;
        return new Snapshot(
                state,
                congestion.window(),
                congestion.slowStartThreshold(),
                r == null ? 0 : r.peerWindow(),
                r == null ? 0 : r.flightBytes(),
                r == null ? 0 : r.outstandingChunks(),
                rtt.srttNanos(),
                pathMtu.packetSize(),
                r == null ? 0 : r.retransmittedChunks(),
                r == null ? 0 : r.retransmittedBytes(),
                sendQueue.bufferedBytes(),
                held.untaken(),
                held.total());
    }

    // ---------------------------------------------------------------- the user's side

    /** Sends INIT. Both sides may do so at once (RFC 9260 §5.2.1). */
    public void connect(long now) {
        if (state == AssociationState.CLOSED) {
            state = AssociationState.COOKIE_WAIT;
            enqueue(0, handshake.init(now));
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

    /** Resets our side of a stream when all that was queued on it has left (RFC 8831 §6.7). */
    public void resetStream(int streamId) {
        if (resets != null && peerSupportsReset) {
            resets.want(streamId);
        } else {
            events.add(new SctpEvent.StreamResetRefused(List.of(streamId)));
        }
    }

    /** Whether a reset of our side of a stream has been asked for and the peer's answer has not come. */
    public boolean isResetting(int streamId) {
        return sendQueue.isPaused(streamId);
    }

    /** Ends in order: everything queued is delivered first (RFC 9260 §9.2). */
    public void shutdown(long now) {
        if (state == AssociationState.ESTABLISHED) {
            state = AssociationState.SHUTDOWN_PENDING;
            maybeShutdown(now);
        } else if (state != AssociationState.ENDED && retransmission == null) {
            end(null, null);
        }
    }

    /** Ends at once (RFC 9260 §9.1). */
    public void abort(String reason) {
        if (state != AssociationState.ENDED) {
            if (peerTag != 0) {
                sayAbort(ErrorCause.of(ErrorCause.USER_INITIATED_ABORT, reason));
            }
            end(null, null);
        }
    }

    /**
     * Packets go over another path than before, or over the first.
     *
     * @param packetLimit bytes of an SCTP packet that our own link takes; larger packets than at the beginning are
     *     tried up to it
     * @param insideMachine whether the peer is on this machine
     */
    public void setPath(int packetLimit, boolean insideMachine) {
        this.insideMachine = insideMachine;
        if (retransmission != null) {
            retransmission.setPaced(!insideMachine);
        }
        pathMtu.newPath(packetLimit, insideMachine);
        congestion.packetSizeChanged(pathMtu.packetSize());
    }

    /** Bytes that packets may have at present. */
    public int packetSize() {
        return pathMtu.packetSize();
    }

    /**
     * What was in flight went over a path that is gone: it is sent again at once, and the new path is measured anew.
     */
    public void pathChanged(long now) {
        rtt.reset();
        errorCount = 0; // what did not arrive over the old path says nothing of a peer that is reached by another
        if (retransmission != null) {
            retransmission.pathChanged(now);
        }
    }

    // ---------------------------------------------------------------- input

    public void handlePacket(long now, LentBytes arrived) {
        if (state == AssociationState.ENDED) {
            return;
        }
        try {
            received = arrived;
            format.open(chunks, arrived.array(), arrived.offset(), arrived.length(), tracker != null);
            handleChunks(now, PacketFormat.verificationTag(arrived.array(), arrived.offset()));
        } catch (MalformedException e) {
            drops.count("malformed SCTP: " + e.getMessage());
        } finally {
            received = null;
        }
        if (tracker != null) {
            tracker.endOfPacket(now);
            deliver(); // what came before a reset is told before it
            Chunk answer = resets.endOfPacket();
            if (answer != null) {
                enqueue(peerTag, answer);
                deliver();
            }
            reassembly.arrivedUpTo(tracker.cumulativeTsn());
        }
        releaseBuffers();
        maybeShutdown(now);
    }

    private void handleChunks(long now, int tag) throws MalformedException {
        for (int count = 0; chunks.remaining() >= PacketFormat.CHUNK_HEADER_LENGTH; count++) {
            assert Steps.count();
            int type = chunks.u8();
            int flags = chunks.u8();
            int length = chunks.u16();
            if (length < PacketFormat.CHUNK_HEADER_LENGTH || count == MAX_CHUNKS_PER_PACKET) {
                throw new MalformedException("chunk of a wrong length, or too many");
            }
            chunks.slice(length - PacketFormat.CHUNK_HEADER_LENGTH, body);
            chunks.skip(Math.min(-length & 3, chunks.remaining()));
            if (!isTagRight(type, flags, tag)) {
                throw new MalformedException("wrong verification tag");
            }
            if (type == ChunkType.DATA || type == ChunkType.I_DATA) {
                dataHeader.read(type == ChunkType.I_DATA, flags, body);
                handleData(dataHeader, body);
            } else if (type == ChunkType.SACK) {
                sack.read(body);
                handleSack(now, sack);
            } else if (type != ChunkType.PAD) {
                Chunk chunk = Chunk.parse(type, body);
                if (chunk != null) {
                    handleChunk(now, chunk);
                } else {
                    drops.count("unknown SCTP chunk");
                    // RFC 9260 §3.2: of the two highest bits, the first clear one means "stop processing this SCTP
                    // packet".
                    if ((type & 0x80) == 0) {
                        return;
                    }
                }
            }
            if (state == AssociationState.ENDED) {
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
        return tag == (reflected ? peerTag : handshake.localTag());
    }

    private void handleChunk(long now, Chunk chunk) throws MalformedException {
        if (chunk instanceof Chunk.Init init) {
            if (init.ack()) {
                handleInitAck(now, init);
            } else {
                handleInit(now, init);
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
            handleShutdown(now);
        } else if (chunk instanceof Chunk.ForwardTsn forward) {
            handleForwardTsn(forward);
        } else if (chunk instanceof Chunk.ReConfig reconfig) {
            if (resets == null || !peerSupportsReset) {
                // RFC 5061 §4.2.7: what a peer does not announce it does not use. One that cannot reset streams cannot
                // use them again either.
                drops.count("RE-CONFIG that was not agreed upon");
                return;
            }
            deliver();
            Chunk answer = resets.handle(now, reconfig);
            if (answer != null) {
                enqueue(peerTag, answer);
            }
        } else if (chunk instanceof Chunk.Bare bare) {
            handleBare(now, bare);
        }
    }

    private void handleBare(long now, Chunk.Bare bare) {
        switch (bare.type()) {
            case ChunkType.COOKIE_ACK -> {
                if (state == AssociationState.COOKIE_ECHOED) {
                    established(now);
                }
            }
            case ChunkType.SHUTDOWN_ACK -> {
                if (state == AssociationState.SHUTDOWN_SENT || state == AssociationState.SHUTDOWN_ACK_SENT) {
                    enqueue(peerTag, new Chunk.Bare(ChunkType.SHUTDOWN_COMPLETE));
                    end(null, null);
                }
            }
            case ChunkType.SHUTDOWN_COMPLETE -> {
                if (state == AssociationState.SHUTDOWN_ACK_SENT) {
                    end(null, null);
                }
            }
            default -> throw new AssertionError(bare.type());
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

    // ---------------------------------------------------------------- handshake (RFC 9260 §5)

    private void handleInit(long now, Chunk.Init init) {
        if (init.initiateTag() == 0 || init.inboundStreams() == 0 || init.outboundStreams() == 0) {
            drops.count("INIT with a zero tag or no streams");
            return;
        }
        boolean opening = state == AssociationState.CLOSED
                || state == AssociationState.COOKIE_WAIT
                || state == AssociationState.COOKIE_ECHOED;
        if (!opening && init.initiateTag() != peerTag) {
            // A restart (§5.2.2) would need a peer that lost its state but kept the DTLS association; no implementation
            // does that.
            drops.count("INIT that would restart the association");
            return;
        }
        enqueue(init.initiateTag(), handshake.initAck(now, init));
    }

    private void handleInitAck(long now, Chunk.Init ack) {
        if (state != AssociationState.COOKIE_WAIT) {
            drops.count("INIT ACK that was not awaited");
            return;
        }
        if (ack.cookie() == null || ack.initiateTag() == 0 || ack.inboundStreams() == 0 || ack.outboundStreams() == 0) {
            drops.count("INIT ACK without what it must have"); // T1 goes on: the peer's own may still come
            return;
        }
        if (ack.cookie().length
                > config.maxPacketSize() - PacketFormat.HEADER_LENGTH - PacketFormat.CHUNK_HEADER_LENGTH) {
            drops.count("INIT ACK with a cookie larger than a packet");
            return;
        }
        setUp(ack.initiateTag(), ack.initialTsn(), ack.advertisedReceiverWindow(), ack.extensions());
        streams = Math.min(ack.inboundStreams(), ack.outboundStreams());
        state = AssociationState.COOKIE_ECHOED;
        enqueue(peerTag, handshake.cookieEcho(now, ack));
    }

    private void handleCookieEcho(long now, Chunk.CookieEcho echo) throws MalformedException {
        StateCookie cookie = handshake.cookie(now, echo);
        if (cookie == null) {
            drops.count("COOKIE ECHO with a bad or stale cookie");
            return;
        }
        switch (state) {
            case CLOSED, COOKIE_WAIT, COOKIE_ECHOED -> {
                if (retransmission == null || peerTag != cookie.peerTag()) {
                    setUp(cookie.peerTag(), cookie.peerInitialTsn(), cookie.peerWindow(), cookie.extensions());
                    streams = Math.min(cookie.peerInboundStreams(), cookie.peerOutboundStreams());
                }
                enqueue(peerTag, new Chunk.Bare(ChunkType.COOKIE_ACK));
                established(now);
            }
            default -> {
                // §5.2.4 D: our COOKIE ACK was lost.
                if (cookie.peerTag() == peerTag) {
                    enqueue(peerTag, new Chunk.Bare(ChunkType.COOKIE_ACK));
                }
            }
        }
    }

    private void setUp(int tag, int peerInitialTsn, long peerWindow, Extensions extensions) {
        peerTag = tag;
        peerSupportsReset = extensions.reconfig();
        peerTakesPadding = extensions.pad();
        peerTakesZeroChecksum = extensions.zeroChecksum();
        interleaved = extensions.interleaving() && config.extensions().interleaving();
        sendQueue.setInterleaved(interleaved, peerWindow);
        forgetReceived();
        tracker = new DataTracker(peerInitialTsn);
        reassembly = new ReassemblyQueue(peerInitialTsn, config.maxMessageSize(), held);
        retransmission = new RetransmissionQueue(
                handshake.localInitialTsn(),
                peerWindow,
                sendQueue,
                rtt,
                congestion,
                extensions.forwardTsn(),
                interleaved);
        retransmission.setPaced(!insideMachine);
        resets = new StreamResets(
                handshake.localInitialTsn(),
                peerInitialTsn,
                sendQueue,
                retransmission,
                tracker,
                reassembly,
                rtt,
                held,
                events);
    }

    private void established(long now) {
        state = AssociationState.ESTABLISHED;
        handshake.end();
        control.removeIf(p -> p.tag == 0);
        heartbeatNanos = now + HEARTBEAT_NANOS;
        events.add(new SctpEvent.Connected(Math.min(streams, Handshake.STREAMS)));
        deliver();
    }

    // ---------------------------------------------------------------- data in

    private void handleData(DataHeader header, ByteReader body) throws MalformedException {
        if (tracker == null || !canReceive()) {
            drops.count("DATA in a state that takes none");
            return;
        }
        if (header.interleaved() != interleaved) {
            // RFC 8260 §2.2.1: with interleaving agreed upon no DATA comes, and without it no I-DATA.
            protocolViolation(ErrorCause.of(
                    ErrorCause.PROTOCOL_VIOLATION,
                    interleaved ? "DATA instead of I-DATA" : "I-DATA without agreement"));
            return;
        }
        int length = body.remaining();
        if (length == 0) {
            // RFC 9260 §6.2: an ABORT with the cause No User Data answers a chunk without any.
            protocolViolation(new ErrorCause(
                    ErrorCause.NO_USER_DATA, new ByteWriter(4).u32(header.tsn()).toByteArray()));
            return;
        }
        boolean next = header.tsn() == tracker.cumulativeTsn() + 1;
        boolean full = length > held.room() || reassembly.queuedFragments() >= MAX_QUEUED_FRAGMENTS;
        // What fills the first gap is taken even then where more waits behind it, or nothing would ever free the
        // window.
        boolean freesMore = next
                && tracker.hasGaps()
                && held.total() < 2 * held.limit()
                && reassembly.queuedFragments() < MAX_QUEUED_FRAGMENTS;
        if (full && !freesMore) {
            drops.count("DATA beyond the receive window");
            // RFC 9260 §6.2: a chunk that is dropped for want of room is answered by a SACK, from which the peer learns
            // that we are there and how full we are.
            tracker.requestSack();
            return;
        }
        boolean mustWait = resets.mustWait(header.tsn(), header.streamId());
        if (mustWait && !resets.mayWait()) {
            drops.count("DATA that waits for a stream reset");
            tracker.requestSack();
            return;
        }
        if (!tracker.observe(header.tsn(), header.isImmediate())) {
            return;
        }
        if (header.streamId() >= Handshake.STREAMS) {
            // RFC 9260 §6.5: DATA on an invalid stream is acknowledged, thrown away and answered by an ERROR.
            drops.count("DATA on a stream that there is not");
            enqueue(
                    peerTag,
                    new Chunk.Error(List.of(new ErrorCause(
                            ErrorCause.INVALID_STREAM,
                            new ByteWriter(4).u16(header.streamId()).u16(0).toByteArray()))));
            return;
        }
        if (mustWait) {
            resets.hold(header, body.bytes(length));
            return;
        }
        reassembly.add(header, received.slice(body.position() - received.offset(), length));
        if (reassembly.isOversized()) {
            protocolViolation(ErrorCause.of(ErrorCause.PROTOCOL_VIOLATION, "message larger than a=max-message-size"));
        }
    }

    private void protocolViolation(ErrorCause cause) {
        sayAbort(cause);
        end("the peer violated the protocol: " + cause.describe(), cause.code());
    }

    /** The last that is said; whatever waited to be said before it means nothing any more. */
    private void sayAbort(ErrorCause cause) {
        control.clear();
        enqueue(peerTag, new Chunk.Abort(List.of(cause)));
    }

    private boolean canReceive() {
        return switch (state) {
            case COOKIE_ECHOED, ESTABLISHED, SHUTDOWN_PENDING, SHUTDOWN_SENT -> true;
            default -> false;
        };
    }

    private void handleForwardTsn(Chunk.ForwardTsn forward) {
        if (tracker == null) {
            return;
        }
        if (forward.interleaved() != interleaved) {
            protocolViolation(ErrorCause.of(ErrorCause.PROTOCOL_VIOLATION, "the wrong kind of FORWARD TSN"));
        } else if (tracker.forward(forward.newCumulativeTsn())) {
            reassembly.forward(forward);
        }
    }

    private void deliver() {
        if (!mayAcknowledge()) {
            return; // the user hears of the association first
        }
        for (ReceivedMessage m = reassembly.poll(); m != null; m = reassembly.poll()) {
            assert Steps.count();
            events.add(new SctpEvent.Message(m));
        }
    }

    /**
     * The user has taken messages that {@linkplain ReceivedMessage#held() held} so many bytes. What is not taken counts
     * against the window that we advertise.
     */
    public void consumed(long bytes) {
        boolean wasSmall = held.room() < held.limit() / 2;
        held.taken(bytes);
        if (wasSmall && held.room() >= held.limit() / 2 && tracker != null) {
            tracker.requestSack();
        }
    }

    // ---------------------------------------------------------------- data out

    private void handleSack(long now, Sack sack) {
        if (retransmission == null || state == AssociationState.CLOSED) {
            return;
        }
        if (!retransmission.handleSack(now, sack)) {
            protocolViolation(ErrorCause.of(ErrorCause.PROTOCOL_VIOLATION, "acknowledges a TSN that was never sent"));
            return;
        }
        errorCount = 0;
        pathMtu.dataAcknowledged();
    }

    private void releaseBuffers() {
        sendQueue.takeReleased(bufferReleased);
        sendQueue.takeFinished(finished);
    }

    // ---------------------------------------------------------------- shutdown (RFC 9260 §9.2)

    private void maybeShutdown(long now) {
        if (retransmission == null || !retransmission.isEmpty() || sendQueue.bufferedBytes() > 0) {
            return;
        }
        if (state == AssociationState.SHUTDOWN_PENDING) {
            state = AssociationState.SHUTDOWN_SENT;
            sendShutdown(now);
        } else if (state == AssociationState.SHUTDOWN_RECEIVED) {
            state = AssociationState.SHUTDOWN_ACK_SENT;
            sendShutdown(now);
        }
    }

    private void sendShutdown(long now) {
        enqueue(
                peerTag,
                state == AssociationState.SHUTDOWN_SENT
                        ? new Chunk.Shutdown(tracker.cumulativeTsn())
                        : new Chunk.Bare(ChunkType.SHUTDOWN_ACK));
        t2Nanos = now + rtt.rtoNanos();
    }

    private void handleShutdown(long now) {
        switch (state) {
            case ESTABLISHED, SHUTDOWN_PENDING -> state = AssociationState.SHUTDOWN_RECEIVED;
            case SHUTDOWN_SENT -> {
                state = AssociationState.SHUTDOWN_ACK_SENT;
                sendShutdown(now);
            }
            default -> {
                // Repeated, or in a state where it means nothing.
            }
        }
    }

    private void end(String cause, Integer code) {
        state = AssociationState.ENDED;
        handshake.end();
        t2Nanos = NEVER;
        heartbeatNanos = NEVER;
        forgetReceived();
        finishAll();
        events.add(new SctpEvent.Closed(cause, code));
    }

    private void forgetReceived() {
        if (reassembly != null) {
            reassembly.close();
            resets.end();
        }
    }

    /** Nothing leaves any more: who has asked for receipts is told. What has come and was not told yet is forgotten. */
    public void abandon() {
        for (SctpEvent e : events) {
            if (e instanceof SctpEvent.Message m) {
                held.taken(m.message().held());
                m.message().release();
            }
        }
        events.removeIf(e -> e instanceof SctpEvent.Message);
        forgetReceived();
        finishAll();
    }

    private void finishAll() {
        sendQueue.finishAll();
        if (retransmission != null) {
            retransmission.finishAll();
        }
        releaseBuffers();
    }

    // ---------------------------------------------------------------- heartbeat (RFC 9260 §8.3)

    private void handleHeartbeat(long now, Chunk.Heartbeat heartbeat) {
        if (!heartbeat.ack()) {
            if (heartbeat.info().length <= config.maxPacketSize() - 64) {
                enqueue(peerTag, new Chunk.Heartbeat(true, heartbeat.info()));
            }
            return;
        }
        if (heartbeat.info().length != Long.BYTES) {
            return;
        }
        long nonce = Bytes.i64(heartbeat.info(), 0);
        if (pathMtu.answered(nonce)) {
            congestion.packetSizeChanged(pathMtu.packetSize());
        } else if (heartbeatOutstanding && nonce == heartbeatNonce) {
            heartbeatOutstanding = false;
            errorCount = 0;
            rtt.observe(now - heartbeatSentNanos);
        }
    }

    /**
     * RFC 9260 §3.3.5 has the time in it too, which the answer repeats; ours stays here, for what is repeated is what
     * the peer makes of it.
     */
    private static Chunk.Heartbeat heartbeat(long nonce) {
        return new Chunk.Heartbeat(false, new ByteWriter(Long.BYTES).u64(nonce).toByteArray());
    }

    private void sendHeartbeat(long now) {
        if (heartbeatOutstanding && ++errorCount > MAX_RETRANSMISSIONS) {
            end("the peer does not answer heartbeats any more", null);
            return;
        }
        retransmission.trim();
        heartbeatOutstanding = true;
        heartbeatNonce = random.nextLong();
        heartbeatSentNanos = now;
        enqueue(peerTag, heartbeat(heartbeatNonce));
        heartbeatNanos = now + HEARTBEAT_NANOS + rtt.rtoNanos();
    }

    /** RFC 8899 §6.2.1.2: a heartbeat, padded to the size that is tried. The answer is small. */
    private void probePathMtu(long now, PacketSink sink) {
        int size = state != AssociationState.ESTABLISHED || !peerTakesPadding
                ? 0
                : pathMtu.probeSize(now, sendQueue.bufferedBytes() + retransmission.flightBytes());
        if (size == 0) {
            return;
        }
        long nonce = random.nextLong();
        format.start(packet, peerTag);
        heartbeat(nonce).write(packet);
        int padding = size - packet.length();
        packet.u8(ChunkType.PAD).u8(0).u16(padding).zeros(padding - PacketFormat.CHUNK_HEADER_LENGTH);
        finish(sink);
        pathMtu.probeSent(now, nonce, rtt.rtoNanos());
    }

    // ---------------------------------------------------------------- time

    @Override
    public void handleTimeout(long now) {
        if (state == AssociationState.ENDED) {
            return;
        }
        pathMtu.handleTimeout(now);
        if (handshake.isDue(now)) {
            Chunk again = handshake.again(now);
            if (again == null) {
                end("the peer does not answer INIT", null);
                return;
            }
            enqueue(state == AssociationState.COOKIE_WAIT ? 0 : peerTag, again);
        }
        if (retransmission != null && retransmission.handleTimeout(now)) {
            if (++errorCount > MAX_RETRANSMISSIONS) {
                end("the peer does not acknowledge data any more", null);
                return;
            }
            if (pathMtu.dataTimedOut(now)) {
                congestion.packetSizeChanged(pathMtu.packetSize());
            }
        }
        if (ProtocolCore.due(heartbeatNanos, now)) {
            sendHeartbeat(now);
        }
        if (ProtocolCore.due(t2Nanos, now)) {
            if (++errorCount > MAX_RETRANSMISSIONS) {
                end("the peer does not answer SHUTDOWN", null);
                return;
            }
            rtt.backOff();
            sendShutdown(now);
        }
    }

    @Override
    public long nextTimeoutNanos() {
        if (state == AssociationState.ENDED) {
            return NEVER;
        }
        long next = ProtocolCore.soonest(
                ProtocolCore.soonest(handshake.nextTimeoutNanos(), moreNanos),
                ProtocolCore.soonest(t2Nanos, heartbeatNanos));
        next = ProtocolCore.soonest(next, pathMtu.nextTimeoutNanos());
        if (retransmission != null) {
            next = ProtocolCore.soonest(next, retransmission.nextTimeoutNanos());
            if (mayAcknowledge()) {
                next = ProtocolCore.soonest(next, tracker.nextTimeoutNanos());
            }
            next = ProtocolCore.soonest(next, resets.nextTimeoutNanos());
        }
        return next;
    }

    // ---------------------------------------------------------------- output

    private void enqueue(int tag, Chunk chunk) {
        if (control.size() < MAX_PENDING_CONTROL) {
            control.add(new Pending(tag, chunk));
        } else {
            drops.count("too many SCTP control chunks at once");
        }
    }

    /**
     * Sends what may leave now; of much, a part, and the rest when it is called again after {@link #nextTimeoutNanos},
     * which is at once: others want a turn.
     */
    public void drain(long now, PacketSink sink) {
        probePathMtu(now, sink);
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

    /** RFC 9653 §5.2: the checksum stays zero where the peer takes that, but not in the handshake. */
    private void finish(PacketSink sink) {
        if (!peerTakesZeroChecksum || !mayAcknowledge()) {
            format.finish(packet);
        }
        sink.send(packet.array(), 0, packet.length());
    }

    private boolean buildPacket(long now) {
        int tag = control.isEmpty() ? peerTag : control.peek().tag;
        format.start(packet, tag);
        boolean alone = false;
        while (!control.isEmpty() && control.peek().tag == tag && !alone) {
            Chunk c = control.peek().chunk;
            int before = packet.length();
            // RFC 9260 §6.10: INIT, INIT ACK and SHUTDOWN COMPLETE travel alone.
            alone = c instanceof Chunk.Init || c.type() == ChunkType.SHUTDOWN_COMPLETE;
            if (alone && before > PacketFormat.HEADER_LENGTH) {
                return true;
            }
            c.write(packet);
            if (packet.length() > config.maxPacketSize() && before > PacketFormat.HEADER_LENGTH) {
                packet.truncate(before);
                return true;
            }
            control.poll();
        }
        if (!alone && retransmission != null && tag == peerTag) {
            writeData(now);
        }
        return packet.length() > PacketFormat.HEADER_LENGTH;
    }

    /** Data that overtook the COOKIE ACK is kept, but acknowledged only once the association is up. */
    private boolean mayAcknowledge() {
        return switch (state) {
            case CLOSED, COOKIE_WAIT, COOKIE_ECHOED, ENDED -> false;
            default -> true;
        };
    }

    private void writeData(long now) {
        if (!mayAcknowledge()) {
            return;
        }
        boolean mayData = state == AssociationState.ESTABLISHED
                || state == AssociationState.SHUTDOWN_PENDING
                || state == AssociationState.SHUTDOWN_RECEIVED;
        boolean data = mayData && retransmission.canSend(now);
        if (tracker.isSackDue(now) || data && tracker.hasNews()) {
            tracker.writeSack(packet, held.room());
        }
        if (mayData && retransmission.isForwardTsnDue()) {
            retransmission.takeForwardTsn(now).write(packet);
        }
        if (mayData) {
            Chunk request = resets.maybeRequest(now);
            if (request != null) {
                request.write(packet);
            }
            retransmission.writeData(now, packet, pathMtu.packetSize(), pathMtu.chunkedPacketSize());
        }
    }

    @Override
    public SctpEvent pollEvent() {
        return events.poll();
    }
}
