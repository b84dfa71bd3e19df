package dev.jvmrtc.datachannel;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.sctp.Association;
import dev.jvmrtc.sctp.SctpConfig;
import dev.jvmrtc.sctp.SctpEvent;
import dev.jvmrtc.sctp.rx.HeldBytes;
import dev.jvmrtc.sctp.rx.ReceivedMessage;
import dev.jvmrtc.sctp.tx.OutgoingMessage;
import dev.jvmrtc.wire.LentBytes;
import dev.jvmrtc.wire.MalformedException;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Data channels over one SCTP association (RFC 8831, RFC 8832): opening in band, stream ids, closing by stream reset.
 */
public final class DataChannels implements ProtocolCore<DataChannelEvent> {
    /** Nobody asks what becomes of a message. */
    public static final long NO_RECEIPT = OutgoingMessage.NO_RECEIPT;

    private static final int PPID_DCEP = 50;
    private static final int PPID_STRING = 51;
    private static final int PPID_BINARY = 53;
    private static final int PPID_STRING_EMPTY = 56;
    private static final int PPID_BINARY_EMPTY = 57;
    /** Stream 65535 is reserved (RFC 8832 §6). */
    private static final int MAX_STREAM_ID = 65_534;
    /** Channels that the peer may have open at once where nobody says otherwise. */
    public static final int DEFAULT_MAX_INCOMING = 1_024;
    /** Bytes held for channels that the application has not created yet. */
    static final int MAX_EARLY_BYTES = 256 * 1024;
    /**
     * What a channel of the peer takes until the application has been told of it: tasks for all that may become of it
     * meanwhile.
     */
    static final int HELD_BY_OPENING = 512;
    /** The part of the receive buffer that labels and protocols of the peer's open channels may fill. */
    static final int LABELS_PART = 4;
    /** Channels refused at once; of more the peer hears nothing. */
    static final int MAX_REFUSED = 1_024;

    private enum State {
        CONNECTING,
        OPEN,
        CLOSING,
        CLOSED
    }

    private static final class Channel {
        final int handle;
        final ChannelParameters parameters;
        Integer streamId;
        State state = State.CONNECTING;
        boolean acknowledged;
        boolean outgoingReset;
        boolean incomingReset;
        /** Of a channel of the peer: what its label and its protocol fill. */
        int labelBytes;
        /** It is more than the peer may have: nobody knows it, and it only waits for its end. */
        boolean refused;
        /** Its messages are told as {@link DataChannelEvent.BufferMessage}. */
        boolean takesBuffers;

        Channel(int handle, ChannelParameters parameters, Integer streamId) {
            this.handle = handle;
            this.parameters = parameters;
            this.streamId = streamId;
        }
    }

    private final Association association;
    private final Counters drops = new Counters();
    private final ArrayDeque<DataChannelEvent> events = new ArrayDeque<>();
    private final Map<Integer, Channel> byHandle = new LinkedHashMap<>();
    private final Map<Integer, Channel> byStream = new HashMap<>();
    private final Map<Integer, List<ReceivedMessage>> early = new HashMap<>();
    private final BitSet usedIds = new BitSet();
    /** Streams whose reset of ours was meant for the channel before the present one. */
    private final BitSet unansweredResets = new BitSet();

    private final boolean dtlsClient;
    private final int maxIncoming;
    private final HeldBytes held;
    private int incoming;
    private int refused;
    private long labelBytes;
    private int lastStreamId = MAX_STREAM_ID;
    private int earlyBytes;
    private int nextIncomingHandle;
    private boolean connected;
    private boolean ended;

    /**
     * @param dtlsClient decides who uses even stream ids (RFC 8832 §6)
     * @param firstIncomingHandle the handle of the first channel of the peer; they go down from it, and it is negative
     */
    public DataChannels(SctpConfig config, boolean dtlsClient, RandomSource random, int firstIncomingHandle) {
        this(
                config,
                dtlsClient,
                random,
                firstIncomingHandle,
                DEFAULT_MAX_INCOMING,
                new HeldBytes(config.receiveWindow()));
    }

