package dev.jvmrtc.jsep;

import dev.jvmrtc.sdp.Attribute;
import dev.jvmrtc.sdp.MediaDescription;
import dev.jvmrtc.sdp.SdpException;
import dev.jvmrtc.sdp.SdpSession;
import dev.jvmrtc.sdp.Section;
import dev.jvmrtc.wire.Words;
import java.util.List;

/** A description that has been applied or is about to be. Candidates are added to its text as they become known. */
public final class Description {
    private final SdpType type;
    private final SdpSession session;
    private final List<Section> sections;
    private String text;

    private Description(SdpType type, SdpSession session, List<Section> sections) {
        this.type = type;
        this.session = session;
        this.sections = sections;
    }

    public static Description parse(SdpType type, String sdp) throws SdpException {
        SdpSession s = SdpSession.parse(sdp);
        Description d = new Description(type, s, Section.readAll(s));
        d.text = sdp;
        return d;
    }

    Description withType(SdpType newType) {
        Description d = new Description(newType, session, sections);
        d.text = text;
        return d;
    }

    public SdpType type() {
        return type;
    }

    public List<Section> sections() {
        return sections;
    }

    SdpSession session() {
        return session;
    }

    public String text() {
        if (text == null) {
            text = session.toString();
        }
        return text;
    }

    Section byMid(String mid) {
        for (Section s : sections) {
            if (mid != null && mid.equals(s.mid())) {
                return s;
            }
        }
        return null;
    }

    /** Adds a candidate line ("candidate:…") to a section; RFC 9429 §5.2.2 puts the first usable one into m= and c= as the default. */
    void addCandidate(int mLineIndex, String candidate) {
        MediaDescription m = session.media.get(mLineIndex);
        String value = candidate.startsWith("candidate:") ? candidate.substring("candidate:".length()) : candidate;
        m.attributes.add(Attribute.of("candidate", value));
        String[] w = Words.of(value);
        if (m.port == 9 && w.length > 5 && w[2].equalsIgnoreCase("udp") && w[1].equals("1") && !w[4].endsWith(".local")) {
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
