package dev.jvmrtc.jsep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.MediaKind;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Names of DTLS associations in descriptions (RFC 8842). */
class TlsIdsTest {
    private final Negotiator a = negotiator(1);
    private final Negotiator b = negotiator(2);

    private static Negotiator negotiator(int seed) {
        Random random = new Random(seed);
        return new Negotiator(new LocalSettings(
                BundlePolicy.MAX_COMPAT,
                List.of("sha-256 AA:BB"),
                () -> new Credentials(
                        "uuuu" + random.nextInt(1_000_000),
                        "pppppppppppp" + (1_000_000_000 + random.nextInt(1_000_000_000))),
                () -> random.nextInt() & 0xffffffffL,
                () -> "track" + random.nextInt(),
                "cname",
                "1",
                1 << 20,
                false));
    }

    private static List<String> ids(Description d) {
        return d.sections().stream().map(s -> s.tlsId()).toList();
    }

    private static String offer(Negotiator n, boolean restart) throws JsepException {
        String offer = n.createOffer(restart);
        n.applyLocal(n.parse(true, SdpType.OFFER, offer));
        return offer;
    }

    private static String answer(Negotiator n, String offer) throws JsepException {
        n.applyRemote(n.parse(false, SdpType.OFFER, offer));
        String answer = n.createAnswer();
        assertEquals(
                answer.lines().filter(l -> l.startsWith("a=tls-id")).toList(),
                n.createAnswer().lines().filter(l -> l.startsWith("a=tls-id")).toList());
        n.applyLocal(n.parse(true, SdpType.ANSWER, answer));
        return answer;
    }

    private void agree() throws JsepException {
        a.applyRemote(a.parse(false, SdpType.ANSWER, answer(b, offer(a, false))));
    }

    @Test
    void eachTransportHasANameThatStays() throws JsepException {
        a.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV, false, null);
        a.wantData();
        agree();
        List<String> ours = ids(a.local());
        List<String> theirs = ids(b.local());
        assertNotEquals(ours.get(0), ours.get(1));
        assertEquals(theirs.get(0), theirs.get(1), "BUNDLE has joined them");
        assertEquals(theirs.get(0), a.plan().transports().get(0).tlsId());
        assertEquals(ours.get(0), b.plan().transports().get(0).tlsId());
        assertTrue(b.plan().transports().get(0).dtlsClient());
        offer(a, true);
        assertEquals(ours.get(0), ids(a.local()).get(0));
        assertEquals(ours.get(0), ids(a.local()).get(1));
        a.rollback(true);
        agree();
        assertEquals(theirs, ids(b.local()));
        a.applyRemote(a.parse(false, SdpType.OFFER, offer(b, true)));
        assertEquals(theirs, ids(b.local()));
    }

    @Test
    void aPeerThatNamesNoneIsAnsweredWithoutAndMayBeOfferedOne() throws JsepException {
        a.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV, false, null);
        String offer = offer(a, false).replaceAll("a=tls-id:[^\r]*\r\n", "");
        assertFalse(answer(b, offer).contains("a=tls-id"));
        assertNull(b.plan().transports().get(0).tlsId());
        assertTrue(b.createOffer(false).contains("a=tls-id:"));
    }

    @Test
    void aNewNameWithAnIceRestartIsAnsweredWithANewOneAndRolesAreSettledAgain() throws JsepException {
        a.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV, false, null);
        agree();
        String first = ids(b.local()).get(0);
        String other = "x".repeat(24);
        String next = offer(a, true).replaceAll("tls-id:[^\r]*", "tls-id:" + other);
        b.applyRemote(b.parse(false, SdpType.OFFER, next));
        b.rollback(false);
        offer(b, false);
        assertEquals(first, ids(b.local()).get(0), "what came to nothing has changed nothing");
        b.rollback(true);
        String answer = answer(b, next.replace("actpass", "active"));
        assertNotEquals(first, ids(b.local()).get(0));
        assertFalse(b.plan().transports().get(0).dtlsClient());
        a.applyRemote(a.parse(false, SdpType.ANSWER, answer));
        assertTrue(a.plan().transports().get(0).dtlsClient());
        assertEquals(ids(b.local()), ids(a.remote()));
    }

    @Test
    void aNewNameWithoutAnIceRestartIsTheSameAssociation() throws JsepException {
        a.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV, false, null);
        agree();
        List<String> ours = ids(b.local());
        answer(b, offer(a, false).replaceAll("tls-id:[^\r]*", "tls-id:" + "x".repeat(24)));
        assertEquals(ours, ids(b.local()));
    }

    @Test
    void whatIsNoNameIsNotRead() throws JsepException {
        a.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV, false, null);
        assertFalse(answer(b, offer(a, false).replaceAll("tls-id:[^\r]*", "tls-id:short"))
                .contains("tls-id"));
    }
}
