package dev.jvmrtc.dtls.bc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.NoInternalErrors;
import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.dtls.DtlsEvent;
import dev.jvmrtc.dtls.DtlsIdentity;
import dev.jvmrtc.dtls.DtlsRole;
import dev.jvmrtc.dtls.HandshakeExecutor;
import dev.jvmrtc.wire.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Records that anybody can send who knows two addresses and two ports: before, during and after the handshake they
 * change nothing. RFC 6347 §4.1.2.7.
 */
@Timeout(120)
class ForgedRecordsTest {
    private static final int[] LENGTHS = {0, 1, 2, 7, 8, 15, 16, 17, 23, 24, 25, 31, 32, 33, 48, 100};
    private static final int[] VERSIONS = {0xfefd, 0xfeff, 0xfefc, 0x0000, 0xffff, 0x0303, 0x0100};
    private static DtlsIdentity ec;
    private static DtlsIdentity rsa;

    private final HandshakeExecutor executor = task -> {
        Thread t = new Thread(task);
        t.setDaemon(true);
        t.start();
        return true;
    };
    private long now = 1_000_000_000L;

    @BeforeAll
    static void identities() throws Exception {
        ec = BcDtlsEngineTest.identity(false);
        rsa = BcDtlsEngineTest.identity(true);
    }

    private Side side(DtlsIdentity identity, int... suites) {
        return new Side(identity, executor, () -> now, suites);
    }

    static byte[] record(int type, int version, int epoch, long number, byte... body) {
        byte[] d = new byte[13 + body.length];
        d[0] = (byte) type;
        Bytes.put16(d, 1, version);
        Bytes.put64(d, 3, (long) epoch << 48 | number);
        Bytes.put16(d, 11, body.length);
        System.arraycopy(body, 0, d, 13, body.length);
        return d;
    }

    private static byte[] fragment(int type, int sequence, int message, int offset, int length, int present) {
        byte[] b = new byte[12 + present];
        b[0] = (byte) type;
        Bytes.put16(b, 2, message);
        Bytes.put16(b, 4, sequence);
        Bytes.put16(b, 7, offset);
        Bytes.put16(b, 10, length);
        return b;
    }

    private static List<byte[]> forgeries() {
        List<byte[]> all = new ArrayList<>();
        for (int type : new int[] {19, 20, 21, 22, 23, 24, 25, 26, 63}) {
            for (int version : VERSIONS) {
                for (int epoch : new int[] {1, 2, 0xffff}) {
                    for (int length : LENGTHS) {
                        all.add(record(type, version, epoch, 1, new byte[length]));
                        all.add(record(type, version, epoch, (1L << 48) - 1, new byte[length]));
                    }
                }
            }
        }
        all.addAll(clearForgeries());
        return all;
    }

    /** What stands in the clear, and cannot be taken for a message that the peer might have sent. */
    private static List<byte[]> clearForgeries() {
        List<byte[]> all = new ArrayList<>();
        for (int version : VERSIONS) {
            for (int level : new int[] {0, 1, 2, 255}) {
                for (int description : new int[] {0, 10, 20, 40, 80, 90, 100, 255}) {
                    all.add(record(21, version, 0, (1L << 48) - 1, (byte) level, (byte) description));
                }
            }
            for (int type : new int[] {19, 21, 23, 24, 25, 63}) {
                for (int length : LENGTHS) {
                    all.add(record(type, version, 0, 7, new byte[length]));
                }
            }
            all.add(record(20, version, 0, 7, (byte) 2));
            all.add(record(20, version, 0, 7));
            all.add(record(20, version, 0, 7, (byte) 1, (byte) 1));
            for (int message : new int[] {0, 5, 6, 8, 9, 20, 21, 23, 24, 25, 67, 127, 128, 254, 255}) {
                all.add(record(22, version, 0, (1L << 48) - 1, fragment(message, 1, 5, 0, 5, 5)));
            }
            for (int message : new int[] {1, 2, 11, 12, 14, 16}) {
                all.add(record(22, version, 0, 7, fragment(message, 0, 60_000, 0, 5, 5))); // too long a message
                all.add(record(22, version, 0, 7, fragment(message, 0, 5, 0, 50, 5))); // cut short
                all.add(record(22, version, 0, 7, fragment(message, 0, 5, 4, 5, 5))); // beyond its end
                all.add(record(
                        22, version, 0, 7, Arrays.copyOf(fragment(message, 0, 5, 0, 5, 5), 11))); // less than a header
            }
        }
        byte[] whole = record(22, 0xfefd, 0, 7, new byte[50]);
        for (int length = 1; length < whole.length; length++) {
            all.add(Arrays.copyOf(whole, length));
        }
        return all;
    }

