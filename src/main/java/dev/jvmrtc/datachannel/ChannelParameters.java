package dev.jvmrtc.datachannel;

/**
 * What both sides agree on for a channel (RFC 8832 §5.1).
 *
 * @param maxRetransmits 0 … 65535, or null
 * @param maxPacketLifeTimeMillis 0 … 65535, or null; never together with {@code maxRetransmits}
 * @param negotiated whether the application opens it on both sides itself, with the same id
 */
public record ChannelParameters(String label, String protocol, boolean ordered, Integer maxRetransmits, Integer maxPacketLifeTimeMillis,
                                boolean negotiated) {
}
