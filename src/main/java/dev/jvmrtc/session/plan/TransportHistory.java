package dev.jvmrtc.session.plan;

import dev.jvmrtc.ice.Candidate;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** When the phases of one transport came, and what its servers said: for reports, never for decisions. */
public final class TransportHistory {
    /** Answers of servers that are kept; a restart asks anew, and the oldest give way. */
    static final int MAX_SERVER_RESULTS = 64;

    /**
     * What a server did for us.
     *
     * @param candidate what it gave, or null
     * @param errorCode 0 where it gave something
     */
    public record ServerResult(
            String url, InetSocketAddress base, Candidate candidate, int errorCode, String text, long afterNanos) {}

    private Long openedNanos;
    private Long gatheredNanos;
    private Long describedNanos;
    private Long pathNanos;
    private Long handshakeNanos;
    private Long connectedNanos;
    private String dtlsFailure;
    private final List<ServerResult> servers = new ArrayList<>();

    /** Nanoseconds from the opening, or null for what has not come; a restart begins anew. */
    public record Snapshot(
            Long gathered,
            Long described,
            Long path,
            Long handshake,
            Long connected,
            String dtlsFailure,
            List<ServerResult> servers) {}

    public Snapshot snapshot() {
        return new Snapshot(
                since(gatheredNanos),
                since(describedNanos),
                since(pathNanos),
                since(handshakeNanos),
                since(connectedNanos),
                dtlsFailure,
                List.copyOf(servers));
    }

    private Long since(Long nanos) {
        return nanos == null || openedNanos == null ? null : nanos - openedNanos;
    }

    public void opened(long now) {
        if (openedNanos == null) {
            openedNanos = now;
        }
    }

    public void restarted(long now) {
        openedNanos = now;
        gatheredNanos = null;
        describedNanos = null;
        pathNanos = null;
        servers.clear();
    }

    public void gathered(long now) {
        gatheredNanos = gatheredNanos == null ? Long.valueOf(now) : gatheredNanos;
    }

    /** The peer's description is known. */
    public void described(long now) {
        describedNanos = describedNanos == null ? Long.valueOf(now) : describedNanos;
    }

    /** A first pair works. */
    public void pathFound(long now) {
        pathNanos = pathNanos == null ? Long.valueOf(now) : pathNanos;
    }

    public void handshakeBegan(long now) {
        handshakeNanos = now;
        connectedNanos = null;
        dtlsFailure = null;
    }

    public void connected(long now) {
        connectedNanos = now;
    }

    public void dtlsFailed(String why) {
        dtlsFailure = why;
    }

    public void server(long now, String url, InetSocketAddress base, Candidate candidate, int errorCode, String text) {
        if (servers.size() >= MAX_SERVER_RESULTS) {
            servers.remove(0);
        }
        servers.add(
                new ServerResult(url, base, candidate, errorCode, text, openedNanos == null ? 0 : now - openedNanos));
    }
}