    @Test
    void noneEndsAnAssociationUnderAnyCipherOnEitherSideAndNothingIsSaidToThem() {
        List<byte[]> forgeries = forgeries();
        for (int suite : HandshakeParameters.CIPHER_SUITES) {
            String name = FastGcmCrypto.suiteName(suite);
            Side c = side(ec, suite);
            Side s = side(name.contains("RSA_WITH") ? rsa : ec);
            s.start(DtlsRole.SERVER, c);
            c.start(DtlsRole.CLIENT, s);
            Side.exchange(c, s);
            for (Side victim : List.of(c, s)) {
                Side peer = victim == c ? s : c;
                victim.events.clear();
                for (byte[] d : forgeries) {
                    victim.take(d);
                }
                assertEquals(List.of(), victim.events, name);
                assertEquals(0, victim.out.size(), name + ": answers to forgeries");
                peer.engine.send(new byte[] {1, 2}, 0, 2);
                Side.exchange(c, s);
                assertArrayEquals(
                        new byte[] {1, 2},
                        victim.event(DtlsEvent.Data.class).plaintext().copy(),
                        name);
            }
            c.engine.close();
            Side.exchange(c, s);
            assertNull(s.event(DtlsEvent.Closed.class).cause(), name + ": what is authentic still ends it");
        }
    }

    @Test
    void noneKeepsAHandshakeFromItsEnd() {
        List<byte[]> forgeries = forgeries();
        for (DtlsIdentity identity : List.of(ec, rsa)) {
            Side c = side(ec);
            Side s = side(identity);
            forgeries.stream().limit(BcDtlsEngine.MAX_QUEUED).forEach(s::take);
            s.start(DtlsRole.SERVER, c);
            forgeries.forEach(s::take);
            c.start(DtlsRole.CLIENT, s);
            forgeries.forEach(c::take);
            int[] turn = {0};
            Side.exchange(c, s, to -> {
                for (int i = turn[0]++ % 5; i < forgeries.size(); i += 5) {
                    to.take(forgeries.get(i));
                }
            });
            assertNotNull(c.event(DtlsEvent.Connected.class), c.events + " " + c.engine.dropCounts());
            assertNotNull(s.event(DtlsEvent.Connected.class), s.events + " " + s.engine.dropCounts());
            s.engine.send(new byte[] {9}, 0, 1);
            Side.exchange(c, s);
            assertArrayEquals(
                    new byte[] {9}, c.event(DtlsEvent.Data.class).plaintext().copy());
        }
    }

    @Test
    void anAlertInTheClearIsBelievedOfAPeerThatHasBegunWhenNothingElseComesAndNotBefore() {
        Side c = side(ec);
        Side s = side(ec);
        s.start(DtlsRole.SERVER, c);
        c.start(DtlsRole.CLIENT, s);
        byte[] alert = record(21, 0xfefd, 0, 0, (byte) 2, (byte) 42);
        c.take(alert);
        now += 5 * DoubtfulAlert.DOUBT_NANOS;
        c.engine.handleTimeout(now);
        c.collect();
        assertEquals(List.of(), c.events, "it has not begun");
        s.take(c.out.poll());
        c.take(s.out.poll());
        c.take(alert);
        assertEquals(List.of(), c.events);
        now += DoubtfulAlert.DOUBT_NANOS - 1;
        c.engine.handleTimeout(now);
        c.collect();
        assertEquals(List.of(), c.events);
        now += 1;
        c.engine.handleTimeout(now);
        c.collect();
        assertEquals(
                "the peer ended DTLS with bad_certificate(42)",
                c.event(DtlsEvent.Closed.class).cause());
        assertEquals(42, c.event(DtlsEvent.Closed.class).receivedAlert());
    }

