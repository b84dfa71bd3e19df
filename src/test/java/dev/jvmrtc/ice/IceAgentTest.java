package dev.jvmrtc.ice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.Transmit;
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

class IceAgentTest extends TwoAgents {
    private static final InetSocketAddress STRANGER = new InetSocketAddress("10.0.0.9", 9);

    @Test
    void remembersSoManyChecksFromBeforeTheAnswerAndCountsTheRest() {
        b.addLocalAddress(now, B, 65535);
        for (int i = 0; i < IncomingChecks.MAX_EARLY + 5; i++) {
            InetSocketAddress from = new InetSocketAddress("10.0.1." + i, 1000);
            IceAgent stranger = agent(credA, true, false, 100 + i);
            stranger.addLocalAddress(now, from, 65535);
            stranger.localAddressesComplete();
            stranger.setRemoteCredentials(now, credB, false);
            stranger.addRemoteCandidate(now, Candidate.host(B, 65535));
            stranger.handleTimeout(now + 1);
            Transmit t = stranger.pollTransmit();
            b.handleDatagram(now, B, from, LentBytes.of(t.data()));
        }
        assertEquals(5, b.drops().get("check before the answer, too many"));
    }

    @Test
    void goesOnOverAnotherPairAtOnceWhenItsAddressIsGoneWhicheverItsRole() {
        a.addLocalAddress(now, A2, 60_000);
        b.addLocalAddress(now, B2, 60_000);
        connect();
        a.addRemoteCandidate(now, Candidate.host(B2, 60_000));
        b.addRemoteCandidate(now, Candidate.host(A2, 60_000));
        runFor(2 * SECOND);
        assertEquals(B, b.selectedPair().base());
        gone.add(B);
        b.removeLocalAddress(now, B);
        assertEquals(B2, b.selectedPair().base(), "the controlled agent does not wait to be told");
        assertEquals(IceState.CONNECTED, b.state());
        runFor(15 * SECOND);
        assertEquals(B2, a.selectedPair().remoteAddress(), "the controlling one follows");
        InetSocketAddress before = a.selectedPair().base();
        gone.add(before);
        a.removeLocalAddress(now, before);
        assertEquals(before.equals(A) ? A2 : A, a.selectedPair().base());
        runFor(2 * SECOND);
        assertEquals(
                a.selectedPair().base(),
                b.selectedPair().remoteAddress(),
                "and the controlled one is told by a nomination");
    }

    private List<IceState> states(IceAgent agent) {
        return events(agent).stream()
                .filter(IceEvent.StateChanged.class::isInstance)
                .map(e -> ((IceEvent.StateChanged) e).state())
                .toList();
    }

    @Test
    void connectsAndCompletesWhenNothingMoreIsToCome() {
        connect();
        a.endOfRemoteCandidates(now);
        b.endOfRemoteCandidates(now);
        assertEquals(List.of(IceState.CHECKING, IceState.CONNECTED, IceState.COMPLETED), states(a));
        assertEquals(IceState.COMPLETED, b.state());
        assertEquals(B, a.selectedPair().remoteAddress());
        assertTrue(a.selectedPair().nominated && b.selectedPair().nominated);
    }

    @Test
    void answersAndRemembersChecksThatComeBeforeTheAnswer() {
        a.addLocalAddress(now, A, 65535);
        b.addLocalAddress(now, B, 65535);
        a.setRemoteCredentials(now, credB, false);
        a.addRemoteCandidate(now, Candidate.host(B, 65535));
        runFor(SECOND);
        assertNotNull(a.selectedPair(), "b answered though it does not know a yet");
        assertNull(b.selectedPair());
        b.setRemoteCredentials(now, credA, false);
        runFor(SECOND);
        assertEquals(A, b.selectedPair().remoteAddress());
    }

    @Test
    void takesTheControllingRoleWithALitePeerAndNominates() {
        // A lite peer is controlled and only answers: it never learns of b's candidates here.
        a = agent(credA, false, false, 3);
        a.addLocalAddress(now, A, 65535);
        b.addLocalAddress(now, B, 65535);
        b.localAddressesComplete();
        b.setRemoteCredentials(now, credA, true);
        b.addRemoteCandidate(now, Candidate.host(A, 65535));
        b.endOfRemoteCandidates(now);
        runFor(SECOND);
        assertEquals(IceState.COMPLETED, b.state());
        assertTrue(b.selectedPair().nominated);
        // Consent goes on with a peer that never checks us.
        runFor(60 * SECOND);
        assertEquals(IceState.COMPLETED, b.state());
    }

