package dev.jvmrtc.jsep;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.sdp.SdpCodec;
import java.util.List;

/**
 * What negotiation knows of a transceiver (RFC 9429 §4.2). The layers above and below keep their own state under its
 * {@link #id}.
 */
public final class JsepTransceiver {
    /** Of this transceiver alone among those of a connection. */
    public final int id;

    public final MediaKind kind;
    /** Made by addTrack, so that a remote offer may adopt it (RFC 9429 §5.10). */
    public final boolean byAddTrack;

    public Direction direction;
    /** Null until negotiated. */
    public Direction currentDirection;
    /** Null until associated with a media section. */
    public String mid;

    Integer mLineIndex;
    /** stop() was called; the next negotiation makes it final. */
    public boolean stopping;

    public boolean stopped;
    /** Ids of the streams of our track, for a=msid. */
    public List<String> streamIds = List.of();

    public String trackId;
    public final long ssrc;
    public final long rtxSsrc;
    /** Payload types of setCodecPreferences, or empty. */
    public List<SdpCodec> preferences = List.of();
    /** addTrack put a track on a transceiver that a remote offer had made, so a rollback leaves it. */
    public boolean usedByAddTrack;

    boolean madeByRemoteOffer;

    public JsepTransceiver(
            int id, MediaKind kind, Direction direction, boolean byAddTrack, String trackId, long ssrc, long rtxSsrc) {
        this.id = id;
        this.kind = kind;
        this.direction = direction;
        this.byAddTrack = byAddTrack;
        this.trackId = trackId;
        this.ssrc = ssrc;
        this.rtxSsrc = rtxSsrc;
    }

    @Override
    public String toString() {
        return "JsepTransceiver[" + kind + ", mid " + mid + ", " + direction + ", current " + currentDirection
                + (stopped ? ", stopped" : "") + "]";
    }
}
