package dev.jvmrtc.jsep;

import java.util.List;
import java.util.function.Supplier;

/**
 * What negotiation must know of us.
 *
 * @param bundlePolicy how offers share transports
 * @param fingerprints of our certificates, as "sha-256 AB:CD…"
 * @param newCredentials gives a fresh ice-ufrag and ice-pwd
 * @param maxMessageSize what we announce for data channels
 * @param iceLite whether our ICE agent is lite (RFC 8839 §5.3)
 * @param distinctCredentials whether each transport has ICE credentials of its own, see {@link OwnCredentials}
 * @param codecs what can be offered and agreed on
 */
public record LocalSettings(
        BundlePolicy bundlePolicy,
        List<String> fingerprints,
        Supplier<Credentials> newCredentials,
        Supplier<Long> newSsrc,
        Supplier<String> newTrackId,
        String cname,
        String sessionId,
        int maxMessageSize,
        boolean iceLite,
        boolean distinctCredentials,
        Codecs codecs) {
    public static final int SCTP_PORT = 5000;

    /** With the library's own codecs, and the same credentials for all transports. */
    public LocalSettings(
            BundlePolicy bundlePolicy,
            List<String> fingerprints,
            Supplier<Credentials> newCredentials,
            Supplier<Long> newSsrc,
            Supplier<String> newTrackId,
            String cname,
            String sessionId,
            int maxMessageSize,
            boolean iceLite) {
        this(
                bundlePolicy,
                fingerprints,
                newCredentials,
                newSsrc,
                newTrackId,
                cname,
                sessionId,
                maxMessageSize,
                iceLite,
                false,
                Codecs.STANDARD);
    }
}
