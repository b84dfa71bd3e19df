package dev.jvmrtc.dtls.bc;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.dtls.DtlsEvent;
import dev.jvmrtc.dtls.DtlsIdentity;
import dev.jvmrtc.dtls.DtlsRole;
import dev.jvmrtc.dtls.Fingerprint;
import dev.jvmrtc.wire.LentBytes;
import java.io.IOException;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;
import org.junit.jupiter.api.Test;

/** Keys of peers that would cost too much are refused as they stand, before anything is computed. */
class PeerKeysTest {
    private static final AlgorithmIdentifier SIGNATURE =
            new AlgorithmIdentifier(PKCSObjectIdentifiers.sha256WithRSAEncryption, DERNull.INSTANCE);

    private static byte[] certificate(SubjectPublicKeyInfo key) throws IOException {
        V3TBSCertificateGenerator g = new V3TBSCertificateGenerator();
        g.setSerialNumber(new ASN1Integer(1));
        g.setSignature(SIGNATURE);
        g.setIssuer(new X500Name("CN=x"));
        g.setSubject(new X500Name("CN=x"));
        g.setStartDate(new Time(new Date(0)));
        g.setEndDate(new Time(new Date(4_000_000_000_000L)));
        g.setSubjectPublicKeyInfo(key);
        ASN1EncodableVector v = new ASN1EncodableVector();
        v.add(g.generateTBSCertificate());
        v.add(SIGNATURE);
        v.add(new DERBitString(new byte[64]));
        return new DERSequence(v).getEncoded();
    }

    private static byte[] rsa(int bits, BigInteger exponent) throws IOException {
        BigInteger n = BigInteger.ONE.shiftLeft(bits - 1).setBit(0);
        return certificate(new SubjectPublicKeyInfo(
                new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
                new RSAPublicKey(n, exponent)));
    }

    private static void refused(byte[] certificate) {
        TlsFatalAlert e = assertThrows(TlsFatalAlert.class, () -> PeerKeys.check(certificate));
        assertEquals(AlertDescription.unsupported_certificate, e.getAlertDescription());
    }

    @Test
    void longRsaKeysAndLongExponentsAreRefused() throws Exception {
        BigInteger usual = BigInteger.valueOf(65_537);
        assertDoesNotThrow(() -> PeerKeys.check(rsa(4_096, usual)));
        refused(rsa(4_097, usual));
        refused(rsa(16_384, usual));
        refused(rsa(2_048, BigInteger.ONE.shiftLeft(33).setBit(0)));
    }

    @Test
    void curvesOfThePeersOwnAndKeysOfOtherKindsAreRefused() throws Exception {
        byte[] point = new byte[65];
        for (Object[] c : new Object[][] {
            {SECObjectIdentifiers.secp256r1, true},
            {SECObjectIdentifiers.secp384r1, true},
            {SECObjectIdentifiers.secp521r1, true},
            {SECObjectIdentifiers.sect571r1, false},
            {new DERSequence(), false},
            {DERNull.INSTANCE, false}
        }) {
            byte[] der = certificate(new SubjectPublicKeyInfo(
                    new AlgorithmIdentifier(
                            X9ObjectIdentifiers.id_ecPublicKey, (org.bouncycastle.asn1.ASN1Encodable) c[0]),
                    point));
            if ((Boolean) c[1]) {
                assertDoesNotThrow(() -> PeerKeys.check(der));
            } else {
                refused(der);
            }
        }
        refused(certificate(new SubjectPublicKeyInfo(
                new AlgorithmIdentifier(X9ObjectIdentifiers.id_dsa, DERNull.INSTANCE), point)));
        assertEquals(
                AlertDescription.bad_certificate,
                assertThrows(TlsFatalAlert.class, () -> PeerKeys.check(new byte[] {48, 0}))
                        .getAlertDescription());
    }

    @Test
    void aHandshakeWithSuchAPeerFailsWithTheReason() throws Exception {
        DtlsIdentity ours = BcDtlsEngineTest.identity(false);
        DtlsIdentity theirs = SelfSigned.rsa(
                4_224, Instant.now().minusSeconds(60), Instant.now().plusSeconds(86_400), RandomSource.seeded(7));
        List<ArrayDeque<byte[]>> out = List.of(new ArrayDeque<>(), new ArrayDeque<>());
        List<BcDtlsEngine> engines = List.of(engine(ours, out.get(0)), engine(theirs, out.get(1)));
        engines.get(0)
                .start(System.nanoTime(), DtlsRole.SERVER, List.of(Fingerprint.of("sha-256", theirs.certificateDer())));
        engines.get(1)
                .start(System.nanoTime(), DtlsRole.CLIENT, List.of(Fingerprint.of("sha-256", ours.certificateDer())));
        for (int i = 0; i < 50; i++) {
            for (byte[] d = out.get(i % 2).poll(); d != null; d = out.get(i % 2).poll()) {
                engines.get(1 - i % 2).handleDatagram(System.nanoTime(), LentBytes.of(d));
            }
        }
        DtlsEvent.Closed closed = (DtlsEvent.Closed) engines.get(0).pollEvent();
        assertEquals((int) AlertDescription.unsupported_certificate, closed.sentAlert(), closed.cause());
        engines.forEach(BcDtlsEngine::close);
    }

    private static BcDtlsEngine engine(DtlsIdentity identity, ArrayDeque<byte[]> out) {
        return new BcDtlsEngine(
                identity,
                (d, o, n) -> out.add(Arrays.copyOfRange(d, o, o + n)),
                h -> {
                    Thread t = new Thread(h);
                    t.setDaemon(true);
                    t.start();
                    return true;
                },
                RandomSource.of(new SecureRandom()));
    }
}
