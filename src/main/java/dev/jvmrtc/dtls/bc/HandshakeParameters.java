package dev.jvmrtc.dtls.bc;

import dev.jvmrtc.dtls.DtlsIdentity;
import dev.jvmrtc.dtls.Fingerprint;
import dev.jvmrtc.dtls.SrtpProfile;
import java.io.IOException;
import java.util.List;
import java.util.Vector;
import java.util.stream.IntStream;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.HashAlgorithm;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.bc.BcDefaultTlsCredentialedSigner;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCertificate;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;

/** What client and server have in common: our certificate, the peer's, SRTP, and what came out. */
final class HandshakeParameters {
    /**
     * First resend of a flight. Bouncy Castle's default of a second is the tail that users see when one packet is lost.
     */
    static final int RESEND_MILLIS = 300;
    /** A handshake that takes longer than this never ends well. */
    static final int TIMEOUT_MILLIS = 30_000;

    /** RFC 8422 §5.1.1: the groups of the key exchange, the best first. */
    static final int[] GROUPS = {NamedGroup.x25519, NamedGroup.secp256r1, NamedGroup.secp384r1};

    /** What a server with an EC key takes, the best first. */
    private static final int[] ECDSA_SUITES = {
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        CipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
        CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA
    };
    /** The same suites with an RSA key. */
    private static final int[] RSA_SUITES = {
        CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        CipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
        CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA
    };
    /** What a client of ours offers, the best first: it does not know of what kind the server's key is. */
    static final int[] CIPHER_SUITES = IntStream.range(0, ECDSA_SUITES.length)
            .flatMap(i -> IntStream.of(ECDSA_SUITES[i], RSA_SUITES[i]))
            .toArray();

    /** What a client offers. */
    final int[] cipherSuites;
    /** Ours. */
    final DtlsIdentity identity;
    /** Whom the certificate must show, and what it shows. */
    final PeerCertificate peer;
    /** What Bouncy Castle computes with in this handshake. */
    final BcTlsCrypto crypto;
    /** The SRTP profiles to offer or take, the best first. */
    final List<SrtpProfile> profiles;

    /** The one agreed on; null for none. */
    SrtpProfile profile;
    /** The SRTP keys; empty before the end, and without a profile. */
    byte[] keyingMaterial = new byte[0];
    /** The name of the one agreed on; null before the end. */
    String cipherSuite;
    /** The description of the alert that we have sent last; null for none. */
    Integer sentAlert;
    /** The description of the peer's last. */
    Integer receivedAlert;

    HandshakeParameters(
            DtlsIdentity identity,
            List<Fingerprint> peerFingerprints,
            BcTlsCrypto crypto,
            List<SrtpProfile> profiles,
            int[] cipherSuites) {
        this.cipherSuites = cipherSuites;
        this.profiles = profiles;
        this.identity = identity;
        this.peer = new PeerCertificate(peerFingerprints);
        this.crypto = crypto;
    }

    /** What a server takes: its key must fit. */
    int[] serverSuites() {
        return identity.isRsa() ? RSA_SUITES : ECDSA_SUITES;
    }

    int[] profileCodes() {
        return profiles.stream().mapToInt(SrtpProfile::code).toArray();
    }

    TlsCredentialedSigner signer(TlsContext context) throws IOException {
        Certificate chain =
                new Certificate(new TlsCertificate[] {new BcTlsCertificate(crypto, identity.certificateDer())});
        SignatureAndHashAlgorithm algorithm = SignatureAndHashAlgorithm.getInstance(
                HashAlgorithm.sha256, identity.isRsa() ? SignatureAlgorithm.rsa : SignatureAlgorithm.ecdsa);
        return new BcDefaultTlsCredentialedSigner(
                new TlsCryptoParameters(context),
                crypto,
                PrivateKeyFactory.createKey(identity.privateKeyDer()),
                chain,
                algorithm);
    }

    static Vector<SignatureAndHashAlgorithm> signatureAlgorithms() {
        Vector<SignatureAndHashAlgorithm> v = new Vector<>();
        for (short hash : new short[] {HashAlgorithm.sha256, HashAlgorithm.sha384, HashAlgorithm.sha512}) {
            v.add(SignatureAndHashAlgorithm.getInstance(hash, SignatureAlgorithm.ecdsa));
            v.add(SignatureAndHashAlgorithm.getInstance(hash, SignatureAlgorithm.rsa));
        }
        return v;
    }

    /** Exports the SRTP keys (RFC 5764 §4.2). Only possible inside notifyHandshakeComplete. */
    void complete(TlsContext context) {
        cipherSuite = FastGcmCrypto.suiteName(
                context.getSecurityParametersConnection().getCipherSuite());
        if (profile != null) {
            keyingMaterial = context.exportKeyingMaterial(
                    "EXTRACTOR-dtls_srtp", null, 2 * (profile.keyLength() + profile.saltLength()));
        }
    }
}
