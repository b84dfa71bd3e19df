package dev.jvmrtc.jsep;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.sdp.Attribute;
import dev.jvmrtc.sdp.MediaDescription;
import dev.jvmrtc.sdp.SdpException;
import dev.jvmrtc.sdp.SdpSession;
import dev.jvmrtc.sdp.Section;
import dev.jvmrtc.wire.Words;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A description that has been applied or is about to be. Candidates are added to its text as they become known. */
public final class Description {
    private final SdpType type;
    private final SdpSession session;
    private final List<Section> sections;
    private final Map<String, Section> byMid = new HashMap<>();
    private final List<List<String>> bundleGroups;
    /** The first mid that is in use of the BUNDLE group that a mid is in (RFC 9143 §2, tagged). */
    private final Map<String, String> tags = new HashMap<>();

    private final Map<String, List<String>> groupByTag = new HashMap<>();
    private final int[] candidates;
    private String text;

    private Description(SdpType type, SdpSession session, List<Section> sections) {
        this.type = type;
        this.session = session;
        this.sections = sections;
        this.bundleGroups =
                session.bundleGroups().stream().filter(g -> !g.isEmpty()).toList();
        this.candidates = new int[sections.size()];
        for (Section s : sections) {
            assert Steps.count();
            if (s.mid() != null) {
                byMid.putIfAbsent(s.mid(), s);
            }
            candidates[s.index()] = s.candidates().size();
        }
        for (List<String> group : bundleGroups) {
            String tag = firstInUse(group);
            groupByTag.putIfAbsent(tag, group);
            for (String mid : group) {
                assert Steps.count();
                tags.putIfAbsent(mid, tag);
            }
        }
    }

    /** RFC 9143 §7.5.3: the section that an offer disables with port 0 is not the tagged one. */
    private String firstInUse(List<String> group) {
        for (String mid : group) {
            assert Steps.count();
            if (byMid.containsKey(mid) && !byMid.get(mid).rejected()) {
                return mid;
            }
        }
        return group.get(0);
    }

    /**
     * Parses a description of ours or of the peer's. Needs no state: long ones are parsed outside the connection's
     * lock.
     */
    public static Description parse(boolean local, SdpType type, String sdp) throws SdpException {
        SdpSession s = SdpSession.parse(sdp, local ? SdpSession.MAX_LOCAL_LENGTH : SdpSession.MAX_LENGTH);
        Description d = new Description(type, s, Section.readAll(s));
        d.text = sdp;
        return d;
    }

    /** Names a section that has no a=mid; the text stays as it is. */
    void name(int mLineIndex, String mid) {
        Section named = sections.get(mLineIndex).named(mid);
        sections.set(mLineIndex, named);
        byMid.putIfAbsent(mid, named);
    }

    public SdpType type() {
        return type;
    }

    public List<Section> sections() {
        return Collections.unmodifiableList(sections);
    }

    SdpSession session() {
        return session;
    }

    List<List<String>> bundleGroups() {
        return bundleGroups;
    }

    public String text() {
        if (text == null) {
            text = session.toString();
        }
        return text;
    }

    /** Whether this answer to an offer leaves nothing of the data section that was offered. */
    boolean refusesDataOf(Description offer) {
        boolean offered = false;
        for (int i = 0; i < Math.min(sections.size(), offer.sections.size()); i++) {
            assert Steps.count();
            if (offer.sections.get(i).isData() && !offer.sections.get(i).rejected()) {
                if (!sections.get(i).rejected()) {
                    return false;
                }
                offered = true;
            }
        }
        return offered;
    }

    /** The section of a mid, of its line or given by us; null where there is none, and for null. */
    Section byMid(String mid) {
        return mid == null ? null : byMid.get(mid);
    }

    /** The first mid that is in use of the BUNDLE group of this one; the mid itself where it is in none. */
    String tagOf(String mid) {
        return mid == null ? null : tags.getOrDefault(mid, mid);
    }

    /** The mids of the BUNDLE group whose tagged section is this one; none where it is none. */
    List<String> joinedTo(String tag) {
        return groupByTag.getOrDefault(tag, List.of());
    }

    /** Whether BUNDLE joins the section of this mid to another one. */
    public boolean isBundledButNotTagged(String mid) {
        return mid != null && !tagOf(mid).equals(mid);
    }

    /**
     * Whether a section that has a transport of its own says neither active nor passive, as one of an answer has to.
     */
    public boolean leavesSetupOpen(Section s) {
        return !s.rejected()
                && !isBundledButNotTagged(s.mid())
                && !"active".equals(s.setup())
                && !"passive".equals(s.setup());
    }

    /**
     * The ice-ufrag that holds for a section: its own, or that of the section to which BUNDLE joins it. Null where
     * there is none.
     */
    public String ufragOf(Section s) {
        Section tagged = byMid(tagOf(s.mid()));
        return s.iceUfrag() != null || tagged == null ? s.iceUfrag() : tagged.iceUfrag();
    }

    /** The same for a=setup. */
    String setupOf(Section s) {
        Section tagged = byMid(tagOf(s.mid()));
        return s.setup() != null || tagged == null ? s.setup() : tagged.setup();
    }

    /**
     * Adds a candidate line ("candidate:…") to a section, unless that has {@link Section#MAX_CANDIDATES} already; RFC
     * 9429 §5.2.2 puts the first usable one into m= and c= as the default.
     */
    void addCandidate(int mLineIndex, String candidate) {
        if (candidates[mLineIndex] >= Section.MAX_CANDIDATES) {
            return;
        }
        candidates[mLineIndex]++;
        MediaDescription m = session.media.get(mLineIndex);
        String value = candidate.startsWith("candidate:") ? candidate.substring("candidate:".length()) : candidate;
        m.attributes.add(Attribute.of("candidate", value));
        String[] w = Words.of(value);
        if (m.port == 9
                && w.length > 5
                && w[2].equalsIgnoreCase("udp")
                && w[1].equals("1")
                && !w[4].endsWith(".local")
                && w[5].matches("\\d{1,5}")) {
            m.port = Integer.parseInt(w[5]);
            m.connection = "IN " + (w[4].indexOf(':') >= 0 ? "IP6 " : "IP4 ") + w[4];
        }
        text = null;
    }

    void addEndOfCandidates(int mLineIndex) {
        MediaDescription m = session.media.get(mLineIndex);
        if (!m.attributes.has("end-of-candidates")) {
            m.attributes.flag("end-of-candidates");
            text = null;
        }
    }
}
