package dev.jvmrtc.dtls.bc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.dtls.DtlsIdentity;
import dev.jvmrtc.dtls.Fingerprint;
import java.io.ByteArrayInputStream;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What we make is read by the JDK, which has nothing of it from us. */
class SelfSignedTest {
    private final RandomSource random = RandomSource.of(new SecureRandom());
    private final Instant begins = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private final Instant expires = begins.plus(30, ChronoUnit.DAYS);

    @Test
    void anEcCertificateIsSignedByTheKeyThatComesWithIt() throws Exception {
        X509Certificate c = check(SelfSigned.ecdsa(begins, expires, random), "EC", "SHA256withECDSA");
        assertEquals(
                256, ((ECPublicKey) c.getPublicKey()).getParams().getOrder().bitLength());
    }

    @Test
    void anRsaCertificateIsSignedByTheKeyThatComesWithIt() throws Exception {
        check(SelfSigned.rsa(2_048, begins, expires, random), "RSA", "SHA256withRSA");
    }

    private X509Certificate check(DtlsIdentity identity, String keyAlgorithm, String signatureAlgorithm)
            throws Exception {
        X509Certificate c = (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(identity.certificateDer()));
        c.verify(c.getPublicKey());
        assertEquals(signatureAlgorithm, c.getSigAlgName());
        assertEquals(begins, c.getNotBefore().toInstant());
        assertEquals(expires, c.getNotAfter().toInstant());
        assertEquals(expires, identity.expires());
        assertEquals("CN=WebRTC", c.getSubjectX500Principal().getName());
        assertEquals(c.getSubjectX500Principal(), c.getIssuerX500Principal());
        assertTrue(c.getSerialNumber().signum() > 0);
        PrivateKey key =
                KeyFactory.getInstance(keyAlgorithm).generatePrivate(new PKCS8EncodedKeySpec(identity.privateKeyDer()));
        Signature signature = Signature.getInstance(signatureAlgorithm);
        signature.initSign(key);
        signature.update(identity.certificateDer());
        byte[] signed = signature.sign();
        signature.initVerify(c.getPublicKey());
        signature.update(identity.certificateDer());
        assertTrue(signature.verify(signed), "the private key belongs to the certificate");
        return c;
    }

    @Test
    void everyIdentityIsNew() {
        DtlsIdentity a = SelfSigned.ecdsa(begins, expires, random);
        DtlsIdentity b = SelfSigned.ecdsa(begins, expires, random);
        assertFalse(Arrays.equals(a.privateKeyDer(), b.privateKeyDer()));
        assertFalse(Arrays.equals(a.certificateDer(), b.certificateDer()));
    }

    @Test
    void whatIsMadeOfTheSameKeyNumberAndTimesIsTheSameToTheByte() {
        // Certificates that are kept, and fingerprints that were signalled, outlive a version of this library.
        assertEquals(
                "09:A9:54:2B:5D:B2:57:10:F7:6D:E4:A6:B6:38:F7:DC:BF:12:5D:BF:7F:64:46:72:59:E9:FE:96:62:E0:6D:33",
                fingerprint("2026-12-30T00:00:00Z"));
        assertEquals(
                "88:59:A7:4E:98:77:BD:75:49:7F:8D:88:88:58:6B:A2:86:96:74:9B:27:94:B0:E9:23:03:80:D3:EE:46:69:FA",
                fingerprint("2060-01-01T12:34:56Z"));
    }

    private static String fingerprint(String expires) {
        DtlsIdentity made = SelfSigned.ecdsa(
                Instant.parse("2026-11-29T23:59:59.9Z"), Instant.parse(expires), RandomSource.seeded(1));
        return Fingerprint.of("sha-256", made.certificateDer()).value();
    }
}
