package dev.jvmrtc.rtp.header;

import dev.jvmrtc.wire.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Headers of RTP packets for tests. */
public final class RtpHeaders {

    private RtpHeaders() {}

    /** Ids and values; 0 and null for what a packet does not have. */
    public record Extensions(int midId, String mid, int transportSequenceId, int orientationId) {
        public static final Extensions NONE = new Extensions(0, null, 0, 0);

        /** What a stream is configured with, beside the mid. */
        public HeaderExtensions table() {
            Map<String, Integer> ids = new HashMap<>();
            ids.put(HeaderExtensions.MID, midId);
            ids.put(HeaderExtensions.TRANSPORT_SEQUENCE, transportSequenceId);
            ids.put(HeaderExtensions.VIDEO_ORIENTATION, orientationId);
            return HeaderExtensions.of(ids);
        }

        public HeaderTemplate template() {
            return HeaderTemplate.builder()
                    .perPacket(transportSequenceId, 2)
                    .perPacket(orientationId, 1)
                    .fixed(midId, mid == null ? new byte[0] : mid.getBytes(StandardCharsets.US_ASCII))
                    .build();
        }
    }

    /** Bytes of header before the payload. */
    public static int headerLength(Extensions e) {
        return e.template().length();
    }

    /** Writes a header at the start of the array; returns its length. */
    public static int writeHeader(
            byte[] out,
            int payloadType,
            boolean marker,
            int sequence,
            long timestamp,
            int ssrc,
            Extensions e,
            int transportSequence,
            int rotation) {
        HeaderTemplate t = e.template();
        t.write(out, payloadType, marker, sequence, timestamp, ssrc);
        if (t.offsetOf(e.transportSequenceId) >= 0) {
            Bytes.put16(out, t.offsetOf(e.transportSequenceId), transportSequence);
        }
        if (t.offsetOf(e.orientationId) >= 0) {
            out[t.offsetOf(e.orientationId)] = (byte) (rotation / 90);
        }
        return t.length();
    }
}
