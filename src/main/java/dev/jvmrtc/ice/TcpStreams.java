package dev.jvmrtc.ice;

import static dev.jvmrtc.core.ProtocolCore.NEVER;
import static dev.jvmrtc.core.ProtocolCore.soonest;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.Steps;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.IntSupplier;

/** The TCP streams of an agent (RFC 6544): those it has asked for and those that peers have opened. Knows nothing of checks. */
final class TcpStreams {

    /** Streams at once; a peer needs one for each of its addresses. */
    static final int MAX_STREAMS = 64;
    /** Streams of peers who have not shown that they know our credentials; at the limit the oldest gives way, so that who says nothing keeps nobody out. */
    static final int MAX_UNPROVEN = 32;
    /** How long such a peer may take: its check comes as soon as it is connected. */
    static final long UNPROVEN_NANOS = 5_000_000_000L;

    private static final class Stream {
        final Route route;
        boolean proven;
        long untilNanos = NEVER;
        /** Of the generation before an ICE restart. */
        boolean retiring;

        Stream(Route route) {
            this.route = route;
        }
    }

    private final IntSupplier ids;
    private final Queue<IceEvent> events;
    private final Counters drops;
    /** The oldest first. */
    private final Map<Integer, Stream> streams = new LinkedHashMap<>();

    TcpStreams(IntSupplier ids, Queue<IceEvent> events, Counters drops) {
        this.ids = ids;
        this.drops = drops;
        this.events = events;
    }

    boolean has(int id) {
        return streams.containsKey(id);
    }

    /** Whose stream it is; null for one that is gone. */
    Route route(int id) {
        Stream s = streams.get(id);
        return s == null ? null : s.route;
    }

    /** Asks for a stream; 0 where there are too many. */
    int open(InetSocketAddress base, InetSocketAddress remote) {
        if (!makeRoom()) {
            return 0;
        }
        int id = ids.getAsInt();
        Stream s = new Stream(new Route(id, base, remote));
        s.proven = true;
        streams.put(id, s);
        events.add(new IceEvent.OpenStream(id, base.getAddress(), remote));
        return id;
    }

    /** Whether there is room for one more stream, of which a silent one may have had to be closed. */
    private boolean makeRoom() {
        return streams.size() < MAX_STREAMS || giveWay();
    }

    /** The stream that has been silent longest is closed, if there is one. */
    private boolean giveWay() {
        for (Map.Entry<Integer, Stream> e : streams.entrySet()) {
            assert Steps.count();
            if (!e.getValue().proven) {
                drops.count("TCP stream without a check, too many");
                close(e.getKey());
                return true;
            }
        }
        return false;
    }

    /** A stream that somebody has opened to us; 0 where all streams that there may be are of use. */
    int accept(long now, InetSocketAddress listener, InetSocketAddress remote) {
        if (!makeRoom()) {
            return 0;
        }
        if (streams.values().stream().filter(s -> !s.proven).count() >= MAX_UNPROVEN) {
            giveWay();
        }
        int id = ids.getAsInt();
        Stream s = new Stream(new Route(id, listener, remote));
        s.untilNanos = now + UNPROVEN_NANOS;
        streams.put(id, s);
        return id;
    }

    /** Its peer knows our credentials. */
    void proven(int id) {
        Stream s = streams.get(id);
        if (s != null) {
            s.proven = true;
            s.untilNanos = NEVER;
        }
    }

    void close(int id) {
        if (streams.remove(id) != null) {
            events.add(new IceEvent.CloseStream(id));
        }
    }

    void closed(int id) {
        streams.remove(id);
    }

    void retire() {
        streams.values().forEach(s -> s.retiring = true);
    }

    /** Closes those of the generation before, but not the one in use. */
    void closeRetired(int inUse) {
        closeAll(streams.entrySet().stream().filter(e -> e.getValue().retiring && e.getKey() != inUse).map(Map.Entry::getKey).toList());
    }

    void closeAll() {
        closeAll(new ArrayList<>(streams.keySet()));
    }

    private void closeAll(List<Integer> ids) {
        ids.forEach(this::close);
    }

    /** Closes those whose peers have shown nothing in time; how many that were. */
    int closeUnproven(long now) {
        if (streams.isEmpty()) {
            return 0;
        }
        List<Integer> late = streams.entrySet().stream().filter(e -> e.getValue().untilNanos != NEVER && e.getValue().untilNanos - now <= 0)
            .map(Map.Entry::getKey).toList();
        closeAll(late);
        return late.size();
    }

    long nextTimeoutNanos() {
        long next = NEVER;
        for (Stream s : streams.values()) {
            next = soonest(next, s.untilNanos);
        }
        return next;
    }
}
