package dev.jvmrtc.sdp;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.wire.Words;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a media section means, read once from its lines and those it inherits from the session.
 *
 * @param mid that of its a=mid line, or the name that negotiation gave to a section without one, see {@link #named};
 *     null until then
 * @param direction of the section, else of the session, else sendrecv
 * @param extensions of the section and of the session
 * @param mixedExtensions whether header extensions of one and two bytes may mix (RFC 8285 §6, a=extmap-allow-mixed)
 * @param streamIds of a=msid; empty for "-"
 * @param trackId of a=msid, or null
 * @param ssrcs those of a=ssrc lines, in order, at most {@link #MAX_SSRCS}
 * @param fidGroups primary SSRC to its RTX SSRC (RFC 5576, a=ssrc-group:FID), at most {@link #MAX_SSRCS}
 * @param rids ids of a=rid lines with "send" or "recv"
 * @param candidates values of a=candidate lines, with "candidate:" in front, at most {@link #MAX_CANDIDATES}
 * @param maxBitrate what the writer is willing to receive in bits per second, without headers: {@code b=TIAS}, else
 *     {@code b=AS} less what headers take (RFC 9429 §5.10); no more than what the session has; {@link Long#MAX_VALUE}
 *     where neither says anything
 * @param maxMessageSize RFC 8841 §6.1: 65536 where absent; 0 = no limit
 */
public record Section(
        int index,
        MediaDescription media,
        String mid,
        String kind,
        boolean rejected,
        String direction,
        List<SdpCodec> codecs,
        List<ExtMap> extensions,
        boolean mixedExtensions,
        List<String> streamIds,
        String trackId,
        List<Long> ssrcs,
        Map<Long, Long> fidGroups,
        Map<String, String> rids,
        String simulcast,
        String iceUfrag,
        String icePwd,
        boolean iceLite,
        boolean trickle,
        List<FingerprintLine> fingerprints,
        String setup,
        boolean rtcpMux,
        boolean rtcpReducedSize,
        long maxBitrate,
        Integer sctpPort,
        long maxMessageSize,
        List<String> candidates,
        boolean endOfCandidates) {

    /** SSRCs of a section that are known by their lines; what else comes is told apart by its packets. */
    public static final int MAX_SSRCS = 256;
    /** Candidates in the lines of a section. */
    public static final int MAX_CANDIDATES = 256;
    /** Characters of a candidate; longer ones are ignored. A name in it has at most 253. */
    public static final int MAX_CANDIDATE_LENGTH = 1_024;
    /** Streams that a section's track is in; more are an error. */
    public static final int MAX_STREAMS = 256;
    /** Streams of simulcast that a section names; more are an error. */
    public static final int MAX_RIDS = 64;
    /** Fingerprints of a section; more are an error. */
    public static final int MAX_FINGERPRINTS = 64;

    /** An a=fingerprint line. */
    public record FingerprintLine(String algorithm, String value) {}

    /**
     * What all sections inherit, read once for all of them: RFC 9429 §5.8.1, and with RFC 8866 §6.7 the direction.
     * Chromium does not look for that at this level, and takes such sections for sendrecv. {@code b=} of a session is
     * for all of it (RFC 8866 §5.8); it is taken as the most for each section.
     */
    private record SessionLevel(
            String ufrag,
            String pwd,
            boolean lite,
            boolean trickle,
            boolean mixed,
            boolean endOfCandidates,
            String setup,
            List<FingerprintLine> fingerprints,
            String direction,
            List<ExtMap> extensions,
            long maxBitrate) {

        static SessionLevel of(SdpSession s) throws SdpException {
            AttributeList a = s.attributes;
            return new SessionLevel(
                    iceChars(a, "ice-ufrag", MIN_UFRAG),
                    iceChars(a, "ice-pwd", MIN_PWD),
                    a.has("ice-lite"),
                    trickles(a),
                    a.has("extmap-allow-mixed"),
                    a.has("end-of-candidates"),
                    readSetup(a),
                    readFingerprints(a),
                    directionOf(a, "sendrecv"),
                    ExtMap.readAll(a, List.of()),
                    readMaxTotal(s.bandwidth));
        }
    }

    private static final long DEFAULT_MAX_MESSAGE_SIZE = 65_536;
    /** RFC 8839 §5.4. */
    private static final int MIN_UFRAG = 4;

    private static final int MIN_PWD = 22;
    private static final Set<String> SETUPS = Set.of("actpass", "active", "passive", "holdconn");

    /** Of what is sent over RTP; null for data and for what nothing is known of. */
    public MediaKind mediaKind() {
        return media.mediaKind();
    }

    public boolean isData() {
        return media.isData();
    }

    /** The name of the DTLS association (RFC 8842 §4); null where there is none, or something that is no such name. */
    public String tlsId() {
        String value = media.attributes.value("tls-id");
        return value != null && value.matches("[A-Za-z0-9+/_-]{20,255}") ? value : null;
    }

    /** Whether its lines have an a=mid: those of RFC 3264 peers have none, and rejected sections may omit it. */
    public boolean hasMidLine() {
        return media.mid() != null;
    }

    /** The same section under a name of ours, for one that has no a=mid. Its lines stay as they are. */
    public Section named(String name) {
        return new Section(
                index,
                media,
                name,
                kind,
                rejected,
                direction,
                codecs,
                extensions,
                mixedExtensions,
                streamIds,
                trackId,
                ssrcs,
                fidGroups,
                rids,
                simulcast,
                iceUfrag,
                icePwd,
                iceLite,
                trickle,
                fingerprints,
                setup,
                rtcpMux,
                rtcpReducedSize,
                maxBitrate,
                sctpPort,
                maxMessageSize,
                candidates,
                endOfCandidates);
    }

    /** All sections of a description. */
    public static List<Section> readAll(SdpSession s) throws SdpException {
        SessionLevel session = SessionLevel.of(s);
        List<Section> all = new ArrayList<>();
        for (int i = 0; i < s.media.size(); i++) {
            assert Steps.count();
            all.add(read(session, s.media.get(i), i));
        }
        return all;
    }

    private static Section read(SessionLevel s, MediaDescription m, int index) throws SdpException {
        boolean rtp = m.isMedia();
        AttributeList a = m.attributes;
        Set<String> streams = new LinkedHashSet<>();
        String track = readMsid(m, streams);
        Map<Long, Long> fid = new LinkedHashMap<>();
        Set<Long> ssrcs = readSsrcs(m, fid);
        String ufrag = iceChars(a, "ice-ufrag", MIN_UFRAG);
        String pwd = iceChars(a, "ice-pwd", MIN_PWD);
        String setup = readSetup(a);
        List<FingerprintLine> fingerprints = readFingerprints(a);
        return new Section(
                index,
                m,
                readMid(a),
                m.kind,
                m.isRejected(),
                directionOf(a, s.direction),
                rtp ? SdpCodec.readAll(m) : List.of(),
                rtp ? ExtMap.readAll(a, s.extensions) : List.of(),
                s.mixed || a.has("extmap-allow-mixed"),
                List.copyOf(streams),
                track,
                List.copyOf(ssrcs),
                fid,
                readRids(a),
                a.value("simulcast"),
                ufrag != null ? ufrag : s.ufrag,
                pwd != null ? pwd : s.pwd,
                s.lite,
                s.trickle || trickles(a),
                fingerprints.isEmpty() ? s.fingerprints : fingerprints,
                setup != null ? setup : s.setup,
                a.has("rtcp-mux"),
                a.has("rtcp-rsize"),
                Math.min(s.maxBitrate, readMaxBitrate(m.bandwidth)),
                readSctpPort(m),
                readMaxMessageSize(m),
                readCandidates(a),
                s.endOfCandidates || a.has("end-of-candidates"));
    }

    private static String directionOf(AttributeList a, String otherwise) {
        String own = a.direction();
        return own == null ? otherwise : own;
    }

    private static String readMid(AttributeList attributes) throws SdpException {
        Attribute a = attributes.first("mid");
        if (a != null && (a.value() == null || !Grammar.isToken(a.value()))) {
            throw new SdpException(a.line(), "a=mid is a token of at most " + Grammar.MAX_TOKEN + " characters");
        }
        return a == null ? null : a.value();
    }

    private static Map<String, String> readRids(AttributeList attributes) throws SdpException {
        Map<String, String> rids = new LinkedHashMap<>();
        for (Attribute a : attributes.all("rid")) {
            assert Steps.count();
            String[] w = a.value() == null ? new String[0] : Words.of(a.value());
            if (w.length < 2 || !Grammar.isToken(w[0])) {
                throw new SdpException(
                        a.line(),
                        "a=rid has the form <id> send|recv, with an id of at most " + Grammar.MAX_TOKEN
                                + " characters");
            }
            rids.put(w[0], w[1]);
            if (rids.size() > MAX_RIDS) {
                throw new SdpException(a.line(), "more than " + MAX_RIDS + " a=rid lines in a media section");
            }
        }
        return rids;
    }

    private static String iceChars(AttributeList attributes, String name, int min) throws SdpException {
        Attribute a = attributes.first(name);
        if (a != null && (a.value() == null || !Grammar.isIceChars(a.value(), min))) {
            throw new SdpException(
                    a.line(),
                    "a=" + name + " has " + min + " to " + Grammar.MAX_ICE_CHARS + " letters, digits, + and /");
        }
        return a == null ? null : a.value();
    }

    private static boolean trickles(AttributeList attributes) {
        String options = attributes.value("ice-options");
        return options != null && options.contains("trickle");
    }

    private static String readSetup(AttributeList attributes) throws SdpException {
        Attribute a = attributes.first("setup");
        if (a != null && (a.value() == null || !SETUPS.contains(a.value()))) {
            throw new SdpException(a.line(), "a=setup is actpass, active, passive or holdconn");
        }
        return a == null ? null : a.value();
    }

    private static List<String> readCandidates(AttributeList attributes) {
        List<String> candidates = new ArrayList<>();
        for (Attribute a : attributes.all("candidate")) {
            assert Steps.count();
            if (candidates.size() < MAX_CANDIDATES
                    && a.value() != null
                    && a.value().length() <= MAX_CANDIDATE_LENGTH) {
                candidates.add("candidate:" + a.value());
            }
        }
        return candidates;
    }

    /** How many candidates its lines have that {@link #candidates} leaves out: too many, or too long. */
    public int ignoredCandidates() {
        return media.attributes.all("candidate").size() - candidates.size();
    }

    private static long readMaxBitrate(List<String> bandwidth) {
        long tias = readBandwidth(bandwidth, "TIAS");
        long as = readBandwidth(bandwidth, "AS");
        return tias >= 0 ? tias : as >= 0 ? Math.max(0, as * 950 - 50 * 40 * 8) : Long.MAX_VALUE;
    }

    /**
     * RFC 9429 §5.10, of the session: "For any specified "CT" bandwidth value, set this value as the limit for the
     * maximum total bitrate for all "m=" sections"; "Any "AS" bandwidth value [...] MUST be ignored, as the meaning of
     * this construct at the session level is not well defined." TIAS has one (RFC 3890 §6.2).
     */
    private static long readMaxTotal(List<String> bandwidth) {
        long tias = readBandwidth(bandwidth, "TIAS");
        long ct = readBandwidth(bandwidth, "CT");
        return Math.min(tias >= 0 ? tias : Long.MAX_VALUE, ct >= 0 ? ct * 1_000 : Long.MAX_VALUE);
    }

    /** The number of a {@code b=} line of a type, the first of them; -1 where there is none that can be read. */
    private static long readBandwidth(List<String> bandwidth, String type) {
        for (String b : bandwidth) {
            assert Steps.count();
            String[] w = b.trim().split(":", 2);
            // At most twelve digits, so that nothing overflows; more is no limit.
            if (w.length == 2 && w[0].equalsIgnoreCase(type) && w[1].trim().matches("\\d{1,12}")) {
                return Long.parseLong(w[1].trim());
            }
        }
        return -1;
    }

    /**
     * How long the audio in a packet should last, in milliseconds: {@code a=ptime}, at most {@code a=maxptime} (RFC
     * 8866 §6.4, §6.5); 0 where it says nothing.
     */
    public int ptime() {
        int wanted = millis("ptime");
        int most = millis("maxptime");
        return most > 0 && (wanted == 0 && most < 20 || wanted > most) ? most : wanted;
    }

    private int millis(String attribute) {
        String value = media.attributes.value(attribute);
        return value != null && value.trim().matches("\\d{1,4}") ? Integer.parseInt(value.trim()) : 0;
    }

    private static String readMsid(MediaDescription m, Set<String> streams) throws SdpException {
        String track = null;
        for (Attribute a : m.attributes.all("msid")) {
            assert Steps.count();
            String[] w = a.value() == null ? new String[0] : Words.of(a.value());
            addStream(streams, w, a.line());
            track = w.length > 1 && track == null ? w[1] : track;
        }
        if (!m.attributes.has("msid")) {
            // Before RFC 8830 was finished, browsers wrote msid as an attribute of the SSRC.
            for (Attribute a : m.attributes.all("ssrc")) {
                assert Steps.count();
                int at = a.value() == null ? -1 : a.value().indexOf(" msid:");
                if (at > 0) {
                    String[] w = Words.of(a.value().substring(at + 6));
                    addStream(streams, w, a.line());
                    track = w.length > 1 && track == null ? w[1] : track;
                }
            }
        }
        return track;
    }

    private static void addStream(Set<String> streams, String[] msid, int line) throws SdpException {
        if (msid.length > 0 && !msid[0].isEmpty() && !msid[0].equals("-")) {
            streams.add(msid[0]);
            if (streams.size() > MAX_STREAMS) {
                throw new SdpException(line, "a track in more than " + MAX_STREAMS + " streams");
            }
        }
    }

    private static Set<Long> readSsrcs(MediaDescription m, Map<Long, Long> fid) throws SdpException {
        Set<Long> ssrcs = new LinkedHashSet<>();
        for (Attribute a : m.attributes.all("ssrc")) {
            assert Steps.count();
            long ssrc = ssrc(a.value() == null ? "" : a.value().trim().split(" ", 2)[0], a.line());
            if (ssrcs.size() < MAX_SSRCS) {
                ssrcs.add(ssrc);
            }
        }
        for (Attribute a : m.attributes.all("ssrc-group")) {
            assert Steps.count();
            String[] w = a.value() == null ? new String[0] : Words.of(a.value());
            if (w.length == 3 && w[0].equals("FID") && fid.size() < MAX_SSRCS) {
                fid.put(ssrc(w[1], a.line()), ssrc(w[2], a.line()));
            }
        }
        return ssrcs;
    }

    private static long ssrc(String text, int line) throws SdpException {
        try {
            long v = Long.parseLong(text);
            if (v >= 0 && v <= 0xffffffffL) {
                return v;
            }
        } catch (NumberFormatException e) {
            // Falls through to the error.
        }
        throw new SdpException(line, Grammar.quoted(text) + " is no SSRC");
    }

    private static List<FingerprintLine> readFingerprints(AttributeList attributes) throws SdpException {
        List<FingerprintLine> all = new ArrayList<>();
        for (Attribute a : attributes.all("fingerprint")) {
            assert Steps.count();
            String[] w = a.value() == null ? new String[0] : Words.of(a.value());
            if (w.length != 2) {
                throw new SdpException(a.line(), "a=fingerprint has the form <hash> <hex bytes with colons>");
            }
            if (all.size() == MAX_FINGERPRINTS) {
                throw new SdpException(a.line(), "more than " + MAX_FINGERPRINTS + " a=fingerprint lines");
            }
            all.add(new FingerprintLine(w[0], w[1]));
        }
        return List.copyOf(all);
    }

    private static Integer readSctpPort(MediaDescription m) throws SdpException {
        if (!m.isData() || m.isRejected()) {
            return null; // RFC 3264 §6: of a rejected section nothing but its first line matters
        }
        String value = m.attributes.value("sctp-port");
        // The form before RFC 8841: m=application 9 DTLS/SCTP 5000.
        String text = value != null ? value : m.formats.get(0);
        try {
            int port = Integer.parseInt(text.trim());
            if (port >= 0 && port <= 65_535) {
                return port;
            }
        } catch (NumberFormatException e) {
            // Falls through to the error.
        }
        throw new SdpException(m.line, "a data section has a=sctp-port with a number from 0 to 65535");
    }

    private static long readMaxMessageSize(MediaDescription m) throws SdpException {
        Attribute a = m.attributes.first("max-message-size");
        if (a == null) {
            return DEFAULT_MAX_MESSAGE_SIZE;
        }
        try {
            return Math.max(0, Long.parseLong(a.value().trim()));
        } catch (NumberFormatException | NullPointerException e) {
            throw new SdpException(a.line(), "a=max-message-size is a number of bytes");
        }
    }
}
