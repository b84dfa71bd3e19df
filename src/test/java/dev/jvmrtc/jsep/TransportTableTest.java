package dev.jvmrtc.jsep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which transport serves which section. */
class TransportTableTest {

    private static TransportTable offered(BundlePolicy policy) {
        TransportTable t = new TransportTable(policy);
        t.assignForOffer("a0", "audio", "a0");
        t.assignForOffer("a1", "audio", "a0");
        t.assignForOffer("v0", "video", "a0");
        t.assignForOffer("d", "application", "a0");
        return t;
    }

    @ParameterizedTest
    @CsvSource({"BALANCED, 3", "MAX_COMPAT, 4", "MAX_BUNDLE, 1"})
    void aFirstOfferHasAsManyTransportsAsThePolicyWants(BundlePolicy policy, int transports) {
        // webrtc-pc §4.2.4: one for each kind, one for each section, one for all
        TransportTable t = offered(policy);
        assertEquals(transports, t.count());
        assertEquals(transports, t.ids().size());
        assertEquals(policy != BundlePolicy.MAX_COMPAT, t.of("a0").equals(t.of("a1")));
        assertEquals(policy == BundlePolicy.MAX_BUNDLE, t.of("a0").equals(t.of("v0")));
    }

    @Test
    void anAnswerThatBundlesLeavesTheTransportOfTheTaggedSection() {
        TransportTable t = offered(BundlePolicy.MAX_COMPAT);
        Integer tagged = t.of("v0");
        t.setDtlsClient(t.of("a0"), true);
        Integer old = t.of("a0");
        t.bundle(List.of(List.of("v0", "a0")), Set.of("v0", "a0", "d"));
        assertEquals(tagged, t.of("a0"));
        assertEquals("v0", t.tagOf(tagged));
        assertNotEquals(tagged, t.of("d"));
        assertNull(t.of("a1"), "which was rejected");
        assertEquals(2, t.count());
        assertNull(t.dtlsClient(old), "its transport is gone");
    }

    @Test
    void onceThePeerBundlesNewSectionsJoin() {
        TransportTable t = offered(BundlePolicy.MAX_COMPAT);
        t.bundle(List.of(List.of("a0", "a1", "v0", "d")), Set.of("a0", "a1", "v0", "d"));
        t.assignForOffer("v1", "video", "a0");
        assertEquals(t.of("a0"), t.of("v1"));
        assertEquals(1, t.count());
    }

    @Test
    void withoutBundleEachSectionOfAPeerHasItsOwn() {
        TransportTable t = new TransportTable(BundlePolicy.MAX_BUNDLE);
        t.assignForRemoteOffer("0", "0");
        t.assignForRemoteOffer("1", "1");
        assertNotEquals(t.of("0"), t.of("1"));
    }

    @Test
    void aTagThatStandsBelowHasTheTransportAllTheSame() {
        TransportTable t = new TransportTable(BundlePolicy.BALANCED);
        t.assignForRemoteOffer("0", "1");
        t.assignForRemoteOffer("1", "1");
        assertEquals(t.of("1"), t.of("0"));
        assertEquals("1", t.tagOf(t.of("0")));
    }

    @Test
    void idsAreNeverGivenOutTwiceAlsoNotAfterARollback() {
        TransportTable t = new TransportTable(BundlePolicy.MAX_COMPAT);
        t.assignForOffer("0", "audio", "0");
        TransportTable before = t.copy();
        t.assignForOffer("1", "video", "0");
        Integer undone = t.of("1");
        t.restore(before);
        assertNull(t.of("1"));
        t.assignForOffer("2", "video", "0");
        assertTrue(t.of("2") > undone, t.of("2") + " after " + undone);
    }
}
