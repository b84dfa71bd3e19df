package dev.jvmrtc.session;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.DatagramSink;
import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.core.WallClock;
import dev.jvmrtc.dtls.DtlsEngine;
import dev.jvmrtc.dtls.DtlsIdentity;
import dev.jvmrtc.session.data.DataSession;
import dev.jvmrtc.session.media.MediaSession;
import dev.jvmrtc.session.plan.SessionEvent;
import dev.jvmrtc.session.plan.SessionPlan;
import dev.jvmrtc.session.plan.SessionSnapshot;
import dev.jvmrtc.session.transport.Transport;
import dev.jvmrtc.session.transport.Transports;
import dev.jvmrtc.wire.LentBytes;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Everything of a peer connection below the W3C slots, without I/O: {@linkplain #transports() transports},
 * {@linkplain #media() media} and {@linkplain #data() data}, composed as a {@link SessionPlan} says. Two of these and a
 * function that carries datagrams between them are a whole call.
 */
public final class PeerSession implements ProtocolCore<SessionEvent> {
    private final DtlsIdentity identity;
    private final Counters drops = new Counters();
    private final ArrayDeque<SessionEvent> events = new ArrayDeque<>();
    private final Transports transports;
    private final MediaSession media;
    private final DataSession data;
    private boolean closed;

    public PeerSession(
            DtlsIdentity identity,
            DtlsEngine.Factory dtlsFactory,
            RandomSource random,
            WallClock wallClock,
            String cname,
            int maxMessageSize) {
        this.identity = identity;
        this.transports = new Transports(identity, dtlsFactory, random, new Upper(), events, drops);
        this.media = new MediaSession(random, wallClock, cname, events, drops);
        this.data = new DataSession(random, maxMessageSize, transports::get, events, drops);
    }

    /** Addresses, candidates, servers and streams. */
    public Transports transports() {
        return transports;
    }

    /** Frames and packets. */
    public MediaSession media() {
        return media;
    }

    /** Channels and messages. */
    public DataSession data() {
        return data;
    }

    /** Takes on a plan: transports, sections and the data association come, change and go until they are as it says. */
    public void apply(long now, SessionPlan plan) {
        if (!closed) {
            transports.apply(now, plan.transports());
            media.apply(now, plan.media());
            data.apply(now, plan.data());
            transports.closeOthers(now, plan.transports());
        }
    }

    /** Something was dropped before it came here. */
    public void countDrop(String reason) {
        drops.count(reason);
    }

    // ---------------------------------------------------------------- input from below

    public void handleDatagram(
            long now, int transportId, InetSocketAddress local, InetSocketAddress remote, LentBytes datagram) {
        Transport t = transports.get(transportId);
        if (t != null) {
            t.handleDatagram(now, local, remote, datagram);
        }
    }

    /** What transports bring goes to media and data. */
    private final class Upper implements Transport.Upper {
        @Override
        public void opened(Transport transport) {
            media.opened(transport);
        }

        @Override
        public void closed(Transport transport) {
            media.closed(transport);
        }

        @Override
        public void rtp(long now, Transport from, LentBytes packet) {
            media.handleRtp(now, from, packet);
        }

        @Override
        public void rtcp(long now, Transport from, LentBytes packet) {
            media.handleRtcp(now, from, packet);
        }

        @Override
        public void applicationData(long now, Transport from, LentBytes packet) {
            data.handlePacket(now, from, packet);
        }

        @Override
        public void dtlsConnected(long now, Transport from) {
            data.connected(now, from);
            media.connected(now, from);
        }

        @Override
        public void dtlsClosed(long now, Transport from) {
            data.dtlsClosed(from);
        }

        @Override
        public boolean carriesMedia(Transport transport) {
            return media.isCarriedBy(transport);
        }

        @Override
        public void pathSelected(Transport from) {
            data.pathSelected(from);
            media.pathSelected(from);
        }

        @Override
        public void pathChanged(long now, Transport from) {
            data.pathChanged(now, from);
        }

        @Override
        public void dtlsRestarted(long now, Transport from) {
            data.restarted(from);
            media.restarted(now, from);
        }
    }

    // ---------------------------------------------------------------- time

    @Override
    public void handleTimeout(long now) {
        if (!closed) {
            List<Transport> all = transports.all();
            for (int i = 0; i < all.size(); i++) { // for most packets that are paced: no iterator
                all.get(i).handleTimeout(now);
            }
            media.handleTimeout(now);
            data.handleTimeout(now);
        }
    }

    /** May change after any other call. */
    @Override
    public long nextTimeoutNanos() {
        if (closed) {
            return NEVER;
        }
        long next = ProtocolCore.soonest(media.nextTimeoutNanos(), data.nextTimeoutNanos());
        List<Transport> all = transports.all();
        for (int i = 0; i < all.size(); i++) { // for each packet: no iterator
            next = ProtocolCore.soonest(next, all.get(i).nextTimeoutNanos());
        }
        return next;
    }

    // ---------------------------------------------------------------- output

    /** Sends all that may leave now. */
    public void drain(long now, DatagramSink sink) {
        List<Transport> all = transports.all();
        for (int i = 0; i < all.size(); i++) { // for each packet: no iterator
            Transport t = all.get(i);
            t.beginDrain(now, sink);
            data.drain(now, t);
            media.drain(now, t);
            t.endDrain();
            t.afterChange(now);
        }
    }

    @Override
    public SessionEvent pollEvent() {
        return events.poll();
    }

    // ---------------------------------------------------------------- the end

    /** Ends everything; the end of media and close_notify leave through the sink. */
    public void close(long now, DatagramSink sink) {
        if (closed) {
            return;
        }
        closed = true;
        for (Transport t : transports.all()) {
            if (t.hasKeys()) {
                t.beginDrain(now, sink);
                media.end(t);
                t.endDrain();
            }
            transports.close(now, t.id, sink);
        }
        end();
    }

    private void end() {
        closed = true;
        transports.end();
        media.close();
        data.close();
    }

    /**
     * Gives back what handshakes hold outside the session, their threads, where the session has failed or its
     * {@link #close} has: says nothing to anybody, tells no event, and throws nothing. Can be called again, and after
     * {@code close}. Nothing but this may be called afterwards.
     *
     * @param thrown is told what keeps one of them from its end, such as an Error of a full heap; the others end all
     *     the same
     */
    public void abandon(Consumer<Throwable> thrown) {
        closed = true;
        for (Transport t : transports.all()) {
            try {
                t.abandon();
            } catch (Throwable e) {
                thrown.accept(e);
            }
        }
        try {
            end(); // behind what others wait for: this may need memory that there is not
        } catch (Throwable e) {
            thrown.accept(e);
        } finally {
            events.forEach(SessionEvent::release);
            events.clear();
        }
    }

    // ---------------------------------------------------------------- statistics

    /** Drops by reason, of the session and its parts. */
    public Map<String, Long> dropCounts() {
        Map<String, Long> all = drops.snapshot();
        transports.addDropsTo(all);
        data.addDropsTo(all);
        return all;
    }

    /**
     * What is held now because of the peer: docs/limits.md says how much of each there may be.
     *
     * @param data bytes of its data channels, and of these
     * @param dataUnfinished in messages that are not whole
     * @param dataUntaken in events that the application has not taken
     * @param media bytes of its packets that wait for the rest of their frames
     * @param packets of ours that wait to be sent
     */
    public record Held(long data, long dataUnfinished, long dataUntaken, long media, int packets) {}

    public Held held() {
        return new Held(
                data.heldBytes(),
                data.unfinishedBytes(),
                data.untakenBytes(),
                media.heldBytes(),
                media.waitingPackets());
    }

    /** What getStats shows. */
    public SessionSnapshot snapshot() {
        List<SessionSnapshot.Transport> all = new ArrayList<>();
        for (Transport t : transports.all()) {
            if (!t.isPooled()) {
                all.add(t.snapshot(identity.certificateDer(), media.sendBitrate(t)));
            }
        }
        return new SessionSnapshot(all, media.snapshot(), data.snapshot(), data.plannedTransportId(), dropCounts());
    }
}
