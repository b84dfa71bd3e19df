package dev.jvmrtc.sdp;

import dev.jvmrtc.wire.Words;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a media section means, read once from its lines and those it inherits from the session.
 *
 * @param mid null where the section has none (RFC 3264 peers); rejected sections may omit it
 * @param streamIds of a=msid; empty for "-"
 * @param trackId of a=msid, or null
 * @param ssrcs those of a=ssrc lines, in order
 * @param fidGroups primary SSRC to its RTX SSRC (RFC 5576, a=ssrc-group:FID)
 * @param rids ids of a=rid lines with "send" or "recv"
 * @param candidates values of a=candidate lines, with "candidate:" in front
 * @param maxMessageSize RFC 8841 §6.1: 65536 where absent; 0 = no limit
 */
public record Section(int index, MediaDescription media, String mid, String kind, boolean rejected, String direction, List<SdpCodec> codecs, List<ExtMap> extensions,
                      List<String> streamIds, String trackId, List<Long> ssrcs, Map<Long, Long> fidGroups, Map<String, String> rids, String simulcast,
                      String iceUfrag, String icePwd, boolean iceLite, boolean trickle, List<FingerprintLine> fingerprints, String setup, boolean rtcpMux,
                      boolean rtcpReducedSize, Integer sctpPort, long maxMessageSize, List<String> candidates, boolean endOfCandidates) {

    /** An a=fingerprint line. */
    public record FingerprintLine(String algorithm, String value) {
    }

    private static final long DEFAULT_MAX_MESSAGE_SIZE = 65_536;

    public boolean isData() {
        return media.isData();
    }

    /** All sections of a description. */
    public static List<Section> readAll(SdpSession s) throws SdpException {
        List<Section> all = new ArrayList<>();
        for (int i = 0; i < s.media.size(); i++) {
            all.add(read(s, s.media.get(i), i));
        }
        return all;
    }

    private static Section read(SdpSession s, MediaDescription m, int index) throws SdpException {
        boolean rtp = m.isMedia();
        List<String> streams = new ArrayList<>();
        String track = readMsid(m, streams);
        Map<String, String> rids = new LinkedHashMap<>();
        for (Attribute a : m.attributes.all("rid")) {
            String[] w = a.value() == null ? new String[0] : Words.of(a.value());
            if (w.length < 2) {
                throw new SdpException(a.line(), "a=rid has the form <id> send|recv");
            }
            rids.put(w[0], w[1]);
        }
        Map<Long, Long> fid = new LinkedHashMap<>();
        List<Long> ssrcs = readSsrcs(m, fid);
        List<String> candidates = new ArrayList<>();
        for (Attribute a : m.attributes.all("candidate")) {
            candidates.add("candidate:" + a.value());
        }
        String options = s.attributes.value("ice-options") + " " + m.attributes.value("ice-options");
        boolean end = m.attributes.has("end-of-candidates") || s.attributes.has("end-of-candidates");
        Attribute setup = m.attributes.first("setup");
        String setupValue = setup != null ? setup.value() : s.attributes.value("setup");
        if (setupValue != null && !List.of("actpass", "active", "passive", "holdconn").contains(setupValue)) {
            throw new SdpException(setup == null ? 0 : setup.line(), "a=setup is actpass, active, passive or holdconn");
        }
        return new Section(index, m, m.mid(), m.kind, m.isRejected(), m.direction(), rtp ? SdpCodec.readAll(m) : List.of(), rtp ? ExtMap.readAll(m) : List.of(),
            streams, track, ssrcs, fid, rids, m.attributes.value("simulcast"), s.inherited(m, "ice-ufrag"), s.inherited(m, "ice-pwd"),
            s.attributes.has("ice-lite"), options.contains("trickle"), readFingerprints(s, m), setupValue, m.attributes.has("rtcp-mux"),
            m.attributes.has("rtcp-rsize"), readSctpPort(m), readMaxMessageSize(m), candidates, end);
    }

    /**
     * What the peer is willing to receive in bits per second, without headers: {@code b=TIAS}, else {@code b=AS} less what headers take (RFC 9429 §5.9);
     * {@link Long#MAX_VALUE} where it says nothing.
     */
    public long maxBitrate() {
        long limit = Long.MAX_VALUE;
        for (String b : media.bandwidth) {
            String[] w = b.trim().split(":", 2);
            // At most twelve digits, so that nothing overflows; more is no limit.
            if (w.length == 2 && w[1].trim().matches("\\d{1,12}")) {
                long value = Long.parseLong(w[1].trim());
                if (w[0].equalsIgnoreCase("TIAS")) {
                    return value;
                }
                if (w[0].equalsIgnoreCase("AS")) {
                    limit = Math.max(0, value * 950 - 50 * 40 * 8);
                }
            }
        }
        return limit;
    }

    /** How long the sound in a packet should last, in milliseconds: {@code a=ptime}, at most {@code a=maxptime} (RFC 8866 §6.4, §6.5); 0 where it says nothing. */
    public int ptime() {
        int wanted = millis("ptime");
        int most = millis("maxptime");
        return most > 0 && (wanted == 0 && most < 20 || wanted > most) ? most : wanted;
    }

    private int millis(String attribute) {
        String value = media.attributes.value(attribute);
        return value != null && value.trim().matches("\\d{1,4}") ? Integer.parseInt(value.trim()) : 0;
    }

    private static String readMsid(MediaDescription m, List<String> streams) {
        String track = null;
        for (Attribute a : m.attributes.all("msid")) {
            String[] w = a.value() == null ? new String[0] : Words.of(a.value());
            if (w.length > 0 && !w[0].isEmpty() && !w[0].equals("-") && !streams.contains(w[0])) {
                streams.add(w[0]);
            }
            if (w.length > 1 && track == null) {
                track = w[1];
            }
        }
        if (!m.attributes.has("msid")) {
            // Before RFC 8830 was finished, browsers wrote msid as an attribute of the SSRC.
            for (Attribute a : m.attributes.all("ssrc")) {
                int at = a.value() == null ? -1 : a.value().indexOf(" msid:");
                if (at > 0) {
                    String[] w = Words.of(a.value().substring(at + 6));
                    if (!w[0].equals("-") && !streams.contains(w[0])) {
                        streams.add(w[0]);
                    }
                    track = w.length > 1 && track == null ? w[1] : track;
                }
            }
        }
        return track;
    }

    private static List<Long> readSsrcs(MediaDescription m, Map<Long, Long> fid) throws SdpException {
        List<Long> ssrcs = new ArrayList<>();
        for (Attribute a : m.attributes.all("ssrc")) {
            long ssrc = ssrc(a.value() == null ? "" : a.value().trim().split(" ")[0], a.line());
            if (!ssrcs.contains(ssrc)) {
                ssrcs.add(ssrc);
            }
        }
        for (Attribute a : m.attributes.all("ssrc-group")) {
            String[] w = a.value() == null ? new String[0] : Words.of(a.value());
            if (w.length == 3 && w[0].equals("FID")) {
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
        throw new SdpException(line, "\"" + text + "\" is no SSRC");
    }

    private static List<FingerprintLine> readFingerprints(SdpSession s, MediaDescription m) throws SdpException {
        List<Attribute> lines = m.attributes.all("fingerprint");
        if (lines.isEmpty()) {
            lines = s.attributes.all("fingerprint");
        }
        List<FingerprintLine> all = new ArrayList<>();
        for (Attribute a : lines) {
            String[] w = a.value() == null ? new String[0] : Words.of(a.value());
            if (w.length != 2) {
                throw new SdpException(a.line(), "a=fingerprint has the form <hash> <hex bytes with colons>");
            }
            all.add(new FingerprintLine(w[0], w[1]));
        }
        return all;
    }

    private static Integer readSctpPort(MediaDescription m) throws SdpException {
        if (!m.isData()) {
            return null;
        }
        String value = m.attributes.value("sctp-port");
        // The form before RFC 8841: m=application 9 DTLS/SCTP 5000.
        String text = value != null ? value : m.formats.get(0);
        try {
            return Integer.parseInt(text.trim());
        } catch (NumberFormatException e) {
            throw new SdpException(m.line, "a data section has a=sctp-port with a number");
        }
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
