package dev.jvmrtc.jsep;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.sdp.Section;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which sections of an offer our answer takes, and in which BUNDLE groups: one that is refused can be the one whose
 * transport the others use.
 */
final class BundleAnswer {
    private final Set<String> taken = new HashSet<>();
    private final List<List<String>> groups = new ArrayList<>();

    /**
     * Decides for all sections of an offer. RFC 9143 §7.3.3 of the tagged section of a group: "the answerer cannot
     * reject the "m=" section in the answer. The answerer can reject the whole offer, reject each bundled "m=" section
     * within the BUNDLE group, or keep the "m=" section within the BUNDLE group in the answer and later create an offer
     * where the "m=" section is disabled". We keep it, inactive, where its transceiver was stopped, as Chromium does.
     * Where there is no codec for it, the group goes on with the next section that has a transport (§7.3.1), for which
     * we take one that has its lines, bundle-only or not: ours and Chromium's have. Only where there is none, all are
     * rejected.
     *
     * @param wanted sections that have a use
     * @param canStay sections that have none any more but could be answered, inactive
     * @param maxBundle RFC 9429 §5.3.1 has rejected, where "this is not the first "m=" section or in the same bundle
     *     group as the first "m=" section"; we take the first that is not refused. What it has for the policy
     *     "balanced", one section of a kind without BUNDLE, would cost SIP peers sections that work.
     */
    BundleAnswer(Description offer, Predicate<Section> wanted, Predicate<Section> canStay, boolean maxBundle) {
        for (Section o : offer.sections()) {
            assert Steps.count();
            if (wanted.test(o)) {
                taken.add(o.mid());
            }
        }
        for (List<String> group : offer.bundleGroups()) {
            assert Steps.count(group.size());
            List<String> kept = new ArrayList<>(group);
            kept.removeIf(mid -> !taken.contains(mid));
            String tag = offer.tagOf(group.get(0));
            if (!kept.isEmpty() && !taken.contains(tag)) {
                goOn(offer, kept, tag, canStay.test(offer.byMid(tag)));
            }
            if (!kept.isEmpty()) {
                groups.add(kept);
            }
        }
        if (maxBundle) {
            offer.sections().stream()
                    .map(Section::mid)
                    .filter(taken::contains)
                    .findFirst()
                    .map(offer::tagOf)
                    .ifPresent(one -> {
                        taken.removeIf(mid -> !offer.tagOf(mid).equals(one));
                        groups.removeIf(g -> !taken.contains(g.get(0)));
                    });
        }
    }

    /** A group whose tagged section has no use. */
    private void goOn(Description offer, List<String> kept, String tag, boolean tagCanStay) {
        if (tagCanStay) {
            taken.add(tag);
            kept.add(0, tag);
            return;
        }
        for (String mid : kept) {
            assert Steps.count();
            Section s = offer.byMid(mid);
            if (s.iceUfrag() != null && s.icePwd() != null && !s.fingerprints().isEmpty()) {
                kept.remove(mid);
                kept.add(0, mid);
                return;
            }
        }
        kept.forEach(taken::remove);
        kept.clear();
    }

    boolean takes(Section o) {
        return taken.contains(o.mid());
    }

    /** The groups that are left, with the section first whose transport they use. */
    List<List<String>> groups() {
        return groups;
    }
}