    @Test
    void aServerThatCannotAnswerAClientHelloWaitsForAnother() {
        Side c = side(ec);
        Side s = side(ec);
        s.start(DtlsRole.SERVER, c);
        s.take(record(22, 0xfefd, 0, 0, fragment(1, 0, 60, 0, 60, 60))); // nonsense
        s.take(record(22, 0xfeff, 0, 1, fragment(1, 0, 300, 0, 10, 10))); // a part of one of another length
        assertEquals(List.of(), s.events);
        assertEquals(0, s.out.size());
        c.start(DtlsRole.CLIENT, s);
        Side.exchange(c, s);
        assertNotNull(s.event(DtlsEvent.Connected.class), s.events + " " + s.engine.dropCounts());
        assertNotNull(c.event(DtlsEvent.Connected.class));
        s.engine.handleTimeout(now + DoubtfulAlert.DOUBT_NANOS);
        s.collect();
        assertNull(s.event(DtlsEvent.Closed.class));
    }

    @Test
    void aServerWhoseClientOffersNothingForItSaysSoWhenNoOtherClientHelloHasComeForTenSeconds() {
        Side c = side(ec, 0xc02f);
        Side s = side(ec);
        s.start(DtlsRole.SERVER, c);
        c.start(DtlsRole.CLIENT, s);
        Side.exchange(c, s);
        long begin = now;
        for (int i = 0; i < 3 * BcDtlsEngine.MAX_ATTEMPTS; i++) {
            now += 200_000_000L;
            c.engine.handleTimeout(now);
            Side.exchange(c, s);
            s.engine.handleTimeout(now);
        }
        now = begin + UnansweredHello.UNANSWERED_NANOS - 1;
        s.engine.handleTimeout(now);
        assertEquals(List.of(), s.events);
        now++;
        s.engine.handleTimeout(now);
        s.collect();
        assertEquals(40, s.event(DtlsEvent.Closed.class).sentAlert(), "handshake_failure");
        assertTrue(s.event(DtlsEvent.Closed.class).isFailure());
        assertEquals(21, s.out.getLast()[0], "which the client is told");
    }

    @Test
    void aWholeClientHelloAfterManyThatCouldNotBeAnsweredWaitsNoLongerThanTheTimeBetweenThem() {
        Side c = side(ec);
        Side s = side(ec);
        s.start(DtlsRole.SERVER, c);
        for (int i = 0; i < BcDtlsEngine.MAX_ATTEMPTS - 1; i++) {
            s.take(record(22, 0xfefd, 0, 0, fragment(1, 0, 60, 0, 60, 60)));
        }
        s.take(record(
                22,
                0xfeff,
                0,
                1,
                fragment(1, 0, 300, 0, 10, 10))); // left lying: its handshake waits, each time twice as long
        for (int i = 0; i < 3; i++) {
            now += 3_000_000_000L;
            s.engine.handleTimeout(now);
        }
        c.start(DtlsRole.CLIENT, s);
        Side.exchange(c, s);
        assertEquals(List.of(), s.events);
        now += 250_000_000L;
        s.engine.handleTimeout(now);
        Side.exchange(c, s);
        assertNotNull(s.event(DtlsEvent.Connected.class), s.events + " " + s.engine.dropCounts());
    }

    /** The same flight, with its Certificate announced as one of 60,000 bytes. */
    private static byte[] withALargeCertificate(byte[] datagram) {
        byte[] d = datagram.clone();
        for (int p = 0; p < d.length; p += 13 + Bytes.u16(d, p + 11)) {
            if (d[p] == 22 && Bytes.u16(d, p + 3) == 0 && d[p + 13] == 11) {
                Bytes.put16(d, p + 15, 60_000);
            }
        }
        return d;
    }

    @Test
    void aPeerWhoseCertificateIsBeyondTheBoundIsToldSoAfterTenSecondsInEitherRole() {
        for (boolean isServer : new boolean[] {true, false}) {
            Side c = side(ec);
            Side s = side(ec);
            Side victim = isServer ? s : c;
            s.start(DtlsRole.SERVER, c);
            c.start(DtlsRole.CLIENT, s);
            List<byte[]> flight = new ArrayList<>();
            for (int turn = 0; turn < 4; turn++) {
                Side from = turn % 2 == 0 ? c : s;
                Side to = from == c ? s : c;
                for (byte[] d = from.out.poll(); d != null; d = from.out.poll()) {
                    if (to == victim) {
                        flight.add(withALargeCertificate(d));
                        to.take(flight.get(flight.size() - 1));
                    } else {
                        to.take(d);
                    }
                }
            }
            long begin = now;
            for (int seconds : new int[] {1, 3, 7}) {
                now = begin + seconds * 1_000_000_000L;
                victim.engine.handleTimeout(now);
                flight.forEach(victim::take);
            }
            now = begin + OversizedMessage.STUCK_NANOS - 1;
            victim.engine.handleTimeout(now);
            victim.collect();
            assertEquals(List.of(), victim.events);
            victim.out.clear();
            now = victim.engine.nextTimeoutNanos();
            assertEquals(begin + OversizedMessage.STUCK_NANOS, now);
            victim.engine.handleTimeout(now);
            victim.collect();
            DtlsEvent.Closed closed = victim.event(DtlsEvent.Closed.class);
            assertEquals(
                    "DTLS failed: the peer's handshake message of 60000 bytes is beyond the bound of 32768",
                    closed.cause());
            assertEquals(47, closed.sentAlert(), "illegal_parameter");
            assertEquals(21, victim.out.getLast()[0], "which the peer is told");
            assertEquals(ProtocolCore.NEVER, victim.engine.nextTimeoutNanos());
        }
    }

