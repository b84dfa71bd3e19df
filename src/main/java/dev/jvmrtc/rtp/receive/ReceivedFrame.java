package dev.jvmrtc.rtp.receive;

/**
 * A whole frame in decode order.
 *
 * @param rtpTimestamp 0 … 2^32 − 1, in units of the codec's clock
 * @param rotation by how many degrees the picture has to be turned clockwise: 0, 90, 180 or 270
 * @param arrivalNanos of its first packet
 * @param ntpMillis capture time by the sender's clock, milliseconds since 1970, from RTCP; or null while no sender
 *     report has come
 * @param contributingSources the CSRCs of its first packet (RFC 3550 §5.1): who was mixed into it
 */
public record ReceivedFrame(
        byte[] data,
        String codec,
        int payloadType,
        long rtpTimestamp,
        boolean keyFrame,
        int temporalLayer,
        int spatialLayer,
        int rotation,
        long arrivalNanos,
        Long ntpMillis,
        long[] contributingSources) {}
