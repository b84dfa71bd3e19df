package dev.jvmrtc.jsep;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.rtp.header.HeaderExtensions;
import java.util.List;

/** Which RTP header extensions (RFC 8285) descriptions of ours have. */
public final class OfferedExtensions {
    private OfferedExtensions() {}

    /** Those that we offer. */
    public static List<String> of(MediaKind kind) {
        return kind == MediaKind.VIDEO
                ? List.of(HeaderExtensions.MID, HeaderExtensions.TRANSPORT_SEQUENCE, HeaderExtensions.VIDEO_ORIENTATION)
                : List.of(HeaderExtensions.MID, HeaderExtensions.TRANSPORT_SEQUENCE);
    }

    /** Whether we accept one of an offer: those that we offer, and for video the stream ids of simulcast. */
    static boolean accepts(MediaKind kind, String uri) {
        return of(kind).contains(uri)
                || kind == MediaKind.VIDEO
                        && (uri.equals(HeaderExtensions.RID) || uri.equals(HeaderExtensions.REPAIRED_RID));
    }
}
