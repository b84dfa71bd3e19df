package dev.jvmrtc.dtls.bc;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.crypto.Jca;
import dev.jvmrtc.dtls.DtlsIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERGeneralizedTime;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.generators.ECKeyPairGenerator;
import org.bouncycastle.crypto.params.ECKeyGenerationParameters;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;
import org.bouncycastle.crypto.util.PrivateKeyInfoFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;

/**
 * New keys with self-signed certificates (RFC 5280 §4.1, version 3 without extensions). RFC 8827 §6.5: the name says
 * nothing about the user.
 *
 * <p>Keys on P-256 are Bouncy Castle's, as the handshake's are: the JDK takes several times as long to make and to use
 * one, and would be loaded for this alone.
 */
public final class SelfSigned {
    private static final ECNamedDomainParameters P256 =
            new ECNamedDomainParameters(SECObjectIdentifiers.secp256r1, CustomNamedCurves.getByName("P-256"));
    /** RFC 5758 §3.2: "the encoding MUST omit the parameters field". */
    private static final AlgorithmIdentifier ECDSA_WITH_SHA256 =
            new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);
    /** RFC 4055 §5 has its parameters be NULL. */
    private static final AlgorithmIdentifier SHA256_WITH_RSA =
            new AlgorithmIdentifier(PKCSObjectIdentifiers.sha256WithRSAEncryption, DERNull.INSTANCE);

    private static final X500Name NAME = new X500NameBuilder(BCStyle.INSTANCE)
            .addRDN(BCStyle.CN, new DERUTF8String("WebRTC"))
            .build();
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    private SelfSigned() {}

    /** On P-256, signed with SHA-256. */
    public static DtlsIdentity ecdsa(Instant notBefore, Instant notAfter, RandomSource random) {
        ECKeyPairGenerator generator = new ECKeyPairGenerator();
        generator.init(new ECKeyGenerationParameters(P256, new SessionRandom(random)));
        AsymmetricCipherKeyPair keys = generator.generateKeyPair();
        try {
            TBSCertificate tbs = toBeSigned(
                    ECDSA_WITH_SHA256,
                    SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(keys.getPublic()),
                    notBefore,
                    notAfter,
                    random);
            ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
            signer.init(true, keys.getPrivate());
            BigInteger[] rs = signer.generateSignature(Jca.digest("SHA-256").digest(tbs.getEncoded()));
            byte[] signature = StandardDSAEncoding.INSTANCE.encode(P256.getN(), rs[0], rs[1]);
            return new DtlsIdentity(
                    false,
                    PrivateKeyInfoFactory.createPrivateKeyInfo(keys.getPrivate())
                            .getEncoded(),
                    certificate(tbs, signature),
                    notAfter);
        } catch (IOException e) {
            throw new UncheckedIOException("encoding a key", e);
        }
    }

    /** Signed with SHA-256. */
    public static DtlsIdentity rsa(int bits, Instant notBefore, Instant notAfter, RandomSource random)
            throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(bits);
        KeyPair keys = generator.generateKeyPair();
        try {
            TBSCertificate tbs = toBeSigned(
                    SHA256_WITH_RSA,
                    SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()),
                    notBefore,
                    notAfter,
                    random);
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(keys.getPrivate());
            signature.update(tbs.getEncoded());
            return new DtlsIdentity(true, keys.getPrivate().getEncoded(), certificate(tbs, signature.sign()), notAfter);
        } catch (IOException e) {
            throw new UncheckedIOException("encoding a key", e);
        }
    }

    private static TBSCertificate toBeSigned(
            AlgorithmIdentifier algorithm,
            SubjectPublicKeyInfo publicKey,
            Instant notBefore,
            Instant notAfter,
            RandomSource random) {
        V3TBSCertificateGenerator g = new V3TBSCertificateGenerator();
        g.setSerialNumber(serial(random));
        g.setSignature(algorithm);
        g.setIssuer(NAME);
        g.setStartDate(time(notBefore));
        g.setEndDate(time(notAfter));
        g.setSubject(NAME);
        g.setSubjectPublicKeyInfo(publicKey);
        return g.generateTBSCertificate();
    }

    /** RFC 5280 §4.1.2.2: "The serial number MUST be a positive integer". Always of 16 bytes. */
    private static ASN1Integer serial(RandomSource random) {
        byte[] serial = new byte[16];
        random.nextBytes(serial);
        serial[0] = (byte) (serial[0] & 0x3f | 0x40);
        return new ASN1Integer(serial);
    }

    private static Time time(Instant t) {
        return new Time(new DERGeneralizedTime(SECONDS.format(t)));
    }

    private static byte[] certificate(TBSCertificate tbs, byte[] signature) throws IOException {
        return new DERSequence(new ASN1Encodable[] {tbs, tbs.getSignature(), new DERBitString(signature)})
                .getEncoded(ASN1Encoding.DER);
    }
}
