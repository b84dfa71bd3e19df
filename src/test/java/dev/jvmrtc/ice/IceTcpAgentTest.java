package dev.jvmrtc.ice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

/** Two agents with TCP streams between them, in virtual time: {@code a} opens, {@code b} listens. */
class IceTcpAgentTest extends TwoAgents {

    private void make(boolean aControls, boolean bIsLite) {
        a = agent(credA, aControls, false, 1);
        b = agent(credB, !aControls, bIsLite, 2);
        a.addActiveTcpAddress(now, A.getAddress(), A.getAddress(), 65_535);
        b.addPassiveTcpAddress(now, B, B, 65_535);
    }

    private void signal(boolean bIsLite) {
        a.localAddressesComplete();
        b.localAddressesComplete();
        a.setRemoteCredentials(now, credB, bIsLite);
        b.setRemoteCredentials(now, credA, false);
        b.localCandidates().forEach(c -> a.addRemoteCandidate(now, c));
        a.localCandidates().forEach(c -> b.addRemoteCandidate(now, c));
        a.endOfRemoteCandidates(now);
        b.endOfRemoteCandidates(now);
    }

    @Test
    void connectsOverAStreamWhicheverEndControls() {
        for (boolean aControls : new boolean[] {true, false}) {
            make(aControls, false);
            signal(false);
            runFor(2 * SECOND);
            assertEquals(IceState.COMPLETED, a.state());
            assertEquals(IceState.COMPLETED, b.state());
            assertTrue(a.selectedPair().isTcp() && a.selectedPair().stream() != 0);
            assertEquals(streamsOf(a).get(a.selectedPair().stream()), b.selectedPair().stream());
            assertEquals("active", a.selectedPair().local().tcpType());
            assertEquals("passive", b.selectedPair().local().tcpType());
            assertEquals(
                    CandidateType.HOST,
                    b.selectedPair().remote().type(),
                    "the signalled active candidate, not one learnt");
            assertTrue(a.isPermitted(a.selectedPair().stream()) && b.isPermitted(b.selectedPair().stream()));
            runFor(60 * SECOND);
            assertEquals(IceState.COMPLETED, a.state(), "consent goes over the stream too");
        }
    }

    @Test
    void opensAnotherStreamWhereOneBreaksWhicheverEndControls() {
        for (boolean aControls : new boolean[] {true, false}) {
            make(aControls, false);
            signal(false);
            runFor(2 * SECOND);
            int before = a.selectedPair().stream();
            breakStream();
            assertEquals(IceState.DISCONNECTED, a.state());
            assertEquals(0, a.selectedPair().stream(), "nothing is sent to a stream that is no more");
            runFor(2 * SECOND);
            assertNotEquals(before, a.selectedPair().stream());
            assertEquals(streamsOf(a).get(a.selectedPair().stream()), b.selectedPair().stream());
            assertTrue(a.selectedPair().isNominated() && b.selectedPair().isNominated());
            assertEquals(IceState.COMPLETED, a.state());
            assertEquals(IceState.COMPLETED, b.state());
        }
    }

    @Test
    void failsByConsentWhereTheStreamCannotBeOpenedAgain() {
        make(true, false);
        signal(false);
        runFor(2 * SECOND);
        refusing = true;
        breakStream();
        runFor(35 * SECOND);
        assertEquals(IceState.FAILED, a.state());
        assertEquals(IceState.FAILED, b.state());
        assertTrue(streamsOf(a).isEmpty() && streamsOf(b).isEmpty());
    }

    @Test
    void restartsOverStreamsAndClosesTheOldOnes() {
        make(true, false);
        signal(false);
        runFor(2 * SECOND);
        int before = a.selectedPair().stream();
        IceCredentials freshA = new IceCredentials("aaa2", "a-password-that-is-long-enough");
        IceCredentials freshB = new IceCredentials("bbb2", "b-password-that-is-long-enough");
        a.restart(now, freshA);
        b.restart(now, freshB);
        assertEquals(before, a.selectedPair().stream(), "data goes on over the old stream");
        a.addActiveTcpAddress(now, A.getAddress(), A.getAddress(), 65_535);
        b.addPassiveTcpAddress(now, B, B, 65_535);
        a.setRemoteCredentials(now, freshB, false);
        b.setRemoteCredentials(now, freshA, false);
        b.localCandidates().forEach(c -> a.addRemoteCandidate(now, c));
        a.localAddressesComplete();
        b.localAddressesComplete();
        runFor(2 * SECOND);
        assertNotEquals(before, a.selectedPair().stream());
        assertTrue(a.hasStream(before));
        a.closeRetiredStreams();
        runFor(SECOND);
        assertFalse(a.hasStream(before));
        assertEquals(IceState.CONNECTED, b.state());
    }

    @Test
    void udpOfTheSameAddressAndPortComesFirstAndTheStreamIsThereWhereItFallsSilent() {
        make(true, false);
        a.addLocalAddress(now, A, 65_535);
        b.addLocalAddress(now, B, 65_535);
        signal(false);
        runFor(3 * SECOND);
        assertFalse(a.selectedPair().isTcp());
        assertFalse(b.selectedPair().isTcp());
        cut = true;
        runFor(15 * SECOND);
        assertTrue(a.selectedPair().isTcp(), a.selectedPair().toString());
        assertTrue(b.selectedPair().isTcp(), b.selectedPair().toString());
        assertEquals(IceState.CONNECTED, a.state() == IceState.COMPLETED ? IceState.CONNECTED : a.state());
    }

