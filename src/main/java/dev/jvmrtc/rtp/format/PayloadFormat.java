package dev.jvmrtc.rtp.format;

import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;

/** How frames of a codec are cut into RTP payloads, and put together of them. */
public interface PayloadFormat {

    /**
     * A new packetizer, for one stream.
     *
     * @param negotiated parameters of a=fmtp
     * @param random where numbers of the stream begin
     */
    Packetizer packetizer(Map<String, String> negotiated, int random);

    /**
     * A new depacketizer, for one stream.
     *
     * @param ofSender parameters of the sender's description
     */
    Depacketizer depacketizer(Map<String, String> ofSender);

    /** Whether a frame of any size fits. */
    default boolean canFragment(Map<String, String> negotiated) {
        return true;
    }

    /** A format whose packetizers do not depend on what was negotiated. */
    static PayloadFormat of(IntFunction<Packetizer> packetizer, Function<Map<String, String>, Depacketizer> reader) {
        return new PayloadFormat() {
            @Override
            public Packetizer packetizer(Map<String, String> negotiated, int random) {
                return packetizer.apply(random);
            }

            @Override
            public Depacketizer depacketizer(Map<String, String> ofSender) {
                return reader.apply(ofSender);
            }
        };
    }
}
