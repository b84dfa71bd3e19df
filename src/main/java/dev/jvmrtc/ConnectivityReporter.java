package dev.jvmrtc;

import dev.jvmrtc.ice.Candidate;
import dev.jvmrtc.ice.CandidatePair;
import dev.jvmrtc.session.plan.ConnectivityVerdict;
import dev.jvmrtc.session.plan.SessionSnapshot;
import dev.jvmrtc.session.plan.TransportHistory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Makes a {@link ConnectivityReport} of a snapshot of the session. */
final class ConnectivityReporter {

    private ConnectivityReporter() {}

    /** @param snapshot null after the end */
    static ConnectivityReport report(SessionSnapshot snapshot) {
        if (snapshot == null) {
            return new ConnectivityReport("The connection is closed.", List.of());
        }
        if (snapshot.transports().isEmpty()) {
            return new ConnectivityReport("Nothing has been negotiated yet: there is no transport.", List.of());
        }
        List<ConnectivityReport.Transport> all = new ArrayList<>();
        for (SessionSnapshot.Transport t : snapshot.transports()) {
            all.add(transport(t, ConnectivityVerdict.of(t, snapshot.drops())));
        }
        // The worst of them tells how the connection stands.
        String verdict = all.stream()
                .filter(t -> !works(t))
                .findFirst()
                .orElse(all.get(0))
                .verdict();
        return new ConnectivityReport(verdict, List.copyOf(all));
    }

    private static boolean works(ConnectivityReport.Transport t) {
        return t.dtlsState().equals("connected")
                && (t.iceState().equals("connected") || t.iceState().equals("completed"));
    }

    private static ConnectivityReport.Transport transport(SessionSnapshot.Transport t, String verdict) {
        TransportHistory.Snapshot h = t.history();
        List<ConnectivityReport.Phase> phases = new ArrayList<>();
        phase(phases, "the peer's description is known", h.described());
        phase(phases, "gathering is complete", h.gathered());
        phase(phases, "a path works", h.path());
        phase(phases, "the DTLS handshake begins", h.handshake());
        phase(phases, "connected", h.connected());
        phases.sort(Comparator.comparing(ConnectivityReport.Phase::after));
        return new ConnectivityReport.Transport(
                verdict,
                t.iceState().name().toLowerCase(Locale.ROOT),
                t.dtlsState().name().toLowerCase(Locale.ROOT),
                t.controlling(),
                List.copyOf(phases),
                h.servers().stream()
                        .map(s -> new ConnectivityReport.Server(
                                s.url(),
                                s.candidate() == null ? null : s.candidate().toSdp(),
                                s.errorCode(),
                                s.text(),
                                Duration.ofNanos(s.afterNanos())))
                        .toList(),
                t.localCandidates().stream().map(Candidate::toSdp).toList(),
                t.remoteCandidates().stream().map(Candidate::toSdp).toList(),
                t.pairs().stream().map(p -> pair(p, p.equals(t.selected()))).toList());
    }

    private static void phase(List<ConnectivityReport.Phase> phases, String name, Long nanos) {
        if (nanos != null) {
            phases.add(new ConnectivityReport.Phase(name, Duration.ofNanos(Math.max(0, nanos))));
        }
    }

    private static String name(Candidate c) {
        return c.type() + " " + (c.host().indexOf(':') >= 0 ? "[" + c.host() + "]" : c.host()) + ":" + c.port();
    }

    private static ConnectivityReport.Pair pair(CandidatePair.Snapshot p, boolean selected) {
        return new ConnectivityReport.Pair(
                name(p.local()),
                name(p.remote()),
                p.state().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                p.nominated(),
                selected,
                p.requestsSent(),
                p.responsesReceived(),
                p.requestsReceived(),
                p.currentRttNanos() < 0 ? null : Duration.ofNanos(p.currentRttNanos()),
                p.failure());
    }
}