    /**
     * As above.
     *
     * @param maxIncoming channels that the peer may have open at once; what would be more is refused, whatever the
     *     stream's number
     * @param held where all that the peer makes us hold is counted
     */
    public DataChannels(
            SctpConfig config,
            boolean dtlsClient,
            RandomSource random,
            int firstIncomingHandle,
            int maxIncoming,
            HeldBytes held) {
        this.nextIncomingHandle = firstIncomingHandle;
        this.association = new Association(config, random, held);
        this.dtlsClient = dtlsClient;
        this.maxIncoming = maxIncoming;
        this.held = held;
    }

    public Counters drops() {
        return drops;
    }

    public Association association() {
        return association;
    }

    public void connect(long now) {
        association.connect(now);
    }

    // ---------------------------------------------------------------- the user's side

    /** Adds a channel of ours under a positive handle. {@code streamId} is null where we are to choose it. */
    public void open(int handle, ChannelParameters parameters, Integer streamId) {
        Channel c = new Channel(handle, parameters, streamId);
        byHandle.put(handle, c);
        if (ended) {
            closed(c, "the SCTP association has ended", null);
        } else if (connected) {
            start(c);
        }
    }

    private void start(Channel c) {
        if (c.streamId == null) {
            c.streamId = freeStreamId();
        } else if (usedIds.get(c.streamId)) {
            closed(c, "stream id " + c.streamId + " is in use", null);
            return;
        }
        if (c.streamId == null || c.streamId > lastStreamId) {
            closed(c, "no stream id is free", null);
            return;
        }
        usedIds.set(c.streamId);
        byStream.put(c.streamId, c);
        association.setWeight(c.streamId, c.parameters.priority());
        if (c.parameters.negotiated()) {
            c.acknowledged = true;
        } else {
            association.send(
                    new OutgoingMessage(c.streamId, PPID_DCEP, OpenMessage.write(c.parameters), false, -1, NEVER));
        }
        c.state = State.OPEN;
        events.add(new DataChannelEvent.Opened(c.handle, c.streamId));
        takeEarly(c.streamId).forEach(this::handleMessage);
    }

    private Integer freeStreamId() {
        for (int id = dtlsClient ? 0 : 1; id <= lastStreamId; id += 2) {
            if (!usedIds.get(id)) {
                return id;
            }
        }
        return null;
    }

    /** Queues a message; {@code data} is not to be changed afterwards. */
    public void send(long now, int handle, boolean binary, byte[] data) {
        send(now, handle, binary, ByteBuffer.wrap(data), NO_RECEIPT);
    }

    /**
     * Queues what remains in a buffer.
     *
     * @param receipt names the message in {@link DataChannelEvent.Finished}, until when the buffer's content is not to
     *     be changed; or {@link #NO_RECEIPT}
     */
    public void send(long now, int handle, boolean binary, ByteBuffer data, long receipt) {
        Channel c = byHandle.get(handle);
        if (c == null || c.state != State.OPEN) {
            drops.count("message for a channel that is not open");
            events.add(new DataChannelEvent.BufferedAmountDecreased(handle, data.remaining()));
            finished(receipt, false);
            return;
        }
        boolean empty = !data.hasRemaining();
        int ppid = empty ? binary ? PPID_BINARY_EMPTY : PPID_STRING_EMPTY : binary ? PPID_BINARY : PPID_STRING;
        // RFC 8831 §6.6: an empty message is sent as one zero byte with a PPID of its own, since SCTP knows no empty
        // messages.
        ByteBuffer payload = empty ? ByteBuffer.allocate(1) : data;
        ChannelParameters p = c.parameters;
        // RFC 8832 §6: until the ACK or data came, "it MUST send them ordered" so that none overtakes the OPEN.
        boolean unordered = !p.ordered() && c.acknowledged;
        long expires = p.maxPacketLifeTimeMillis() == null ? NEVER : now + p.maxPacketLifeTimeMillis() * 1_000_000L;
        association.send(new OutgoingMessage(
                c.streamId,
                ppid,
                payload,
                unordered,
                p.maxRetransmits() == null ? -1 : p.maxRetransmits(),
                expires,
                receipt));
    }

