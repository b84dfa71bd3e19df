package dev.jvmrtc.dtls.bc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.dtls.DtlsIdentity;
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
}