    @Test
    void resolvesARoleConflictByTheTieBreaker() {
        b.setControlling(true);
        connect();
        assertTrue(a.isControlling() != b.isControlling());
        assertEquals(IceState.CONNECTED, a.state());
        assertEquals(IceState.CONNECTED, b.state());
    }

    @Test
    void doesNotTakeTheTimeUntilALostCheckWasSentAgainForARoundTrip() {
        a.addLocalAddress(now, A, 65535); // it answers checks and sends none, since it does not know the peer yet
        b.addLocalAddress(now, B, 65535);
        b.setRemoteCredentials(now, credA, false);
        b.addRemoteCandidate(now, Candidate.host(A, 65535));
        cut = true;
        runFor(SECOND / 10);
        cut = false;
        runFor(SECOND);
        assertEquals(-1, b.selectedPair().shortestRoundTripNanos());
        runFor(6 * SECOND);
        assertEquals(0, b.selectedPair().shortestRoundTripNanos(), "the question after consent was sent once");
    }

    @Test
    void goesDisconnectedWhenAnswersStopAndBackWhenTheyComeAgain() {
        connect();
        states(a);
        cut = true;
        runFor(12 * SECOND);
        assertEquals(IceState.DISCONNECTED, a.state());
        cut = false;
        runFor(3 * SECOND);
        assertEquals(IceState.CONNECTED, a.state());
        assertEquals(List.of(IceState.DISCONNECTED, IceState.CONNECTED), states(a));
    }

    private long restartsNeeded(IceAgent agent) {
        return events(agent).stream()
                .filter(IceEvent.RestartNeeded.class::isInstance)
                .count();
    }

    @Test
    void asksForARestartOnceForEachLossThatNothingMends() {
        connect();
        cut = true;
        for (int i = 0; a.state() != IceState.DISCONNECTED && i < 100; i++) {
            runFor(SECOND / 10);
        }
        cut = false;
        runFor(3 * SECOND);
        assertEquals(IceState.CONNECTED, a.state());
        assertEquals(0, restartsNeeded(a), "it came back in time");
        cut = true;
        runFor(14 * SECOND);
        assertEquals(1, restartsNeeded(a));
        assertEquals(1, restartsNeeded(b));
        runFor(25 * SECOND);
        assertEquals(IceState.FAILED, a.state());
        assertEquals(0, restartsNeeded(a), "said already");
    }

    @Test
    void asksForARestartWhenNoPathWasEverFound() {
        cut = true;
        connect();
        runFor(60 * SECOND);
        assertEquals(IceState.FAILED, a.state());
        assertEquals(1, restartsNeeded(a));
    }

    @Test
    void failsWhenConsentExpiresAfterThirtySeconds() {
        connect();
        cut = true;
        runFor(29 * SECOND);
        assertEquals(IceState.DISCONNECTED, a.state());
        runFor(3 * SECOND);
        assertEquals(IceState.FAILED, a.state());
        assertNull(a.selectedPair());
    }

    /** b has sent its first check, which is in {@code ofB}; a has not begun. */
    private Transmit checkOfBBeforeAKnowsIt() {
        a.addLocalAddress(now, A, 65535);
        b.addLocalAddress(now, B, 65535);
        b.setRemoteCredentials(now, credA, false);
        b.addRemoteCandidate(now, Candidate.host(A, 65535));
        b.handleTimeout(now);
        return b.pollTransmit();
    }

    private void aBegins() {
        now += SECOND / 100;
        a.setRemoteCredentials(now, credB, false);
        a.addRemoteCandidate(now, Candidate.host(B, 65535));
        a.handleTimeout(now);
        Transmit check = a.pollTransmit();
        b.handleDatagram(now, B, A, LentBytes.of(check.data()));
    }

    @Test
    void aCheckThatMeetsOneInProgressTriggersAnotherSoThatALostOneIsNotWaitedFor() {
        checkOfBBeforeAKnowsIt(); // lost
        aBegins();
        exchange();
        runFor(SECOND / 20);
        assertEquals(
                IceState.CONNECTED, b.state(), "within Ta, though the first check is not repeated for half a second");
        assertEquals(2, b.pairs().get(0).requestsSent());
    }

