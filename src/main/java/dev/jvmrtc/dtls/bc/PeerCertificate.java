package dev.jvmrtc.dtls.bc;

import dev.jvmrtc.dtls.Fingerprint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsCertificate;

/**
 * The check of the peer's certificate against the fingerprints that were signalled: what makes the peer of the
 * handshake the one of the description.
 */
final class PeerCertificate {
    private final List<Fingerprint> fingerprints;
    /** As DER, the peer's own certificate first; empty before it has matched. */
    private List<byte[]> chain = List.of();

    private boolean mismatch;

    /** @param fingerprints of which the certificate must match one */
    PeerCertificate(List<Fingerprint> fingerprints) {
        this.fingerprints = fingerprints;
    }

    /**
     * RFC 8122 §6.2: the certificate must match a fingerprint; otherwise the handshake ends with bad_certificate before
     * any key leaves.
     */
    void verify(Certificate sent) throws IOException {
        if (sent == null || sent.isEmpty()) {
            throw new TlsFatalAlert(AlertDescription.bad_certificate, "the peer sent no certificate");
        }
        List<byte[]> ders = new ArrayList<>();
        for (TlsCertificate c : sent.getCertificateList()) {
            ders.add(c.getEncoded());
        }
        byte[] own = ders.get(0);
        if (fingerprints.stream().noneMatch(f -> f.matches(own))) {
            mismatch = true;
            throw new TlsFatalAlert(
                    AlertDescription.bad_certificate, "the certificate does not match the signalled fingerprint");
        }
        chain = List.copyOf(ders);
    }

    List<byte[]> chain() {
        return chain;
    }

    /** Whether the peer's certificate matched none of the fingerprints. */
    boolean isMismatch() {
        return mismatch;
    }
}