    @Test
    void aForgedMessageBeyondTheBoundEndsNothingWhereThePeersOwnComesOrTheHandshakeWaitsForAnother() {
        Side c = side(ec);
        Side s = side(ec);
        s.start(DtlsRole.SERVER, c);
        c.start(DtlsRole.CLIENT, s);
        s.take(record(22, 0xfefd, 0, 0, fragment(1, 0, 60_000, 0, 5, 5)));
        c.take(record(22, 0xfefd, 0, 0, fragment(2, 0, 60_000, 0, 5, 5)));
        now += OversizedMessage.STUCK_NANOS - 1;
        c.engine.handleTimeout(now);
        s.take(c.out.poll());
        now++;
        s.engine.handleTimeout(now);
        c.engine.handleTimeout(now);
        s.collect();
        c.collect();
        assertEquals(List.of(), s.events, "the ClientHello has come");
        assertEquals(List.of(), c.events, "the server has not begun");
        for (Side victim : List.of(s, c)) {
            victim.take(record(22, 0xfefd, 0, 0, fragment(11, 5, 60_000, 0, 5, 5)));
        }
        now += OversizedMessage.STUCK_NANOS;
        s.engine.handleTimeout(now);
        c.engine.handleTimeout(now);
        s.collect();
        c.collect();
        assertEquals(List.of(), s.events, "it is not the next");
        assertEquals(List.of(), c.events);
        s.take(record(22, 0xfefd, 0, 0, fragment(11, 1, 60_000, 0, 5, 5)));
        Side.exchange(c, s);
        now += OversizedMessage.STUCK_NANOS;
        s.engine.handleTimeout(now);
        s.collect();
        assertNotNull(s.event(DtlsEvent.Connected.class), s.events + " " + s.engine.dropCounts());
        assertNull(s.event(DtlsEvent.Closed.class));
    }

    @Test
    void aFlightThatIsRepeatedIsAnsweredAgainButNotEachTimeNorWithoutEnd() {
        Side c = side(ec);
        Side s = side(ec);
        s.start(DtlsRole.SERVER, c);
        c.start(DtlsRole.CLIENT, s);
        byte[] hello = c.out.poll();
        s.take(hello);
        int flight = s.out.size();
        List<byte[]> ofServer = List.copyOf(s.out);
        s.out.clear();
        for (int i = 0; i < 200; i++) {
            s.take(hello);
        }
        assertEquals(flight, s.out.size(), "one answer more for all that come at once");
        s.out.clear();
        for (int ms = 0; ms < 10_000; ms += 10) {
            now += 10_000_000L;
            s.take(hello);
        }
        assertTrue(s.out.size() <= 24 * flight, s.out.size() + " datagrams in flights of " + flight);
        assertTrue(s.out.size() >= 15 * flight, s.out.size() + " datagrams: a peer that is still there is answered");
        s.out.clear();
        // The other way: the server's flight, repeated to a client that has answered it.
        ofServer.forEach(c::take);
        int answer = c.out.size();
        List<byte[]> ofClient = List.copyOf(c.out);
        c.out.clear();
        for (int i = 0; i < 50; i++) {
            ofServer.forEach(c::take);
        }
        assertEquals(answer, c.out.size(), "one more");
        c.out.clear();
        ofClient.forEach(s::take);
        s.out.clear();
        s.collect();
        assertNotNull(s.event(DtlsEvent.Connected.class), s.events + " " + s.engine.dropCounts());
        for (int i = 0; i < 20; i++) {
            now += 1_000_000_000L;
            s.take(hello);
            ofClient.forEach(s::take);
        }
        assertEquals(0, s.out.size(), "its last flight needs a new Finished, which is under keys");
        assertNull(s.engine.dropCounts().get(RecordFilter.BEYOND_BOUNDS));
    }

