package dev.jvmrtc.jsep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.jvmrtc.sdp.SdpCodec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Parameters of a description that are about the stream which its author sends. */
class StreamParametersTest {
    private static SdpCodec h264(Map<String, String> parameters) {
        return new SdpCodec(96, "H264", 90_000, 1, parameters, List.of());
    }

    @Test
    void theParameterSetsOfTheOthersStreamBelongToWhatIsReceived() {
        SdpCodec ours = h264(Map.of("packetization-mode", "1"));
        SdpCodec theirs = h264(Map.of(
                "packetization-mode",
                "1",
                "sprop-parameter-sets",
                "Z0LAHpWg,aM48gA==",
                "level-asymmetry-allowed",
                "1"));
        assertEquals(
                Map.of("packetization-mode", "1", "sprop-parameter-sets", "Z0LAHpWg,aM48gA=="),
                Codecs.asSentBy(theirs, ours).parameters());
        assertSame(ours, Codecs.asSentBy(null, ours));
        assertSame(ours, Codecs.asSentBy(ours, ours));
    }

    @Test
    void anAnswerDoesNotClaimTheOfferersParameterSetsForItsOwnStream() {
        assertFalse(
                Codecs.ofBothSides(Map.of("sprop-parameter-sets", "Z0LAHpWg,aM48gA==", "profile-level-id", "42e01f"))
                        .containsKey("sprop-parameter-sets"));
    }
}
