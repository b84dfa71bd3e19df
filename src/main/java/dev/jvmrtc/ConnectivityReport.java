package dev.jvmrtc;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * How a connection stands with its network, for people: what was tried, what answered, and a verdict. Not of W3C. Text
 * and structure may gain members; decide by states and statistics, not by this.
 *
 * @param verdict a sentence or two that say what is likely wrong, or what the connection goes over
 */
public record ConnectivityReport(String verdict, List<Transport> transports) {

    /**
     * One transport.
     *
     * @param iceState RTCIceTransportState
     * @param dtlsState RTCDtlsTransportState
     * @param phases what has come, in order
     * @param servers what STUN and TURN servers said
     * @param local candidates of ours, in SDP form
     * @param remote candidates of the peer, in SDP form
     */
    public record Transport(
            String verdict,
            String iceState,
            String dtlsState,
            boolean controlling,
            List<Phase> phases,
            List<Server> servers,
            List<String> local,
            List<String> remote,
            List<Pair> pairs) {}

    /** @param after since the transport was opened, or ICE restarted */
    public record Phase(String name, Duration after) {}

    /**
     * What a server did.
     *
     * @param candidate what it gave, in SDP form, or null
     * @param errorCode 0 where it gave something; see RTCPeerConnectionIceErrorEvent
     */
    public record Server(String url, String candidate, int errorCode, String errorText, Duration after) {}

    /**
     * Two candidates and the checks between them.
     *
     * @param state frozen, waiting, in-progress, failed or succeeded
     * @param roundTrip of the last answer, or null
     * @param failure why its checks failed, or null
     */
    public record Pair(
            String local,
            String remote,
            String state,
            boolean nominated,
            boolean selected,
            int checksSent,
            int answersReceived,
            int checksReceived,
            Duration roundTrip,
            String failure) {}

    private static String millis(Duration d) {
        return String.format(Locale.ROOT, "%.1f ms", d.toNanos() / 1e6);
    }

    /** The whole as text, for a log or a support ticket. Holds addresses, no credentials. */
    @Override
    public String toString() {
        StringBuilder s = new StringBuilder(verdict).append('\n');
        for (Transport t : transports) {
            s.append("transport: ICE ")
                    .append(t.iceState)
                    .append(t.controlling ? " (controlling)" : " (controlled)")
                    .append(", DTLS ")
                    .append(t.dtlsState)
                    .append('\n');
            if (transports.size() > 1) {
                s.append("  ").append(t.verdict).append('\n');
            }
            t.phases.forEach(p -> s.append("  after ")
                    .append(millis(p.after))
                    .append(": ")
                    .append(p.name)
                    .append('\n'));
            t.servers.forEach(x -> s.append("  server ")
                    .append(x.url)
                    .append(" after ")
                    .append(millis(x.after))
                    .append(": ")
                    .append(x.candidate != null ? x.candidate : x.errorCode + " " + x.errorText)
                    .append('\n'));
            t.local.forEach(c -> s.append("  ours:   ").append(c).append('\n'));
            t.remote.forEach(c -> s.append("  theirs: ").append(c).append('\n'));
            t.pairs.forEach(p -> s.append("  ")
                    .append(p.selected ? "* " : "  ")
                    .append(p.local)
                    .append(" > ")
                    .append(p.remote)
                    .append(": ")
                    .append(p.state)
                    .append(p.nominated ? ", nominated" : "")
                    .append(", ")
                    .append(p.checksSent)
                    .append(" checks, ")
                    .append(p.answersReceived)
                    .append(" answers, ")
                    .append(p.checksReceived)
                    .append(" checks of the peer")
                    .append(p.roundTrip == null ? "" : ", round trip " + millis(p.roundTrip))
                    .append(p.failure == null ? "" : ", " + p.failure)
                    .append('\n'));
        }
        return s.toString();
    }
}