    private static StunMessage parse(Transmit t) throws MalformedException {
        return StunMessage.parse(t.data(), 0, t.data().length);
    }

    /** Pion nominates when it hears of us on a pair that works, or else 200 ms later. */
    @Test
    void whoWasAnsweredBeforeThePeerHadAskedAsksOnceMoreAsSoonAsThePeerHasItsAnswer() throws MalformedException {
        Transmit ours = checkOfBBeforeAKnowsIt();
        a.setRemoteCredentials(now, credB, false);
        a.handleDatagram(now, A, B, LentBytes.of(ours.data()));
        Transmit answer = a.pollTransmit();
        b.handleDatagram(now, B, A, LentBytes.of(answer.data()));
        assertEquals(IceState.CONNECTED, b.state());
        a.handleTimeout(now);
        Transmit theirs = a.pollTransmit();
        for (int times = 1; times <= 3; times++) {
            b.handleDatagram(now, B, A, LentBytes.of(theirs.data()));
            b.handleTimeout(now);
            assertEquals(StunClass.SUCCESS_RESPONSE, parse(b.pollTransmit()).messageClass());
            Transmit more = b.pollTransmit();
            if (times == 1) {
                assertEquals(StunClass.REQUEST, parse(more).messageClass());
            } else {
                assertNull(more, "once");
            }
        }
    }

    @Test
    void aLiteAgentWaitsAsLongForThePeersNextCheckAsForAnyOther() {
        b = agent(credB, false, true, 2);
        b.addLocalAddress(now, B, 65535);
        b.setRemoteCredentials(now, credA, false);
        a.addLocalAddress(now, A, 65535);
        aBegins();
        assertEquals(IceState.CONNECTED, b.state());
        for (long end = now + 6 * SECOND; now < end; now += SECOND / 10) {
            b.handleTimeout(now);
            assertEquals(IceState.CONNECTED, b.state());
        }
    }

    @Test
    void theAnswerToACancelledCheckCountsAndSavesTheCheckThatWasTriggered() {
        Transmit late = checkOfBBeforeAKnowsIt();
        aBegins();
        a.handleDatagram(now, A, B, LentBytes.of(late.data()));
        now += SECOND / 50;
        exchange();
        assertEquals(IceState.CONNECTED, b.state());
        assertEquals(30, b.pairs().get(0).currentRttNanos() / 1_000_000, "from when it was sent");
        runFor(SECOND / 2);
        assertEquals(1, b.pairs().get(0).requestsSent());
    }

    @Test
    void isPatientBeforeItFails() {
        a.addLocalAddress(now, A, 65535);
        a.setRemoteCredentials(now, credB, false);
        a.addRemoteCandidate(now, Candidate.host(B, 65535));
        cut = true;
        runFor(39 * SECOND);
        assertEquals(IceState.CHECKING, a.state());
        runFor(SECOND);
        assertEquals(IceState.FAILED, a.state());
    }

    @Test
    void ignoresChecksWithAWrongPassword() {
        connect();
        byte[] forged = StunMessage.write(StunMessage.BINDING, StunClass.REQUEST, new TransactionId(1, 1))
                .text(StunAttribute.USERNAME, "aaaa:bbbb")
                .u32(StunAttribute.PRIORITY, 1)
                .u64(StunAttribute.ICE_CONTROLLED, 1)
                .integrity("wrong".getBytes())
                .fingerprinted();
        a.handleDatagram(now, A, STRANGER, LentBytes.of(forged));
        assertNull(a.pollTransmit());
        assertFalse(a.isPermitted(A, STRANGER));
        assertEquals(1, a.drops().get("STUN request with wrong credentials"));
    }

    @Test
    void ignoresAnswersFromAnAddressThatWasNotAsked() {
        a.addLocalAddress(now, A, 65535);
        a.setRemoteCredentials(now, credB, false);
        a.addRemoteCandidate(now, Candidate.host(B, 65535));
        a.handleTimeout(now);
        Transmit check = a.pollTransmit();
        byte[] id = java.util.Arrays.copyOfRange(check.data(), 8, 20);
        byte[] answer = StunMessage.write(StunMessage.BINDING, StunClass.SUCCESS_RESPONSE, transactionId(id))
                .xorMappedAddress(A)
                .integrity(credB.key())
                .fingerprinted();
        a.handleDatagram(now, A, STRANGER, LentBytes.of(answer));
        assertNull(a.selectedPair());
        assertEquals(1, a.drops().get("STUN response from an address that was not asked"));
    }

