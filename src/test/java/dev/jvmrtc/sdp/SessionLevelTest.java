package dev.jvmrtc.sdp;

import static dev.jvmrtc.sdp.HostileDescriptions.head;
import static dev.jvmrtc.sdp.HostileDescriptions.video;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands before the first media section holds for all of them. */
class SessionLevelTest {

    private static Section read(String session, String lines) throws SdpException {
        return Section.readAll(
                        SdpSession.parse(head(session) + video("96", "0", lines).replace("a=sendrecv\r\n", "")))
                .get(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sendonly", "recvonly", "inactive", "sendrecv"})
    void aDirectionHoldsForSectionsThatHaveNone(String direction) throws SdpException {
        assertEquals(direction, read("a=" + direction + "\r\n", "").direction());
        assertEquals(
                "sendonly", read("a=" + direction + "\r\n", "a=sendonly\r\n").direction());
        assertEquals("sendrecv", read("", "").direction());
    }

    @Test
    void extensionsAreThoseOfTheSectionAndThenThoseOfTheSession() throws SdpException {
        String session = "a=extmap:3 urn:a\r\na=extmap:4 urn:b\r\na=extmap:5/sendonly urn:c\r\n";
        assertEquals(
                List.of(new ExtMap(3, null, "urn:a"), new ExtMap(4, null, "urn:b"), new ExtMap(5, "sendonly", "urn:c")),
                read(session, "").extensions());
        // An id and a URI mean one thing in a section, and the section knows better.
        assertEquals(
                List.of(new ExtMap(3, null, "urn:x"), new ExtMap(7, null, "urn:b"), new ExtMap(5, "sendonly", "urn:c")),
                read(session, "a=extmap:3 urn:x\r\na=extmap:7 urn:b\r\n").extensions());
    }

    @ParameterizedTest
    @CsvSource({
        "'', '', 9223372036854775807",
        "b=TIAS:300000, '', 300000",
        "'', b=TIAS:200000, 200000",
        "b=TIAS:300000, b=TIAS:200000, 200000",
        "b=TIAS:300000, b=TIAS:400000, 300000",
        "'', b=AS:100, 79000",
        "b=AS:100, '', 9223372036854775807",
        "b=CT:100, '', 100000",
        "b=CT:100, b=AS:1000, 100000",
        "'', b=CT:100, 9223372036854775807",
        "b=x, '', 9223372036854775807"
    })
    void theBandwidthOfTheSessionIsTheMostForEachSection(String session, String section, long most)
            throws SdpException {
        String sdp = head("") + video("96", "0", "");
        sdp = session.isEmpty() ? sdp : sdp.replace("t=0 0", session + "\r\nt=0 0");
        sdp = section.isEmpty() ? sdp : sdp.replace("a=mid:0", section + "\r\na=mid:0");
        SdpSession parsed = SdpSession.parse(sdp);
        assertEquals(most, Section.readAll(parsed).get(0).maxBitrate());
        assertEquals(sdp, parsed.toString(), "written where it stood");
    }

    @Test
    void aRejectedSectionNeedsNothing() throws SdpException {
        List<Section> all = Section.readAll(
                SdpSession.parse(
                        head("")
                                + "m=video 0 RTP/AVP 0\r\nm=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\nm=image 0 udptl t38\r\n"));
        assertTrue(all.stream().allMatch(Section::rejected));
    }
}
