package dev.jvmrtc.sim;

import static dev.jvmrtc.sim.Nat.Dependence.ADDRESS;
import static dev.jvmrtc.sim.Nat.Dependence.ADDRESS_AND_PORT;
import static dev.jvmrtc.sim.Nat.Dependence.ENDPOINT_INDEPENDENT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.datachannel.ChannelParameters;
import dev.jvmrtc.ice.CandidateType;
import dev.jvmrtc.ice.IceState;
import dev.jvmrtc.jsep.BundlePolicy;
import dev.jvmrtc.session.plan.SessionEvent;
import dev.jvmrtc.session.plan.SessionSnapshot;
import dev.jvmrtc.session.plan.TurnServer;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Every kind of translator against every other, without servers, with STUN, and with TURN: what must come of it is a
 * table, and loss must not change it.
 */
class NatZooTest {
    private static final int SEEDS = 50;
    private static final long SECOND = 1_000_000_000L;
    private static final VirtualNetwork.Conditions LOSSY = new VirtualNetwork.Conditions(5, 2, 20_000_000, 10_000_000);

    /** What a host stands behind. */
    private enum Place {
        PUBLIC(null, null, false),
        FULL_CONE(ENDPOINT_INDEPENDENT, ENDPOINT_INDEPENDENT, false),
        RESTRICTED(ENDPOINT_INDEPENDENT, ADDRESS, false),
        PORT_RESTRICTED(ENDPOINT_INDEPENDENT, ADDRESS_AND_PORT, false),
        ADDRESS_DEPENDENT(ADDRESS, ADDRESS, false),
        SYMMETRIC(ADDRESS_AND_PORT, ADDRESS_AND_PORT, false),
        UDP_BLOCKED(ENDPOINT_INDEPENDENT, ENDPOINT_INDEPENDENT, true);

        final Nat.Dependence mapping;
        final Nat.Dependence filtering;
        final boolean blocksUdp;

        Place(Nat.Dependence mapping, Nat.Dependence filtering, boolean blocksUdp) {
            this.mapping = mapping;
            this.filtering = filtering;
            this.blocksUdp = blocksUdp;
        }
    }

    private enum Servers {
        NONE,
        STUN,
        TURN
    }

    private enum Outcome {
        DIRECT,
        RELAYED,
        NO_PATH
    }

    /**
     * D: direct with STUN; x: no path with STUN. Rows and columns in the order of {@link Place}, blocked ones apart.
     */
    private static final String[] WITH_STUN = {
        // public, full cone, restricted, port restricted, address dependent, symmetric
        "D D D D D D", // public
        "D D D D D D", // full cone
        "D D D D D D", // restricted
        "D D D D x x", // port restricted
        "D D D x x x", // address dependent
        "D D D x x x", // symmetric
    };

    private static Outcome expected(Place a, Place b, Servers servers) {
        if (a.blocksUdp || b.blocksUdp) {
            return servers == Servers.TURN ? Outcome.RELAYED : Outcome.NO_PATH;
        }
        return switch (servers) {
            // Without servers nobody knows a public address but those who have one; to them the way is open.
            case NONE -> a == Place.PUBLIC || b == Place.PUBLIC ? Outcome.DIRECT : Outcome.NO_PATH;
            case STUN -> WITH_STUN[a.ordinal()].charAt(2 * b.ordinal()) == 'D' ? Outcome.DIRECT : Outcome.NO_PATH;
            case TURN -> WITH_STUN[a.ordinal()].charAt(2 * b.ordinal()) == 'D' ? Outcome.DIRECT : Outcome.RELAYED;
        };
    }

    @Test
    void everyPairOfTranslatorsComesToTheExpectedPathWhateverIsLost() {
        String only = System.getProperty("sim.seed", "");
        for (Place a : Place.values()) {
            for (Place b : Place.values()) {
                for (Servers servers : Servers.values()) {
                    for (long seed = 1; seed <= SEEDS; seed++) {
                        long s = only.isEmpty() ? seed : Long.parseLong(only);
                        assertEquals(
                                expected(a, b, servers),
                                run(a, b, servers, s, House.NONE),
                                a + " > " + b + " with " + servers + ", -Dsim.seed=" + s);
                    }
                }
            }
        }
    }

    @Test
    void twoHostsBehindOneTranslatorMeetInside() {
        for (Place p : List.of(Place.FULL_CONE, Place.SYMMETRIC, Place.UDP_BLOCKED)) {
            for (long seed = 1; seed <= 20; seed++) {
                assertEquals(Outcome.DIRECT, run(p, p, Servers.STUN, seed, House.OPEN), p + " -Dsim.seed=" + seed);
            }
        }
    }