    @Test
    void helloVerifyRequestsDrawOneClientHelloMoreAndNotOneEach() {
        Side c = side(ec);
        c.start(DtlsRole.CLIENT, side(ec));
        c.out.clear();
        for (int i = 0; i < 200; i++) {
            byte[] body = new byte[12 + 3 + 1 + i % 30];
            body[0] = 3;
            Bytes.put16(body, 2, body.length - 12);
            Bytes.put16(body, 4, i % 3);
            Bytes.put16(body, 10, body.length - 12);
            Bytes.put16(body, 12, 0xfefd);
            body[14] = (byte) (1 + i % 30);
            c.take(record(22, 0xfefd, 0, i, body));
        }
        assertTrue(c.out.size() >= 1 && c.out.size() <= 3, c.out.size() + " ClientHellos");
        assertEquals(List.of(), c.events);
        c.engine.close();
    }

    @Test
    void aPeerThatResendsAsRfc6347SaysIsAnsweredEachTimeHoweverItCutsItsMessages() {
        for (int first : new int[] {50, 100, 300, 1_000}) {
            Side c = side(ec);
            Side s = side(ec);
            s.start(DtlsRole.SERVER, c);
            c.start(DtlsRole.CLIENT, s);
            byte[] hello = c.out.poll();
            s.take(hello);
            int flight = s.out.size();
            for (int wait = first, n = 0; n < 8; wait = Math.min(2 * wait, 3_000), n++) {
                s.out.clear();
                now += wait * 1_000_000L;
                if (n % 2 == 0) {
                    s.take(hello);
                } else {
                    for (byte[] part : inParts(hello, 1 + n)) {
                        now += 1_000_000L;
                        s.take(part);
                    }
                }
                assertEquals(flight, s.out.size(), "resent the " + n + "th time, after " + wait + " ms, of " + first);
            }
            Side.exchange(c, s);
            assertNotNull(c.event(DtlsEvent.Connected.class), c.events + " " + s.engine.dropCounts());
            assertEquals(null, s.engine.dropCounts().get(Repeats.TOO_OFTEN));
        }
    }

    /** A record with one message, as records with fragments of it. */
    private static List<byte[]> inParts(byte[] record, int parts) {
        List<byte[]> all = new ArrayList<>();
        int length = record.length - 25;
        for (int i = 0; i < parts; i++) {
            int from = length * i / parts;
            int to = length * (i + 1) / parts;
            byte[] body = new byte[12 + to - from];
            System.arraycopy(record, 13, body, 0, 12);
            Bytes.put16(body, 7, from);
            Bytes.put16(body, 10, to - from);
            System.arraycopy(record, 25 + from, body, 12, to - from);
            all.add(record(22, 0xfefd, 0, 0, body));
        }
        return all;
    }

    @Test
    @NoInternalErrors.Provoked
    void aHeldDatagramThatMakesOurCodeFailCostsItselfOnly() {
        for (boolean beforeStart : new boolean[] {true, false}) {
            Side c = side(ec, 0xc009); // by Bouncy Castle throughout
            Side s = side(ec);
            byte[] poison = record(23, 0xfefd, 1, 0x666, new byte[] {1, 2, 3});
            int[] seen = {0};
            s.engine.filter = new RecordFilter(new Counters()) {
                @Override
                byte[] sift(byte[] data, int offset, int length) {
                    if (length == poison.length
                            && Bytes.u16(data, offset + 9) == 0x666
                            && ++seen[0] == (beforeStart ? 1 : 2)) {
                        throw new ArrayIndexOutOfBoundsException("a bug");
                    }
                    return super.sift(data, offset, length);
                }
            };
            if (beforeStart) {
                s.take(poison);
            }
            s.start(DtlsRole.SERVER, c);
            if (!beforeStart) {
                s.take(poison);
            }
            c.start(DtlsRole.CLIENT, s);
            Side.exchange(c, s);
            assertNotNull(s.event(DtlsEvent.Connected.class), s.events.toString());
            assertEquals(1, s.engine.dropCounts().get(Counters.INTERNAL_ERROR));
        }
    }
}