    /** Whether the messages of a channel are told as buffers or, as by default, as arrays. */
    public void takeBuffers(int handle, boolean value) {
        Channel c = byHandle.get(handle);
        if (c != null) {
            c.takesBuffers = value;
        }
    }

    private void finished(long receipt, boolean delivered) {
        if (receipt != NO_RECEIPT) {
            events.add(new DataChannelEvent.Finished(receipt, delivered));
        }
    }

    /** Closes a channel when all that was queued on it has left (RFC 8831 §6.7). */
    public void close(int handle) {
        Channel c = byHandle.get(handle);
        if (c == null || c.state == State.CLOSED) {
            return;
        }
        if (c.streamId == null || !connected) {
            closed(c, null, null);
        } else if (!c.outgoingReset && c.state != State.CLOSING) {
            c.state = State.CLOSING;
            association.resetStream(c.streamId);
        }
    }

    /** Aborts the association; every channel ends. */
    public void abort(String reason) {
        association.abort(reason);
        pump();
    }

    /** Ends every channel, without a word to the peer, who is not there any more. Nothing may be called afterwards. */
    public void abandon(String reason) {
        association.abandon();
        pump();
        forgetEarly();
        List.copyOf(byHandle.values()).forEach(c -> closed(c, reason, null));
        connected = false;
        ended = true;
        events.add(new DataChannelEvent.TransportRestarted());
    }

    /** The session is over: what has come and nobody was told of is let go of. Nothing may be called afterwards. */
    public void close() {
        association.abandon();
        for (SctpEvent e = association.pollEvent(); e != null; e = association.pollEvent()) {
            if (e instanceof SctpEvent.Message m) {
                forget(m.message());
            }
        }
        forgetEarly();
        events.forEach(DataChannelEvent::release);
        events.clear();
    }

    /** The handle that the peer's next channel would get. */
    public int nextIncomingHandle() {
        return nextIncomingHandle;
    }

    // ---------------------------------------------------------------- SCTP below

    public void handlePacket(long now, LentBytes packet) {
        association.handlePacket(now, packet);
        pump();
    }

    @Override
    public void handleTimeout(long now) {
        association.handleTimeout(now);
        pump();
    }

    @Override
    public long nextTimeoutNanos() {
        return association.nextTimeoutNanos();
    }

    public void drain(long now, Association.PacketSink sink) {
        association.drain(now, sink);
        pump();
    }

    private void pump() {
        for (SctpEvent e = association.pollEvent(); e != null; e = association.pollEvent()) {
            assert Steps.count();
            if (e instanceof SctpEvent.Message m) {
                handleMessage(m.message());
            } else if (e instanceof SctpEvent.BufferReleased b) {
                Channel c = byStream.get(b.streamId());
                if (c != null && !c.refused) {
                    events.add(new DataChannelEvent.BufferedAmountDecreased(c.handle, b.bytes()));
                }
            } else if (e instanceof SctpEvent.Finished f) {
                finished(f.receipt(), f.delivered());
            } else if (e instanceof SctpEvent.Connected up) {
                connected = true;
                lastStreamId = Math.min(MAX_STREAM_ID, up.streams() - 1);
                events.add(new DataChannelEvent.TransportConnected(Math.min(up.streams(), maxIncoming)));
                List.copyOf(byHandle.values()).stream()
                        .filter(c -> c.state == State.CONNECTING)
                        .forEach(this::start);
            } else if (e instanceof SctpEvent.IncomingStreamsReset r) {
                if (r.streamIds().isEmpty()) {
                    forgetEarly();
                }
                (r.streamIds().isEmpty() ? List.copyOf(byStream.keySet()) : r.streamIds())
                        .forEach(this::handleIncomingReset);
            } else if (e instanceof SctpEvent.OutgoingStreamsReset r) {
                r.streamIds().forEach(this::outgoingReset);
            } else if (e instanceof SctpEvent.StreamResetRefused r) {
                r.streamIds().forEach(this::handleRefusedReset);
            } else if (e instanceof SctpEvent.Closed closed) {
                handleEnd(closed);
            }
        }
    }

