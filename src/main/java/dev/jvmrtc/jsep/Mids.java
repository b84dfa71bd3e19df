package dev.jvmrtc.jsep;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.sdp.Section;
import java.util.Set;
import java.util.function.Supplier;

/** Names of media sections: the a=mid of those that we offer, and what we call those of a peer that gives none. */
final class Mids {
    private int next;

    /** A mid that is in no use; it is added to those that are. */
    String unused(Set<String> used) {
        String mid;
        do {
            mid = Integer.toString(next++);
        } while (!used.add(mid));
        return mid;
    }

    /**
     * Gives each section without an a=mid line a name, so that all else need not ask whether there is one: that of the
     * section at its place in an earlier description, or a new one. RFC 9429 §5.10: "If the m= section does not include
     * a MID (i.e., the remote endpoint does not support the MID extension), generate a value for the RtpTransceiver mid
     * property". Without RFC 5888, sections of offer and answer belong together by their order (RFC 3264 §6: "For each
     * "m=" line in the offer, there MUST be a corresponding "m=" line in the answer").
     *
     * @param earlier the offer that an answer is for, or the agreement that an offer changes; null without one
     * @param replaced the pending offer that an offer replaces, or null
     * @param used all mids of descriptions and transceivers in force; asked for only where a name is needed
     */
    void nameSections(Description d, Description earlier, Description replaced, Supplier<Set<String>> used) {
        Set<String> taken = null;
        for (int i = 0; i < d.sections().size(); i++) {
            assert Steps.count();
            if (d.sections().get(i).mid() != null) {
                continue;
            }
            Section before = at(earlier, i) != null ? at(earlier, i) : at(replaced, i);
            if (before != null && d.byMid(before.mid()) == null) {
                d.name(i, before.mid());
                continue;
            }
            if (taken == null) {
                taken = used.get();
                for (Section s : d.sections()) {
                    assert Steps.count();
                    taken.add(s.mid());
                }
            }
            d.name(i, unused(taken));
        }
    }

    private static Section at(Description d, int index) {
        return d != null && index < d.sections().size() ? d.sections().get(index) : null;
    }
}
