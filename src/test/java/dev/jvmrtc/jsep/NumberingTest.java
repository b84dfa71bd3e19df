package dev.jvmrtc.jsep;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jvmrtc.core.MediaKind;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Payload types and ids of header extensions: what an agreement has named keeps its name. */
class NumberingTest {
    private final Negotiator ours = BoundedWorkTest.negotiator();
    private final Negotiator peer = BoundedWorkTest.negotiator();

    NumberingTest() {
        for (Negotiator n : List.of(ours, peer)) {
            n.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV, true, null);
            n.addTransceiver(MediaKind.VIDEO, Direction.SENDRECV, true, null);
        }
    }

    /** As Chromium numbers them: ids of extensions all others, and our number of VP8 is that of H.264 there. */
    private static String otherNumbers(String sdp) {
        return sdp.replace("a=extmap:1 ", "a=extmap:04 ")
                .replace("a=extmap:2 ", "a=extmap:01 ")
                .replace("a=extmap:3 ", "a=extmap:13 ")
                .replace("a=extmap:0", "a=extmap:")
                .replaceAll("\\b96\\b", "9_6")
                .replaceAll("\\b102\\b", "96")
                .replace("9_6", "102");
    }

    private static TreeSet<String> numbers(String sdp) {
        TreeSet<String> all = new TreeSet<>();
        Pattern.compile("a=(extmap:\\d+ \\S+|rtpmap:\\d+ (?!rtx)\\S+)")
                .matcher(sdp)
                .results()
                .forEach(m -> all.add(m.group(1)));
        return all;
    }

    private void offer(Negotiator n) throws JsepException {
        n.applyLocal(n.parse(true, SdpType.OFFER, n.createOffer(false)));
    }

    private String agreeOnTheirs() throws JsepException {
        offer(peer);
        String offer = otherNumbers(peer.local().text());
        ours.applyRemote(ours.parse(false, SdpType.OFFER, offer));
        ours.applyLocal(ours.parse(true, SdpType.ANSWER, ours.createAnswer()));
        return offer;
    }

    @Test
    void anOfferOfOursAfterTheirsHasTheirNumbers() throws JsepException {
        assertEquals(numbers(agreeOnTheirs()), numbers(ours.createOffer(false)));
    }

    @Test
    void numbersOfAnOfferOfOursThatWasRolledBackAreForgotten() throws JsepException {
        offer(ours);
        ours.rollback(true);
        assertEquals(numbers(agreeOnTheirs()), numbers(ours.createOffer(false)));
    }

    @Test
    void numbersOfAnOfferOfTheirsThatWasRolledBackAreForgotten() throws JsepException {
        TreeSet<String> agreed = numbers(agreeOnTheirs());
        offer(ours);
        ours.rollback(true);
        String other = ours.createOffer(false)
                .replace("extmap:4 ", "extmap:9 ")
                .replaceAll("\\b102\\b", "120")
                .replace("actpass", "active");
        ours.applyRemote(ours.parse(false, SdpType.OFFER, other));
        ours.rollback(false);
        assertEquals(agreed, numbers(ours.createOffer(false)));
    }

    @Test
    void whatTheAgreementHasNotNamedGetsANumberThatIsFree() throws JsepException {
        offer(ours);
        ours.rollback(true);
        offer(peer);
        // Theirs know no VP9, and give its number and the id of the orientation to others.
        String theirs = peer.local()
                .text()
                .replace("a=rtpmap:98 VP9/90000", "a=rtpmap:98 AV1/90000")
                .replace("a=extmap:3 urn:3gpp:video-orientation", "a=extmap:3 urn:x");
        ours.applyRemote(ours.parse(false, SdpType.OFFER, theirs));
        ours.applyLocal(ours.parse(true, SdpType.ANSWER, ours.createAnswer()));
        TreeSet<String> next = numbers(ours.createOffer(false));
        assertEquals(
                next.size(), next.stream().map(l -> l.split(" ")[0]).distinct().count(), next.toString());
        assertEquals(
                List.of("extmap:4 urn:3gpp:video-orientation"),
                next.stream().filter(l -> l.endsWith("orientation")).toList());
    }
}
