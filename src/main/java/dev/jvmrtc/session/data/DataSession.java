package dev.jvmrtc.session.data;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.datachannel.ChannelParameters;
import dev.jvmrtc.datachannel.DataChannelEvent;
import dev.jvmrtc.datachannel.DataChannels;
import dev.jvmrtc.sctp.Association;
import dev.jvmrtc.sctp.SctpConfig;
import dev.jvmrtc.sctp.rx.HeldBytes;
import dev.jvmrtc.session.plan.SessionEvent;
import dev.jvmrtc.session.plan.SessionPlan;
import dev.jvmrtc.session.transport.Transport;
import dev.jvmrtc.wire.LentBytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.IntFunction;

/**
 * The data channels of a session: channels wait here until there is an association, which begins when its transport is
 * connected, and ends with its section or its peer.
 */
public final class DataSession {

    /** A channel that was asked for before there is an association. */
    private record PendingOpen(int handle, ChannelParameters parameters, Integer streamId) {}

    private final RandomSource random;
    private final int maxMessageSize;
    private final IntFunction<Transport> transports;
    private final Queue<SessionEvent> events;
    private final Counters drops;
    private final List<PendingOpen> pendingOpens = new ArrayList<>();
    private SctpConfig.CongestionControl congestionControl = SctpConfig.CongestionControl.CUBIC;
    private int receiveWindow = SctpConfig.DEFAULT_RECEIVE_WINDOW;
    private int maxChannels = DataChannels.DEFAULT_MAX_INCOMING;

    /** As it was planned last; null without a data section. */
    private SessionPlan.Data plan;
    /** Of the plan that had one last. */
    private int transportId;
    /** What the peer's data makes us hold, whichever association it came on; null before the first. */
    private HeldBytes held;
    /** The association and its channels; null before it begins. */
    private DataChannels channels;
    /** The association is over; its channels can be asked for what they have counted. */
    private boolean ended;

    private int nextIncomingChannel = -1;

    /** @param transports those of the session by their ids, null for one that is gone */
    public DataSession(
            RandomSource random,
            int maxMessageSize,
            IntFunction<Transport> transports,
            Queue<SessionEvent> events,
            Counters drops) {
        this.random = random;
        this.maxMessageSize = maxMessageSize;
        this.transports = transports;
        this.events = events;
        this.drops = drops;
    }

    /**
     * How data of channels is sent, how many bytes of the peer's may wait to be consumed, and how many channels it may
     * open; before the first description.
     */
    public void setDataLimits(SctpConfig.CongestionControl control, int receiveBuffer, int maxIncoming) {
        congestionControl = control;
        receiveWindow = receiveBuffer;
        maxChannels = maxIncoming;
    }

    // ---------------------------------------------------------------- the plan

    /** @param planned null without a data section */
    public void apply(long now, SessionPlan.Data planned) {
        boolean removed = planned == null && plan != null;
        plan = planned;
        if (removed) {
            abort("data section removed");
        } else if (planned != null) {
            transportId = planned.transportId();
            Transport t = carrier();
            if (t != null && t.connection() != null) {
                connected(now, t);
            }
        }
    }

    /**
     * The data section was refused: channels that wait for an association are forgotten without an event, since their
     * owner has ended them.
     */
    public void dataRefused() {
        pendingOpens.clear();
    }

    private Transport carrier() {
        return transports.apply(transportId);
    }

    private boolean isCarriedBy(Transport t) {
        return t.id == transportId;
    }

    /** A transport is connected: if it is the one of the data section, the association begins. */
    public void connected(long now, Transport t) {
        if (channels != null || plan == null || !isCarriedBy(t)) {
            return;
        }
        SctpConfig config = SctpConfig.of(plan.localPort(), plan.remotePort())
                .withMaxMessageSize(maxMessageSize)
                .withReceiveWindow(receiveWindow)
                .withCongestionControl(congestionControl);
        if (held == null) {
            held = new HeldBytes(receiveWindow);
        }
        channels = new DataChannels(config, t.isDtlsClient(), random, nextIncomingChannel, maxChannels, held);
        pendingOpens.forEach(p -> channels.open(p.handle, p.parameters, p.streamId));
        pendingOpens.clear();
        channels.association().setPath(t.packetLimit(), t.isInsideMachine());
        channels.connect(now);
    }

    // ---------------------------------------------------------------- channels

    public void openChannel(int handle, ChannelParameters parameters, Integer streamId) {
        if (channels == null) {
            pendingOpens.add(new PendingOpen(handle, parameters, streamId));
            return;
        }
        channels.open(handle, parameters, streamId);
        pump();
    }

    public void sendMessage(long now, int handle, boolean binary, byte[] message) {
        sendMessage(now, handle, binary, ByteBuffer.wrap(message), DataChannels.NO_RECEIPT);
    }

