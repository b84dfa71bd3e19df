package dev.jvmrtc.ice;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.core.Transmit;
import dev.jvmrtc.wire.LentBytes;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** What tests of two agents begin with: their addresses, a network between them, and time. */
abstract class TwoAgents {
    static final long SECOND = 1_000_000_000L;
    static final InetSocketAddress A = new InetSocketAddress("10.0.0.1", 41000);
    static final InetSocketAddress B = new InetSocketAddress("10.0.0.2", 42000);
    static final InetSocketAddress A2 = new InetSocketAddress("10.0.1.1", 41001);
    static final InetSocketAddress B2 = new InetSocketAddress("10.0.1.2", 42001);

    final IceCredentials credA = new IceCredentials("aaaa", "a-password-that-is-long-enough");
    final IceCredentials credB = new IceCredentials("bbbb", "b-password-that-is-long-enough");
    long now = SECOND;
    IceAgent a = agent(credA, true, false, 1);
    IceAgent b = agent(credB, false, false, 2);
    /** Whether nothing arrives. */
    boolean cut;
    /** Addresses that nothing comes to or from. */
    final List<InetSocketAddress> gone = new ArrayList<>();

    static IceAgent agent(IceCredentials credentials, boolean controlling, boolean lite, long seed) {
        int[] streams = {0};
        return new IceAgent(credentials, controlling, lite, RandomSource.seeded(seed), () -> ++streams[0]);
    }

    /** Carries all datagrams between the two until none is left. */
    void exchange() {
        boolean any = true;
        while (any) {
            any = false;
            for (IceAgent from : List.of(a, b)) {
                for (Transmit t = from.pollTransmit(); t != null; t = from.pollTransmit()) {
                    any = true;
                    IceAgent to = t.remote().equals(A) || t.remote().equals(A2)
                            ? a
                            : t.remote().equals(B) || t.remote().equals(B2) ? b : null;
                    if (to != null && !cut && !gone.contains(t.remote()) && !gone.contains(t.local())) {
                        to.handleDatagram(now, t.remote(), t.local(), LentBytes.of(t.data()));
                    }
                }
            }
        }
    }

    void runFor(long nanos) {
        long end = now + nanos;
        while (true) {
            long next = Math.min(a.nextTimeoutNanos(), b.nextTimeoutNanos());
            if (next > end) {
                now = end;
                return;
            }
            now = Math.max(now, next);
            a.handleTimeout(now);
            b.handleTimeout(now);
            exchange();
        }
    }

    void connect() {
        a.addLocalAddress(now, A, 65535);
        b.addLocalAddress(now, B, 65535);
        a.localAddressesComplete();
        b.localAddressesComplete();
        a.setRemoteCredentials(now, credB, false);
        b.setRemoteCredentials(now, credA, false);
        a.addRemoteCandidate(now, Candidate.host(B, 65535));
        b.addRemoteCandidate(now, Candidate.host(A, 65535));
        runFor(SECOND);
    }
}
