package dev.jvmrtc;

import java.net.InetSocketAddress;

/**
 * How the network address translator (NAT) between this machine and a STUN server behaves, in the words of RFC 4787;
 * see {@link RTCPeerConnectionFactory#discoverNatBehavior}. Not of W3C.
 *
 * @param mappedAddress how the server sees us
 * @param translated whether that is another address than ours; where it is false there is no NAT, and filtering is a
 *     firewall's
 * @param mapping on what the mapped address depends (RFC 4787 §4.1). With {@code ENDPOINT_INDEPENDENT} direct paths are
 *     likely; where it is dependent on both sides ("symmetric"), only a relay connects
 * @param filtering on what it depends who may send to the mapped address (RFC 4787 §5); {@code UNKNOWN} where the
 *     server has one address only
 */
public record NatBehavior(
        InetSocketAddress mappedAddress, boolean translated, Dependence mapping, Dependence filtering) {

    /** What of the other end something depends on. */
    public enum Dependence {
        /** On nothing: it is the same for everybody. */
        ENDPOINT_INDEPENDENT,
        /** On its IP address. */
        ADDRESS_DEPENDENT,
        /** On its IP address and port. */
        ADDRESS_AND_PORT_DEPENDENT,
        /** On the other end, in a way that the servers given cannot tell. */
        DEPENDENT,
        /** Not known: the servers given cannot tell. */
        UNKNOWN
    }
}
