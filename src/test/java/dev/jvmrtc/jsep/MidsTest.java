package dev.jvmrtc.jsep;

import static dev.jvmrtc.sdp.HostileDescriptions.head;
import static dev.jvmrtc.sdp.HostileDescriptions.video;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jvmrtc.sdp.Section;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What media sections are called. */
class MidsTest {
    private final Mids mids = new Mids();

    private static Description offer(String... sections) throws JsepException {
        StringBuilder sdp = new StringBuilder(head(""));
        for (String mid : sections) {
            sdp.append(mid.isEmpty() ? video("96", "x", "").replace("a=mid:x\r\n", "") : video("96", mid, ""));
        }
        return Negotiator.read(false, SdpType.OFFER, sdp.toString());
    }

    private static List<String> names(Description d) {
        return d.sections().stream().map(Section::mid).toList();
    }

    @Test
    void aNewMidIsInNoUseAndIsThenOfThoseThatAre() {
        Set<String> used = new HashSet<>(Set.of("0", "2"));
        assertEquals("1", mids.unused(used));
        assertEquals("3", mids.unused(used));
        assertEquals(Set.of("0", "1", "2", "3"), used);
    }

    @Test
    void aSectionWithoutAMidIsCalledAsTheOneInItsPlaceWas() throws JsepException {
        Description d = offer("", "");
        mids.nameSections(d, offer("x", "y"), null, HashSet::new);
        assertEquals(List.of("x", "y"), names(d));
    }

    @Test
    void aNameThatAnotherSectionBearsIsNotGivenTwice() throws JsepException {
        // RFC 9429 §5.10: generate a value; RFC 5888 §4: identification tags are unique within a description
        Description d = offer("", "0");
        mids.nameSections(d, offer("0", "1"), null, HashSet::new);
        assertEquals(2, new HashSet<>(names(d)).size(), names(d).toString());
        assertEquals("0", names(d).get(1));
    }

    @Test
    void whatHasAMidKeepsItAndAsksForNoNames() throws JsepException {
        Description d = offer("a", "b");
        mids.nameSections(d, null, null, () -> {
            throw new AssertionError("nobody needs names");
        });
        assertEquals(List.of("a", "b"), names(d));
        assertThrows(
                AssertionError.class,
                () -> mids.nameSections(offer(""), null, null, () -> {
                    throw new AssertionError("here they are needed");
                }));
    }
}