    private void handleMessage(ReceivedMessage m) {
        Channel c = byStream.get(m.streamId());
        if (m.payloadProtocolId() == PPID_DCEP) {
            association.consumed(m.held());
            handleDcep(m.streamId(), m.takeBytes(), c);
            return;
        }
        if (c == null) {
            holdEarly(m);
            return;
        }
        if (c.refused) {
            drops.count("message for a channel that was refused");
            forget(m);
            return;
        }
        c.acknowledged = true;
        switch (m.payloadProtocolId()) {
            case PPID_STRING -> tell(c, false, m);
            case PPID_BINARY -> tell(c, true, m);
            case PPID_STRING_EMPTY -> tellEmpty(c, false, m);
            case PPID_BINARY_EMPTY -> tellEmpty(c, true, m);
            default -> {
                drops.count("message with an unknown payload protocol id");
                forget(m);
            }
        }
    }

    private void tell(Channel c, boolean binary, ReceivedMessage m) {
        if (c.takesBuffers) {
            ByteBuf data = m.takeBuffer();
            events.add(new DataChannelEvent.BufferMessage(c.handle, binary, data, m.held()));
        } else {
            DataChannelEvent.Message e = new DataChannelEvent.Message(c.handle, binary, m.takeBytes());
            held.taken(m.held() - e.held());
            events.add(e);
        }
    }

    private void tellEmpty(Channel c, boolean binary, ReceivedMessage m) {
        m.release();
        DataChannelEvent.Message e = new DataChannelEvent.Message(c.handle, binary, new byte[0]);
        held.taken(m.held() - e.held());
        events.add(e);
    }

    /** Nobody is told of it. */
    private void forget(ReceivedMessage m) {
        association.consumed(m.held());
        m.release();
    }

    /**
     * Bytes of the receive window that a message of so many bytes fills until it is consumed. An empty one travelled as
     * one byte.
     */
    public static int held(int length) {
        return ReceivedMessage.held(Math.max(1, length));
    }

    private void holdEarly(ReceivedMessage m) {
        ReceivedMessage alone = m.alone();
        if (earlyBytes + alone.held() > MAX_EARLY_BYTES) {
            drops.count("message for a channel that does not exist");
            forget(alone);
            return;
        }
        earlyBytes += alone.held();
        early.computeIfAbsent(m.streamId(), id -> new ArrayList<>()).add(alone);
    }

    private List<ReceivedMessage> takeEarly(int streamId) {
        List<ReceivedMessage> messages = early.isEmpty() ? null : early.remove(streamId);
        if (messages == null) {
            return List.of();
        }
        for (ReceivedMessage m : messages) {
            assert Steps.count();
            earlyBytes -= m.held();
        }
        return messages;
    }

    private void forgetEarly() {
        association.consumed(earlyBytes);
        early.values().forEach(messages -> messages.forEach(ReceivedMessage::release));
        early.clear();
        earlyBytes = 0;
    }

    private void handleDcep(int streamId, byte[] message, Channel c) {
        int type = message.length == 0 ? -1 : message[0] & 0xff;
        if (type == OpenMessage.ACK_TYPE) {
            if (c != null) {
                c.acknowledged = true;
            }
            return;
        }
        try {
            ChannelParameters parameters = OpenMessage.parse(message);
            if (c != null && isUsedAgain(c)) {
                // The peer uses the stream again, so it has performed our reset; only its answer has not come yet.
                unansweredResets.set(streamId);
                byStream.remove(streamId);
                closed(c, null, null);
            } else if (c != null || streamId > MAX_STREAM_ID) {
                drops.count("DATA_CHANNEL_OPEN on a stream in use");
                return;
            }
            open(streamId, parameters);
        } catch (MalformedException e) {
            drops.count("malformed DCEP: " + e.getMessage());
        }
    }

    /**
     * Only what the peer knows of can be over for it: its reset has come, and ours has been said, once for each use of
     * the stream.
     */
    private boolean isUsedAgain(Channel c) {
        return c.incomingReset
                && !c.outgoingReset
                && association.isResetting(c.streamId)
                && !unansweredResets.get(c.streamId);
    }

