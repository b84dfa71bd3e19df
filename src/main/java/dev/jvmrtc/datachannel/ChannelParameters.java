package dev.jvmrtc.datachannel;

/**
 * What both sides agree on for a channel (RFC 8832 §5.1).
 *
 * @param maxRetransmits 0 … 65535, or null
 * @param maxPacketLifeTimeMillis 0 … 65535, or null; never together with {@code maxRetransmits}
 * @param negotiated whether the application opens it on both sides itself, with the same id
 * @param priority its share beside other channels (RFC 8831 §6.4): 128 below normal, 256 normal, 512 high, 1,024 extra
 *     high; any other from 0 to 65,535 too
 */
public record ChannelParameters(
        String label,
        String protocol,
        boolean ordered,
        Integer maxRetransmits,
        Integer maxPacketLifeTimeMillis,
        boolean negotiated,
        int priority) {
    public static final int NORMAL_PRIORITY = 256;

    /** Of normal priority. */
    public ChannelParameters(
            String label,
            String protocol,
            boolean ordered,
            Integer maxRetransmits,
            Integer maxPacketLifeTimeMillis,
            boolean negotiated) {
        this(label, protocol, ordered, maxRetransmits, maxPacketLifeTimeMillis, negotiated, NORMAL_PRIORITY);
    }
}