    @Test
    void twoHostsThatATranslatorKeepsApartMeetAtItsOutsideIfItSendsBackWhatComesFromInside() {
        for (long seed = 1; seed <= 50; seed++) {
            assertEquals(
                    Outcome.DIRECT,
                    run(Place.FULL_CONE, Place.FULL_CONE, Servers.STUN, seed, House.HAIRPIN),
                    "-Dsim.seed=" + seed);
            assertEquals(
                    Outcome.NO_PATH,
                    run(Place.FULL_CONE, Place.FULL_CONE, Servers.STUN, seed, House.ISOLATED),
                    "-Dsim.seed=" + seed);
            assertEquals(
                    Outcome.RELAYED,
                    run(Place.FULL_CONE, Place.FULL_CONE, Servers.TURN, seed, House.ISOLATED),
                    "-Dsim.seed=" + seed);
        }
    }

    /** Whether both hosts are behind one translator, and how that treats them. */
    private enum House {
        NONE,
        OPEN,
        ISOLATED,
        HAIRPIN
    }

    private static Outcome run(Place a, Place b, Servers servers, long seed, House house) {
        VirtualNetwork network = new VirtualNetwork(seed, LOSSY);
        network.withoutTrace();
        TurnServerSim server = new TurnServerSim("10.9.9.9", network, RandomSource.seeded(seed + 2));
        SimPeer pa = peer("a", a, "192.168.1.", "192.168.1.2", "10.0.1.1", network, seed * 2, servers, server, house);
        SimPeer pb = house != House.NONE
                ? peer("b", Place.PUBLIC, "", "192.168.1.3", "", network, seed * 2 + 1, servers, server, house)
                : peer("b", b, "192.168.2.", "192.168.2.2", "10.0.2.1", network, seed * 2 + 1, servers, server, house);
        pa.connectTo(pb);
        pb.connectTo(pa);
        pa.openChannel(1, new ChannelParameters("x", "", true, null, null, false), null);
        pa.negotiate();
        // A direct path may follow a relayed one that was there first: the selected pair is looked at when both have
        // settled.
        SimPeer.runUntil(network, List.of(pa, pb), 60 * SECOND, () -> settled(pa) && settled(pb));
        if (state(pa) == IceState.FAILED
                || state(pb) == IceState.FAILED
                || selected(pa) == null
                || selected(pb) == null) {
            return Outcome.NO_PATH;
        }
        SimPeer.runUntil(network, List.of(pa, pb), 10 * SECOND, () -> pb.labels.containsValue("x"));
        assertEquals(true, pb.labels.containsValue("x"), "data flows over the path");
        SimPeer.runUntil(network, List.of(pa, pb), 10 * SECOND, () -> !isRelayed(pa) && !isRelayed(pb));
        return isRelayed(pa) || isRelayed(pb) ? Outcome.RELAYED : Outcome.DIRECT;
    }

    private static boolean isRelayed(SimPeer p) {
        SessionSnapshot.Transport t = selected(p);
        return t == null
                || t.selected().local().type() == CandidateType.RELAYED
                || t.selected().remote().type() == CandidateType.RELAYED;
    }

    private static SessionSnapshot.Transport selected(SimPeer p) {
        return p.session.snapshot().transports().stream()
                .filter(t -> t.selected() != null)
                .findFirst()
                .orElse(null);
    }

    private static IceState state(SimPeer p) {
        IceState last = IceState.NEW;
        for (SessionEvent e : p.events) {
            if (e instanceof SessionEvent.IceStateChanged s) {
                last = s.state();
            }
        }
        return last;
    }

    private static boolean settled(SimPeer p) {
        SessionSnapshot.Transport t = selected(p);
        return state(p) == IceState.FAILED || t != null && t.selected().nominated();
    }

    private static SimPeer peer(
            String name,
            Place place,
            String prefix,
            String inside,
            String publicIp,
            VirtualNetwork network,
            long seed,
            Servers servers,
            TurnServerSim server,
            House house) {
        RandomSource random = RandomSource.seeded(seed);
        boolean behind = place != Place.PUBLIC;
        if (behind) {
            Nat nat =
                    new Nat(prefix, publicIp, place.mapping, place.filtering, house == House.HAIRPIN, place.blocksUdp);
            nat.isolates = house == House.ISOLATED || house == House.HAIRPIN;
            network.addNat(nat);
        }
        String ip = behind || prefix.isEmpty() ? inside : publicIp;
        SimPeer p = new SimPeer(
                name,
                ip,
                network,
                random,
                SimPeer.fakeIdentity(random),
                (id, out) -> new StandInDtls(id, out, random),
                BundlePolicy.BALANCED);
        if (servers != Servers.NONE) {
            p.useStun(server.address);
        }
        if (servers == Servers.TURN) {
            p.useTurn(server.address, TurnServer.Transport.UDP);
            p.useTurn(server.address, TurnServer.Transport.TCP);
        }
        return p;
    }
}