    @Test
    void aLiteListenerIsConnected() {
        make(true, true);
        signal(true);
        runFor(2 * SECOND);
        assertEquals(IceState.COMPLETED, a.state());
        assertTrue(b.selectedPair().isTcp());
    }

    @Test
    void aRefusedConnectionFailsItsPairWithTheReason() {
        refusing = true;
        make(true, false);
        signal(false);
        runFor(SECOND);
        assertEquals("refused", a.pairs().get(0).failure());
        assertNull(a.selectedPair());
    }

    @Test
    void streamsWithoutACheckAreClosedAndOnlySoManyWait() {
        make(true, false);
        List<Integer> taken = new ArrayList<>();
        for (int i = 0; i < TcpStreams.MAX_UNPROVEN + 3; i++) {
            taken.add(b.streamAccepted(now, B, new InetSocketAddress("10.9.9.9", 1_000 + i)));
        }
        assertEquals(3, b.drops().get("TCP stream without a check, too many"));
        assertTrue(taken.stream().limit(3).noneMatch(b::hasStream), "the oldest have given way");
        assertTrue(taken.stream().skip(3).allMatch(b::hasStream));
        byte[] noise = {0, 1, 2, 3};
        b.handleStream(now, taken.get(3), LentBytes.of(noise));
        assertFalse(b.isPermitted(taken.get(3)));
        runFor(TcpStreams.UNPROVEN_NANOS + SECOND);
        assertEquals(TcpStreams.MAX_UNPROVEN, b.drops().get("TCP stream without a check"));
        assertEquals(
                taken.size(),
                events(b).stream()
                        .filter(e -> e instanceof IceEvent.CloseStream)
                        .count());
        assertTrue(taken.stream().noneMatch(b::hasStream));
    }

    @Test
    void neverHasMoreThanSoManyStreams() {
        make(true, false);
        for (int i = 0; i < TcpStreams.MAX_STREAMS + 10; i++) {
            a.addRemoteCandidate(
                    now,
                    Candidate.tcp(
                            CandidateType.HOST, new InetSocketAddress("10.1.1." + i, 44_300), null, 65_535, "passive"));
        }
        a.setRemoteCredentials(now, credB, false);
        List<Integer> open = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            now += SECOND / 10;
            a.handleTimeout(now);
            for (IceEvent e = a.pollEvent(); e != null; e = a.pollEvent()) {
                if (e instanceof IceEvent.OpenStream o) {
                    open.add(o.streamId());
                }
            }
        }
        assertEquals(TcpStreams.MAX_STREAMS, open.size());
        assertEquals(
                10,
                a.pairs().stream()
                        .filter(p -> "no TCP stream".equals(p.failure()))
                        .count());
    }

    @Test
    void aPeerThatProvesMoreStreamsThanItMayHaveLosesTheRest() {
        make(true, false);
        int accepted = 2 * TcpStreams.MAX_STREAMS;
        List<Integer> taken = new ArrayList<>();
        for (int i = 0; i < accepted; i++) {
            taken.add(b.streamAccepted(now, B, new InetSocketAddress("10.9.9." + i, 1_000 + i)));
        }
        for (int id : taken) {
            byte[] check = StunMessage.write(StunMessage.BINDING, StunClass.REQUEST, new TransactionId(7, id))
                    .text(StunAttribute.USERNAME, "bbbb:aaaa")
                    .u32(StunAttribute.PRIORITY, 1)
                    .u64(StunAttribute.ICE_CONTROLLING, 1)
                    .integrity(credB.key())
                    .fingerprinted();
            b.handleStream(now, id, LentBytes.of(check));
        }
        assertEquals(TcpStreams.MAX_STREAMS, taken.stream().filter(b::hasStream).count());
        assertEquals(accepted - TcpStreams.MAX_STREAMS, b.drops().get("TCP stream of a peer that has too many"));
    }

    @Test
    void prioritiesPreferUdpThenActiveThenPassive() {
        long udp = Candidate.host(A, 65_535).priority();
        long active =
                Candidate.tcp(CandidateType.HOST, A, null, 65_535, "active").priority();
        long passive =
                Candidate.tcp(CandidateType.HOST, B, null, 65_535, "passive").priority();
        long relay = Candidate.of(CandidateType.RELAYED, B, A, 65_535, "").priority();
        assertTrue(udp > active && active > passive && passive > relay);
        assertEquals(90 << 24 | (6 << 13 | 8_191) << 8 | 255, active, "RFC 6544 §4.2");
    }

    @Test
    void candidatesOfUnknownTcpTypesAreCounted() throws MalformedException {
        make(true, false);
        a.addRemoteCandidate(now, Candidate.parse("candidate:1 1 tcp 1 10.0.0.2 44300 typ host tcptype so"));
        a.addRemoteCandidate(now, Candidate.parse("candidate:1 1 tcp 1 10.0.0.2 44300 typ host"));
        assertEquals(2, a.drops().get("remote candidate not supported"));
    }
}
