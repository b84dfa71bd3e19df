package dev.jvmrtc.ice;

import java.net.InetSocketAddress;

/**
 * An address of ours that checks go out from: a UDP socket's, a TURN server's relayed one, a TCP listener's, or, with
 * port 9, one that TCP streams are opened from.
 *
 * @param candidate the host or relayed candidate that the base is
 */
record LocalBase(InetSocketAddress address, Candidate candidate, int localPreference) {

    boolean isRelayed() {
        return candidate.type() == CandidateType.RELAYED;
    }
}