    private static TransactionId transactionId(byte[] b) {
        return new TransactionId(
                java.nio.ByteBuffer.wrap(b).getLong(0),
                java.nio.ByteBuffer.wrap(b).getInt(8));
    }

    @Test
    void boundsRemoteCandidatesAndRefusesUselessOnes() {
        a.addLocalAddress(now, A, 65535);
        a.setRemoteCredentials(now, credB, false);
        for (int i = 0; i < 5_000; i++) {
            a.addRemoteCandidate(
                    now, Candidate.host(new InetSocketAddress("10.1." + i / 250 + "." + (i % 250 + 1), 41000), 1));
        }
        a.addRemoteCandidate(now, Candidate.host(new InetSocketAddress("224.0.0.1", 5), 1));
        a.addRemoteCandidate(now, Candidate.host(new InetSocketAddress("10.0.0.5", 0), 1));
        assertEquals(IceAgent.MAX_REMOTE_CANDIDATES, a.remoteCandidates().size());
        assertTrue(a.pairs().size() <= CheckList.MAX_PAIRS);
        assertEquals(2, a.drops().get("remote candidate with unusable address"));
    }

    @Test
    void keepsItsReflexiveAddressAliveUntilThereIsAPath() {
        InetSocketAddress server = new InetSocketAddress("10.9.9.1", 3478);
        a.addLocalAddress(now, A, 65535);
        a.addServer(now, "stun:server", server);
        a.localAddressesComplete();
        List<Long> asked = new ArrayList<>();
        List<IceEvent> events = new ArrayList<>();
        long begin = now;
        while (a.nextTimeoutNanos() < begin + 100 * SECOND) {
            now = a.nextTimeoutNanos();
            a.handleTimeout(now);
            for (Transmit t = a.pollTransmit(); t != null; t = a.pollTransmit()) {
                asked.add((now - begin) / SECOND);
                int port = asked.size() < 4 ? 7777 : 8888; // the translator has forgotten it all the same
                byte[] answer = StunMessage.write(
                                StunMessage.BINDING,
                                StunClass.SUCCESS_RESPONSE,
                                transactionId(java.util.Arrays.copyOfRange(t.data(), 8, 20)))
                        .xorMappedAddress(new InetSocketAddress("203.0.113.5", port))
                        .fingerprinted();
                a.handleDatagram(now, A, server, LentBytes.of(answer));
            }
            events.addAll(events(a));
        }
        assertEquals(List.of(0L, 15L, 30L, 45L, 60L, 75L, 90L), asked, "RFC 8445 §5.1.1.4");
        assertEquals(
                2,
                events.stream()
                        .filter(e -> e instanceof IceEvent.LocalCandidate)
                        .count());
        assertEquals(
                1,
                events.stream()
                        .filter(e -> e instanceof IceEvent.GatheringComplete)
                        .count());
        b.addLocalAddress(now, B, 65535);
        a.setRemoteCredentials(now, credB, false);
        b.setRemoteCredentials(now, credA, false);
        a.addRemoteCandidate(now, Candidate.host(B, 65535));
        runFor(SECOND);
        assertTrue(a.selectedPair().nominated);
        int before = asked.size();
        for (long end = now + 60 * SECOND; a.nextTimeoutNanos() < end; ) {
            now = a.nextTimeoutNanos();
            a.handleTimeout(now);
            for (Transmit t = a.pollTransmit(); t != null; t = a.pollTransmit()) {
                assertFalse(t.remote().equals(server), "the call has a path");
            }
        }
        assertEquals(7, before);
    }

    @Test
    void isNotTalkedIntoCheckingServicesOfItsOwnMachine() {
        a.addLocalAddress(now, A, 65535);
        a.setRemoteCredentials(now, credB, false);
        a.addRemoteCandidate(now, Candidate.host(new InetSocketAddress("127.0.0.1", 5300), 1));
        a.addRemoteCandidate(now, Candidate.host(new InetSocketAddress("::1", 5300), 1));
        runFor(5 * SECOND);
        assertTrue(a.pairs().isEmpty());
        assertNull(a.pollTransmit());
        assertEquals(2, a.drops().get("remote candidate on loopback, where we are not"));
    }