    /** A channel of the peer, or its refusal. */
    private void open(int streamId, ChannelParameters parameters) {
        int labels = 2 * (parameters.label().length() + parameters.protocol().length());
        if (incoming >= maxIncoming || labelBytes + labels > held.limit() / LABELS_PART) {
            refuse(streamId);
            return;
        }
        Channel c = new Channel(nextIncomingHandle--, parameters, streamId);
        c.state = State.OPEN;
        c.acknowledged = true;
        c.labelBytes = labels;
        labelBytes += labels;
        incoming++;
        held.add(HELD_BY_OPENING);
        held.keep(labels);
        usedIds.set(streamId);
        byHandle.put(c.handle, c);
        byStream.put(streamId, c);
        association.setWeight(streamId, parameters.priority());
        association.send(new OutgoingMessage(streamId, PPID_DCEP, new byte[] {OpenMessage.ACK_TYPE}, false, -1, NEVER));
        events.add(new DataChannelEvent.Incoming(c.handle, streamId, parameters));
        takeEarly(streamId).forEach(this::handleMessage);
    }

    /** RFC 8832 §6: what cannot be opened is closed by a stream reset, and no ACK is sent. */
    private void refuse(int streamId) {
        drops.count("DATA_CHANNEL_OPEN beyond the limits");
        if (refused == MAX_REFUSED) {
            return;
        }
        refused++;
        Channel c = new Channel(0, null, streamId);
        c.refused = true;
        c.state = State.CLOSING;
        usedIds.set(streamId);
        byStream.put(streamId, c);
        association.resetStream(streamId);
    }

    private void handleIncomingReset(int streamId) {
        assert Steps.count();
        takeEarly(streamId).forEach(this::forget); // of an earlier use, which nobody has created
        Channel c = byStream.get(streamId);
        if (c == null) {
            return;
        }
        c.incomingReset = true;
        if (c.state == State.OPEN) {
            c.state = State.CLOSING;
            events.add(new DataChannelEvent.Closing(c.handle));
            // RFC 8831 §6.7: when the peer resets its side, "an outgoing stream reset … MUST" follow on ours.
            association.resetStream(streamId);
        }
        maybeClosed(c);
    }

    private void outgoingReset(int streamId) {
        if (unansweredResets.get(streamId)) {
            unansweredResets.clear(streamId);
            return;
        }
        Channel c = byStream.get(streamId);
        if (c != null) {
            c.outgoingReset = true;
            maybeClosed(c);
        }
    }

    /** The peer cannot reset streams: the channel ends all the same, but its id is not used again. */
    private void handleRefusedReset(int streamId) {
        if (unansweredResets.get(streamId)) {
            unansweredResets.clear(streamId);
            return;
        }
        Channel c = byStream.get(streamId);
        if (c != null) {
            byStream.remove(streamId);
            closed(c, null, null);
        }
    }

    private void maybeClosed(Channel c) {
        if (c.outgoingReset && c.incomingReset) {
            byStream.remove(c.streamId);
            usedIds.clear(c.streamId);
            closed(c, null, null);
        }
    }

    private void closed(Channel c, String error, Integer causeCode) {
        if (c.state == State.CLOSED) {
            return;
        }
        c.state = State.CLOSED;
        if (c.refused) {
            refused--;
            return;
        }
        byHandle.remove(c.handle);
        if (c.handle < 0) {
            incoming--;
            labelBytes -= c.labelBytes;
            held.release(c.labelBytes);
        }
        events.add(new DataChannelEvent.Closed(c.handle, error, causeCode, c.labelBytes));
    }

    private void handleEnd(SctpEvent.Closed end) {
        ended = true;
        connected = false;
        for (Channel c : List.copyOf(byHandle.values())) {
            closed(c, end.cause(), end.code());
        }
        byStream.clear();
        forgetEarly();
        events.add(new DataChannelEvent.TransportClosed(end.cause(), end.code()));
    }

    @Override
    public DataChannelEvent pollEvent() {
        return events.poll();
    }
}
