package dev.jvmrtc.ice;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.core.Transmit;
import dev.jvmrtc.sim.Pair;
import dev.jvmrtc.wire.LentBytes;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** What tests of two agents begin with: their addresses, and a network for datagrams and streams between them. */
abstract class TwoAgents extends Pair<IceAgent> {
    static final InetSocketAddress A = new InetSocketAddress("10.0.0.1", 41000);
    /** Its TCP listener has the same address and port. */
    static final InetSocketAddress B = new InetSocketAddress("10.0.0.2", 42000);

    static final InetSocketAddress A2 = new InetSocketAddress("10.0.1.1", 41001);
    static final InetSocketAddress B2 = new InetSocketAddress("10.0.1.2", 42001);

    final IceCredentials credA = new IceCredentials("aaaa", "a-password-that-is-long-enough");
    final IceCredentials credB = new IceCredentials("bbbb", "b-password-that-is-long-enough");
    /** Whether no datagram arrives. */
    boolean cut;
    /** Addresses that no datagram comes to or from. */
    final List<InetSocketAddress> gone = new ArrayList<>();
    /** Whether streams to {@link #B} are refused. */
    boolean refusing;

    private int nextPort = 40_000;
    /** Of each agent's streams the number at the other end. */
    private final Map<IceAgent, Map<Integer, Integer>> ends = new IdentityHashMap<>();
    /** What each agent has told since it was last asked. */
    private final Map<IceAgent, List<IceEvent>> told = new IdentityHashMap<>();

    TwoAgents() {
        a = agent(credA, true, false, 1);
        b = agent(credB, false, false, 2);
    }

    static IceAgent agent(IceCredentials credentials, boolean controlling, boolean lite, long seed) {
        int[] streams = {0};
        return new IceAgent(credentials, controlling, lite, RandomSource.seeded(seed), () -> ++streams[0]);
    }

    /** What the agent has told since the last call. */
    final List<IceEvent> events(IceAgent agent) {
        takeEvents(agent, agent == a ? b : a);
        List<IceEvent> all = told.remove(agent);
        return all == null ? List.of() : all;
    }

    /** Of each of the agent's streams that are open the number at the other end. */
    final Map<Integer, Integer> streamsOf(IceAgent agent) {
        return ends.computeIfAbsent(agent, x -> new HashMap<>());
    }

    @Override
    protected boolean carry(IceAgent from, IceAgent to) {
        boolean any = takeEvents(from, to);
        for (Transmit t = from.pollTransmit(); t != null; t = from.pollTransmit()) {
            any = true;
            if (t.stream() != 0) {
                Integer there = streamsOf(from).get(t.stream());
                if (there != null) {
                    to.handleStream(now, there, LentBytes.of(t.data()));
                }
            } else if (isThere(to, t.remote()) && !cut && !gone.contains(t.remote()) && !gone.contains(t.local())) {
                to.handleDatagram(now, t.remote(), t.local(), LentBytes.of(t.data()));
            }
        }
        return any;
    }

    private boolean isThere(IceAgent agent, InetSocketAddress address) {
        return address.equals(agent == a ? A : B) || address.equals(agent == a ? A2 : B2);
    }

    private boolean takeEvents(IceAgent agent, IceAgent other) {
        boolean any = false;
        for (IceEvent e = agent.pollEvent(); e != null; e = agent.pollEvent()) {
            any = true;
            told.computeIfAbsent(agent, x -> new ArrayList<>()).add(e);
            if (e instanceof IceEvent.OpenStream o) {
                open(agent, other, o);
            } else if (e instanceof IceEvent.CloseStream c) {
                Integer there = streamsOf(agent).remove(c.streamId());
                if (there != null && streamsOf(other).remove(there) != null) {
                    other.streamClosed(now, there, "the other end closed the connection");
                }
            }
        }
        return any;
    }

    private void open(IceAgent from, IceAgent to, IceEvent.OpenStream o) {
        int there = refusing ? 0 : to.streamAccepted(now, B, new InetSocketAddress(o.local(), nextPort++));
        if (there == 0) {
            from.streamClosed(now, o.streamId(), "refused");
        } else {
            streamsOf(from).put(o.streamId(), there);
            streamsOf(to).put(there, o.streamId());
            from.streamOpened(now, o.streamId());
        }
    }

    /** The stream that data goes over breaks. */
    final void breakStream() {
        int ofA = a.selectedPair().stream();
        int ofB = streamsOf(a).remove(ofA);
        streamsOf(b).remove(ofB);
        a.streamClosed(now, ofA, "reset");
        b.streamClosed(now, ofB, "reset");
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
