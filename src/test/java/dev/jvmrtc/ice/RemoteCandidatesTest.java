package dev.jvmrtc.ice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.stun.StunAttribute;
import dev.jvmrtc.stun.StunClass;
import dev.jvmrtc.stun.StunMessage;
import dev.jvmrtc.stun.TransactionId;
import dev.jvmrtc.wire.LentBytes;
import dev.jvmrtc.wire.MalformedException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where a remote party can make us send, and where not. */
class RemoteCandidatesTest {
    private static final long SECOND = 1_000_000_000L;
    private static final InetSocketAddress OURS = new InetSocketAddress("10.0.0.1", 41_000);

    private final IceCredentials local = new IceCredentials("aaaaaaaa", "a-password-that-is-long-enough");
    private final IceCredentials remote = new IceCredentials("bbbbbbbb", "b-password-that-is-long-enough");
    private final IceAgent agent = new IceAgent(local, false, false, RandomSource.seeded(1), this::nextStream);
    private int streams;

    private int nextStream() {
        return ++streams;
    }

    private void begin(InetSocketAddress ours) {
        agent.addLocalAddress(SECOND, ours, 65_535);
        agent.addActiveTcpAddress(SECOND, ours.getAddress(), ours.getAddress(), 65_535);
        agent.setRemoteCredentials(SECOND, remote, false);
    }

    private void offer(String transport, String host, int port, String more) {
        try {
            agent.addRemoteCandidate(
                    SECOND,
                    Candidate.parse("candidate:1 1 " + transport + " 1 " + host + " " + port + " typ host" + more));
        } catch (MalformedException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private void udp(String host, int port) {
        offer("udp", host, port, "");
    }

    @Test
    void portsOfServicesAreRefusedSaveThoseOfTheWebAtPublicAddresses() {
        begin(OURS);
        for (int port : new int[] {1, 22, 25, 53, 123, 80, 443, 445, 1023}) {
            udp("10.0.0.2", port);
            offer("tcp", "10.0.0.2", port, " tcptype passive");
        }
        udp("203.0.113.9", 53);
        udp("100.64.0.1", 443);
        assertEquals(20, agent.drops().get("remote candidate with a port below 1024"));
        assertTrue(agent.remoteCandidates().isEmpty());
        udp("203.0.113.9", 443);
        offer("tcp", "203.0.113.9", 80, " tcptype passive");
        udp("10.0.0.2", 1024);
        offer("tcp", "10.0.0.2", 9, " tcptype active");
        offer("tcp", "10.0.0.3", 0, " tcptype active");
        assertEquals(5, agent.remoteCandidates().size());
        assertEquals(20, agent.drops().get("remote candidate with a port below 1024"));
    }

    @Test
    void addressesThatNobodyAloneCanHaveAreRefused() {
        begin(OURS);
        List<String> hosts = List.of("224.0.0.1", "239.255.255.250", "ff02::1", "0.0.0.0", "::", "255.255.255.255");
        hosts.forEach(h -> udp(h, 5_000));
        udp("10.0.0.2", 0);
        assertEquals(hosts.size() + 1, agent.drops().get("remote candidate with unusable address"));
        assertTrue(agent.remoteCandidates().isEmpty());
    }

    @Test
    void aTranslatorsPrefixHidesNoPrivateAddress() throws Exception {
        assertTrue(Reach.isPrivate(java.net.InetAddress.getByName("64:ff9b::a00:1")));
        assertTrue(!Reach.isPrivate(java.net.InetAddress.getByName("64:ff9b::cb00:7109")));
    }

    @Test
    void theFilterOfTheApplicationHoldsForCandidatesAndForChecksFromElsewhere() {
        List<InetSocketAddress> asked = new ArrayList<>();
        agent.setRemoteFilter(a -> {
            asked.add(a);
            if (a.getPort() == 6_000) {
                throw new IllegalStateException("a filter that fails");
            }
            return a.getPort() < 6_000;
        });
        begin(OURS);
        udp("10.0.0.2", 5_000);
        udp("10.0.0.2", 7_000);
        udp("10.0.0.2", 6_000);
        assertEquals(1, agent.remoteCandidates().size());
        assertEquals(2, agent.drops().get("remote candidate that the filter refuses"));
        agent.handleTimeout(SECOND);
        while (agent.pollTransmit() != null) {
            // the check of the one that passed
        }
        check(new InetSocketAddress("10.0.0.2", 7_001));
        assertEquals(3, agent.drops().get("remote candidate that the filter refuses"));
        assertNull(agent.pollTransmit(), "neither answered nor checked in return");
        InetSocketAddress wanted = new InetSocketAddress("10.0.0.2", 5_001);
        int before = asked.size();
        check(wanted);
        check(wanted);
        assertEquals(before + 1, asked.size(), "asked once for each address");
        assertEquals(wanted, agent.pollTransmit().remote());
        assertTrue(agent.remoteCandidates().stream()
                .anyMatch(c -> c.port() == 5_001 && c.type() == CandidateType.PEER_REFLEXIVE));
    }

    private void check(InetSocketAddress from) {
        byte[] m = StunMessage.write(
                        StunMessage.BINDING,
                        StunClass.REQUEST,
                        TransactionId.random(RandomSource.seeded(from.getPort())))
                .text(StunAttribute.USERNAME, local.usernameFragment() + ":" + remote.usernameFragment())
                .u32(StunAttribute.PRIORITY, 1)
                .u64(StunAttribute.ICE_CONTROLLING, 5)
                .integrity(local.key())
                .fingerprinted();
        agent.handleDatagram(SECOND, OURS, from, LentBytes.of(m));
    }

    @Test
    void aServerCannotSayThatWeAreOnLoopbackOrEverywhere() {
        begin(OURS);
        InetSocketAddress server = new InetSocketAddress("203.0.113.1", 3_478);
        for (String mapped : List.of("127.0.0.1", "224.0.0.1", "0.0.0.0")) {
            agent.addReflexiveAddress(OURS, new InetSocketAddress(mapped, 5_000), server, "stun:evil");
        }
        agent.addReflexiveAddress(OURS, OURS, server, "stun:redundant");
        assertEquals(3, agent.drops().get("address that a server or peer says is ours and cannot be"));
        assertTrue(agent.localCandidates().stream().noneMatch(c -> c.type() == CandidateType.SERVER_REFLEXIVE));
        agent.addReflexiveAddress(OURS, new InetSocketAddress("203.0.113.77", 5_000), server, "stun:good");
        assertEquals(
                1,
                agent.localCandidates().stream()
                        .filter(c -> c.type() == CandidateType.SERVER_REFLEXIVE)
                        .count());
    }

    @Test
    void whereLoopbackIsIncludedAServerMayBeThereToo() {
        InetSocketAddress loopback = new InetSocketAddress("127.0.0.1", 41_000);
        begin(loopback);
        agent.addReflexiveAddress(
                loopback,
                new InetSocketAddress("127.0.0.1", 5_000),
                new InetSocketAddress("127.0.0.1", 3_478),
                "stun:here");
        assertEquals(
                1,
                agent.localCandidates().stream()
                        .filter(c -> c.type() == CandidateType.SERVER_REFLEXIVE)
                        .count());
    }
}