    /**
     * The same for what remains in a buffer; for {@code receipt} see {@link DataChannels#send(long, int, boolean,
     * ByteBuffer, long)}.
     */
    public void sendMessage(long now, int handle, boolean binary, ByteBuffer message, long receipt) {
        if (channels != null) {
            channels.send(now, handle, binary, message, receipt);
            pump();
            return;
        }
        drops.count("message before the association");
        if (receipt != DataChannels.NO_RECEIPT) {
            events.add(new SessionEvent.DataChannel(new DataChannelEvent.Finished(receipt, false)));
        }
    }

    /**
     * The application has taken events that {@linkplain DataChannelEvent#held held} so many bytes; the peer's window
     * opens by as much.
     */
    public void messagesConsumed(long bytes) {
        if (channels != null) {
            channels.association().consumed(bytes);
        } else if (held != null) {
            held.taken(bytes); // of an association that is gone
        }
    }

    /** See {@link DataChannels#takeBuffers}; nothing happens where there is no such channel yet. */
    public void takeBuffers(int handle, boolean value) {
        if (channels != null) {
            channels.takeBuffers(handle, value);
        }
    }

    public void closeChannel(int handle) {
        if (channels != null) {
            channels.close(handle);
            pump();
        } else if (pendingOpens.removeIf(p -> p.handle == handle)) {
            events.add(new SessionEvent.DataChannel(new DataChannelEvent.Closed(handle, null, null)));
        }
    }

    private void pump() {
        for (DataChannelEvent e = channels.pollEvent(); e != null; e = channels.pollEvent()) {
            ended |= e instanceof DataChannelEvent.TransportClosed;
            events.add(new SessionEvent.DataChannel(e));
        }
    }

    // ---------------------------------------------------------------- what transports tell

    /** What DTLS has decrypted. */
    public void handlePacket(long now, Transport from, LentBytes packet) {
        connected(now, from);
        if (channels == null) {
            drops.count("SCTP without a data section");
            return;
        }
        channels.handlePacket(now, packet);
        pump();
    }

    /** The session is over: what has come and nobody was told of is let go of. */
    public void close() {
        if (channels != null) {
            channels.close();
        }
    }

    public void dtlsClosed(Transport from) {
        if (isCarriedBy(from)) {
            abort("DTLS closed");
        }
    }

    private void abort(String why) {
        if (channels != null && !ended) {
            channels.abort(why);
            pump();
        }
    }

    public void pathSelected(Transport from) {
        if (channels != null && !ended && isCarriedBy(from)) {
            channels.association().setPath(from.packetLimit(), from.isInsideMachine());
        }
    }

    public void pathChanged(long now, Transport from) {
        if (channels != null && !ended && isCarriedBy(from)) {
            channels.association().pathChanged(now);
        }
    }

    /** The peer of the transport has been replaced by another: the association is void, and another one begins. */
    public void restarted(Transport from) {
        if (channels != null && isCarriedBy(from)) {
            channels.abandon("the peer has been replaced by another");
            pump();
            nextIncomingChannel = channels.nextIncomingHandle();
            channels = null;
            ended = false;
        }
    }

    // ---------------------------------------------------------------- time and output

    /**
     * Whether packets of the association can leave. Where not, as while its transport is being replaced, its clock
     * stands: no timer could do anything.
     */
    private boolean isFlowing() {
        Transport t = channels == null ? null : carrier();
        return t != null && t.connection() != null;
    }

    public void handleTimeout(long now) {
        if (isFlowing()) {
            channels.handleTimeout(now);
            pump();
        }
    }

    /** May change after any other call. */
    public long nextTimeoutNanos() {
        return ended || !isFlowing() ? ProtocolCore.NEVER : channels.nextTimeoutNanos();
    }

    /** Sends what may leave over a transport now, between the beginning and the end of its drain. */
    public void drain(long now, Transport t) {
        if (channels != null && isCarriedBy(t) && t.connection() != null) {
            channels.drain(now, t::sendApplicationData);
            pump();
        }
    }

    // ---------------------------------------------------------------- statistics

    /** Bytes that the peer's data makes us hold. */
    public long heldBytes() {
        return held == null ? 0 : held.total();
    }

    /** Of these, those in messages that are not whole. */
    public long unfinishedBytes() {
        return held == null ? 0 : held.unfinished();
    }

    /** Of these, those in events that the application has not taken. */
    public long untakenBytes() {
        return held == null ? 0 : held.untaken();
    }

    public void addDropsTo(Map<String, Long> all) {
        if (channels != null) {
            channels.drops().snapshot().forEach((k, v) -> all.merge(k, v, Long::sum));
            channels.association().drops().snapshot().forEach((k, v) -> all.merge(k, v, Long::sum));
        }
    }

    /** Null before there is an association. */
    public Association.Snapshot snapshot() {
        return channels == null ? null : channels.association().snapshot();
    }

    /** −1 without a data section. */
    public int plannedTransportId() {
        return plan == null ? -1 : plan.transportId();
    }
}
