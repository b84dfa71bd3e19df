package dev.jvmrtc.sdp;

import dev.jvmrtc.wire.Words;
import java.util.ArrayList;
import java.util.List;

/** An {@code a=extmap} line (RFC 8285 §5). {@code direction} is null where the line names none. */
public record ExtMap(int id, String direction, String uri) {
    public static final String MID = "urn:ietf:params:rtp-hdrext:sdes:mid";
    public static final String RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
    public static final String REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";
    public static final String TRANSPORT_CC = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

    /** By how much a picture has to be turned (3GPP TS 26.114 §7.4.5). */
    public static final String VIDEO_ORIENTATION = "urn:3gpp:video-orientation";

    static List<ExtMap> readAll(MediaDescription m) throws SdpException {
        List<ExtMap> all = new ArrayList<>();
        for (Attribute a : m.attributes.all("extmap")) {
            String[] w = a.value() == null ? new String[0] : Words.of(a.value());
            int slash = w.length < 2 ? -1 : w[0].indexOf('/');
            try {
                int id = Integer.parseInt(slash < 0 ? w[0] : w[0].substring(0, slash));
                all.add(new ExtMap(id, slash < 0 ? null : w[0].substring(slash + 1), w[1]));
            } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
                throw new SdpException(a.line(), "a=extmap has the form <id>[/<direction>] <uri>");
            }
        }
        return all;
    }

    @Override
    public String toString() {
        return id + (direction == null ? "" : "/" + direction) + " " + uri;
    }
}
