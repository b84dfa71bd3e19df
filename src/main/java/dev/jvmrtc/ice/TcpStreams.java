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

/**
 * The TCP streams of an agent (RFC 6544): those it has asked for and those that peers have opened. Knows nothing of
 * checks.
 */
final class TcpStreams {

    /**
     * Streams at once that we have opened, or that have shown that they are the peer's; a peer needs one for each of
     * its addresses.
     */
    static final int MAX_STREAMS = 64;
    /**
     * Besides, streams of peers who have not shown that they know our credentials; at the limit the oldest gives way,
     * so that who says nothing keeps nobody out. An honest peer's check comes right behind its connection, and so many
     * strangers have to come first.
     */
    static final int MAX_UNPROVEN = 128;
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

    /** Numbers for streams, each once. */
    private final IntSupplier ids;

    private final Queue<IceEvent> events;
    private final Counters drops;
    /** The oldest first. */
    private final Map<Integer, Stream> streams = new LinkedHashMap<>();

    /** Of these, those whose peers have not shown that they know our credentials. */
    private int unproven;

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
        if (streams.size() - unproven >= MAX_STREAMS) {
            return 0;
        }
        int id = ids.getAsInt();
        Stream s = new Stream(new Route(id, base, remote));
        s.proven = true;
        streams.put(id, s);
        events.add(new IceEvent.OpenStream(id, base.getAddress(), remote));
        return id;
    }

    /** The stream that has been silent longest is closed. */
    private void giveWay() {
        for (Map.Entry<Integer, Stream> e : streams.entrySet()) {
            assert Steps.count();
            if (!e.getValue().proven) {
                drops.count("TCP stream without a check, too many");
                close(e.getKey());
                return;
            }
        }
    }

    /** A stream that somebody has opened to us; 0 where there are too many of use. */
    int accept(long now, InetSocketAddress listener, InetSocketAddress remote) {
        if (streams.size() - unproven >= MAX_STREAMS) {
            return 0;
        }
        if (unproven >= MAX_UNPROVEN) {
            giveWay();
        }
        unproven++;
        int id = ids.getAsInt();
        Stream s = new Stream(new Route(id, listener, remote));
        s.untilNanos = now + UNPROVEN_NANOS;
        streams.put(id, s);
        return id;
    }

    /** Its peer knows our credentials. False where it has too many streams already, and this one is closed. */
    boolean proven(int id) {
        Stream s = streams.get(id);
        if (s == null || s.proven) {
            return true;
        }
        if (streams.size() - unproven >= MAX_STREAMS) {
            drops.count("TCP stream of a peer that has too many");
            close(id);
            return false;
        }
        unproven--;
        s.proven = true;
        s.untilNanos = NEVER;
        return true;
    }

    void close(int id) {
        if (forget(id)) {
            events.add(new IceEvent.CloseStream(id));
        }
    }

    void closed(int id) {
        forget(id);
    }

    private boolean forget(int id) {
        Stream s = streams.remove(id);
        if (s != null && !s.proven) {
            unproven--;
        }
        return s != null;
    }

    void retire() {
        streams.values().forEach(s -> s.retiring = true);
    }

    /** Closes those of the generation before, but not the one in use. */
    void closeRetired(int inUse) {
        closeAll(streams.entrySet().stream()
                .filter(e -> e.getValue().retiring && e.getKey() != inUse)
                .map(Map.Entry::getKey)
                .toList());
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
        List<Integer> late = streams.entrySet().stream()
                .filter(e -> e.getValue().untilNanos != NEVER && e.getValue().untilNanos - now <= 0)
                .map(Map.Entry::getKey)
                .toList();
        closeAll(late);
        return late.size();
    }

    long nextTimeoutNanos() {
        long next = NEVER;
        if (streams.isEmpty()) {
            return next; // as most are, for each packet
        }
        for (Stream s : streams.values()) {
            next = soonest(next, s.untilNanos);
        }
        return next;
    }
}