    @Test
    void aFloodOfRoleConflictsIsAnsweredOneForOneAndKeepsTheCallUp() {
        connect();
        b.endOfRemoteCandidates(now);
        byte[] key = credA.key();
        int answers = 0;
        for (int i = 0; i < 10_000; i++) {
            byte[] check = StunMessage.write(StunMessage.BINDING, StunClass.REQUEST, new TransactionId(7, i))
                    .text(StunAttribute.USERNAME, "aaaa:bbbb")
                    .u32(StunAttribute.PRIORITY, 1)
                    .u64(StunAttribute.ICE_CONTROLLING, i % 2 == 0 ? 0 : -1)
                    .integrity(key)
                    .fingerprinted();
            a.handleDatagram(now, A, B, LentBytes.of(check));
            for (Transmit t = a.pollTransmit(); t != null; t = a.pollTransmit()) {
                assertTrue(t.data().length <= check.length + 64, "no amplifier");
                answers++;
            }
        }
        assertTrue(answers <= 10_000 + 10, answers + " packets for 10,000");
        runFor(20 * SECOND);
        assertTrue(
                a.state() == IceState.CONNECTED || a.state() == IceState.COMPLETED,
                a.state().toString());
        assertTrue(
                b.state() == IceState.CONNECTED || b.state() == IceState.COMPLETED,
                b.state().toString());
    }

    @Test
    void learnsItsReflexiveAddressAndGivesADeadServerUp() {
        InetSocketAddress good = new InetSocketAddress("10.9.9.1", 3478);
        InetSocketAddress dead = new InetSocketAddress("10.9.9.2", 3478);
        a.addLocalAddress(now, A, 65535);
        a.addServer(now, "stun:dead", dead);
        a.addServer(now, "stun:good", good);
        a.localAddressesComplete();
        List<IceEvent> events = new ArrayList<>();
        long end = now + 10 * SECOND;
        while (a.nextTimeoutNanos() < end) {
            now = a.nextTimeoutNanos();
            a.handleTimeout(now);
            for (Transmit t = a.pollTransmit(); t != null; t = a.pollTransmit()) {
                if (t.remote().equals(good)) {
                    byte[] answer = StunMessage.write(
                                    StunMessage.BINDING,
                                    StunClass.SUCCESS_RESPONSE,
                                    transactionId(java.util.Arrays.copyOfRange(t.data(), 8, 20)))
                            .xorMappedAddress(new InetSocketAddress("203.0.113.5", 7777))
                            .fingerprinted();
                    a.handleDatagram(now, A, good, LentBytes.of(answer));
                }
            }
            events.addAll(events(a));
        }
        assertTrue(events.stream()
                .anyMatch(e -> e instanceof IceEvent.LocalCandidate c
                        && c.candidate().type() == CandidateType.SERVER_REFLEXIVE
                        && c.candidate().host().equals("203.0.113.5")
                        && "stun:good".equals(c.url())));
        assertTrue(events.stream()
                .anyMatch(e -> e instanceof IceEvent.ServerError s
                        && s.code() == 701
                        && s.url().equals("stun:dead")));
        assertTrue(events.get(events.size() - 1) instanceof IceEvent.GatheringComplete);
    }

    @Test
    void readsCandidatesAsPeersWriteThem() throws MalformedException {
        for (String line : new String[] {
            "candidate:4242000152 1 udp 2122260223 127.0.0.1 57574 typ host generation 0 ufrag fHcQ network-id 1 network-cost 50",
            "a=candidate:1 1 UDP 2113937151 0a1b2c3d.local 50000 typ host",
            "candidate:0 1 TCP 1 10.0.0.1 9 typ host tcptype active",
            "candidate:2 1 udp 1686052607 203.0.113.1 1234 typ srflx raddr 0.0.0.0 rport 0"
        }) {
            Candidate c = Candidate.parse(line);
            assertEquals(c, Candidate.parse(c.toSdp()));
        }
        for (String bad : new String[] {
            "",
            "candidate:",
            "candidate:1 1 udp x 1.2.3.4 5 typ host",
            "candidate:1 1 udp 1 1.2.3.4 70000 typ host",
            "candidate:1 1 sctp 1 1.2.3.4 5 typ host",
            "candidate:1 1 udp 1 1.2.3.4 5 typ what"
        }) {
            assertThrows(MalformedException.class, () -> Candidate.parse(bad), bad);
        }
    }
}
