package dev.jvmrtc.jsep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.MediaKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who begins the DTLS handshake, also where the answer does not say it as it should. */
class DtlsRolesTest {
    private final Negotiator a = BoundedWorkTest.negotiator();

    /** An answer to an offer of audio and data. */
    private String answer() throws JsepException {
        Negotiator b = BoundedWorkTest.negotiator();
        a.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV, false, null);
        a.wantData();
        String offer = a.createOffer(false);
        a.applyLocal(a.parse(true, SdpType.OFFER, offer));
        b.applyRemote(b.parse(false, SdpType.OFFER, offer));
        return b.createAnswer();
    }

    @ParameterizedTest
    @CsvSource({
        "a=setup:active, false",
        "a=setup:passive, true",
        "'', false",
        "a=setup:actpass, false",
        "a=setup:holdconn, false"
    })
    void anAnswerThatDoesNotSayIsTakenForActive(String setup, boolean weBegin) throws JsepException {
        a.applyRemote(a.parse(
                false, SdpType.ANSWER, answer().replace("a=setup:active\r\n", setup.isEmpty() ? "" : setup + "\r\n")));
        assertEquals(1, a.plan().transports().size());
        assertEquals(weBegin, a.plan().transports().get(0).dtlsClient());
        boolean said = setup.endsWith(":active") || setup.endsWith(":passive");
        assertEquals(!said, a.remote().leavesSetupOpen(a.remote().sections().get(0)));
    }

    @Test
    void whatTheTaggedSectionSaysCountsWhereverItStands() throws JsepException {
        String answer = answer().replace("a=setup:active", "a=setup:passive");
        int data = answer.indexOf("m=application");
        String audio =
                answer.substring(0, data).replace("a=setup:passive\r\n", "").replace("BUNDLE 0 1", "BUNDLE 1 0");
        a.applyRemote(a.parse(false, SdpType.ANSWER, audio + answer.substring(data)));
        assertTrue(a.plan().transports().get(0).dtlsClient());
    }

    @ParameterizedTest
    @CsvSource({"AA:BB, false", "aa:bb, false", "CC:DD, true"})
    void anotherCertificateHasItsRolesSettledAgain(String fingerprint, boolean weBegin) throws JsepException {
        String answer = answer();
        a.applyRemote(a.parse(false, SdpType.ANSWER, answer));
        assertFalse(a.plan().transports().get(0).dtlsClient());
        a.applyLocal(a.parse(true, SdpType.OFFER, a.createOffer(true)));
        String next =
                answer.replace("sha-256 AA:BB", "sha-256 " + fingerprint).replace("setup:active", "setup:passive");
        a.applyRemote(a.parse(false, SdpType.ANSWER, next));
        assertEquals(weBegin, a.plan().transports().get(0).dtlsClient());
    }

    @Test
    void aWordThatIsNoneIsRefused() throws JsepException {
        String answer = answer().replace("a=setup:active", "a=setup:ACTIVE");
        assertEquals(
                JsepException.Kind.SYNTAX,
                assertThrows(JsepException.class, () -> a.parse(false, SdpType.ANSWER, answer))
                        .kind());
    }
}
