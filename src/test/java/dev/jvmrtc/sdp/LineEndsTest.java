package dev.jvmrtc.sdp;

import static dev.jvmrtc.sdp.HostileDescriptions.head;
import static dev.jvmrtc.sdp.HostileDescriptions.video;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where lines end. */
class LineEndsTest {
    private static final String SDP = head("") + video("96", "0", "");

    @ParameterizedTest
    @ValueSource(strings = {"\r\n", "\n", " \r\n", "\t \n", "\r\r\n"})
    void linesEndInLineFeedsWhateverBlanksAreBefore(String end) throws SdpException {
        assertEquals(SDP, SdpSession.parse(SDP.replace("\r\n", end)).toString());
        assertEquals(SDP, SdpSession.parse(SDP.replace("\r\n", end) + end).toString());
        assertEquals(
                "0",
                Section.readAll(SdpSession.parse(SDP.replace("\r\n", end)))
                        .get(0)
                        .mid());
    }

    @Test
    void aSessionNameMayBeASpace() throws SdpException {
        String sdp = SDP.replace("s=-", "s= ");
        assertEquals(sdp, SdpSession.parse(sdp).toString());
    }

    @Test
    void nothingElseEndsALine() {
        assertThrows(SdpException.class, () -> SdpSession.parse(SDP.replace("\r\n", "\r")));
        assertThrows(SdpException.class, () -> SdpSession.parse(SDP.replaceFirst("a=mid", "\r\na=mid")));
    }
}
