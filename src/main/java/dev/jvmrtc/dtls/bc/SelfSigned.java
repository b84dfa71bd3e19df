package dev.jvmrtc.dtls.bc;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.crypto.Jca;
import dev.jvmrtc.dtls.DtlsIdentity;
import dev.jvmrtc.wire.ByteWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
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
    private static final byte[] ECDSA_WITH_SHA256 = sequence(oid(1, 2, 840, 10045, 4, 3, 2));
    private static final byte[] SHA256_WITH_RSA = sequence(oid(1, 2, 840, 113549, 1, 1, 11), new byte[] {5, 0});

    private SelfSigned() {}

    /** On P-256, signed with SHA-256. */
    public static DtlsIdentity ecdsa(Instant notBefore, Instant notAfter, RandomSource random) {
        ECKeyPairGenerator generator = new ECKeyPairGenerator();
        generator.init(new ECKeyGenerationParameters(P256, new SessionRandom(random)));
        AsymmetricCipherKeyPair keys = generator.generateKeyPair();
        try {
            byte[] tbs = toBeSigned(
                    ECDSA_WITH_SHA256,
                    SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(keys.getPublic())
                            .getEncoded(),
                    notBefore,
                    notAfter,
                    random);
            ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
            signer.init(true, keys.getPrivate());
            BigInteger[] rs = signer.generateSignature(Jca.digest("SHA-256").digest(tbs));
            byte[] signature = StandardDSAEncoding.INSTANCE.encode(P256.getN(), rs[0], rs[1]);
            return new DtlsIdentity(
                    false,
                    PrivateKeyInfoFactory.createPrivateKeyInfo(keys.getPrivate())
                            .getEncoded(),
                    certificate(tbs, ECDSA_WITH_SHA256, signature),
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
        byte[] tbs = toBeSigned(SHA256_WITH_RSA, keys.getPublic().getEncoded(), notBefore, notAfter, random);
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(keys.getPrivate());
        signature.update(tbs);
        return new DtlsIdentity(
                true, keys.getPrivate().getEncoded(), certificate(tbs, SHA256_WITH_RSA, signature.sign()), notAfter);
    }

    private static byte[] toBeSigned(
            byte[] algorithm, byte[] publicKeyDer, Instant notBefore, Instant notAfter, RandomSource random) {
        byte[] serial = new byte[16];
        random.nextBytes(serial);
        serial[0] = (byte) (serial[0] & 0x3f | 0x40);
        byte[] name =
                sequence(tlv(0x31, sequence(oid(2, 5, 4, 3), tlv(0x0c, "WebRTC".getBytes(StandardCharsets.UTF_8)))));
        return sequence(
                tlv(0xa0, tlv(2, new byte[] {2})),
                tlv(2, serial),
                algorithm,
                name,
                sequence(time(notBefore), time(notAfter)),
                name,
                publicKeyDer);
    }

    private static byte[] certificate(byte[] tbs, byte[] algorithm, byte[] signature) {
        return sequence(
                tbs, algorithm, tlv(3, new ByteWriter().u8(0).bytes(signature).toByteArray()));
    }

    private static byte[] time(Instant t) {
        return tlv(
                0x18,
                DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'")
                        .withZone(ZoneOffset.UTC)
                        .format(t)
                        .getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] oid(int... arcs) {
        ByteWriter w = new ByteWriter().u8(arcs[0] * 40 + arcs[1]);
        for (int i = 2; i < arcs.length; i++) {
            for (int shift = 28; shift > 0; shift -= 7) {
                if (arcs[i] >>> shift != 0) {
                    w.u8(arcs[i] >>> shift & 0x7f | 0x80);
                }
            }
            w.u8(arcs[i] & 0x7f);
        }
        return tlv(6, w.toByteArray());
    }

    private static byte[] sequence(byte[]... parts) {
        ByteWriter w = new ByteWriter();
        for (byte[] p : parts) {
            w.bytes(p);
        }
        return tlv(0x30, w.toByteArray());
    }

    private static byte[] tlv(int tag, byte[] value) {
        ByteWriter w = new ByteWriter(value.length + 6).u8(tag);
        if (value.length < 128) {
            w.u8(value.length);
        } else if (value.length < 256) {
            w.u8(0x81).u8(value.length);
        } else {
            w.u8(0x82).u16(value.length);
        }
        return w.bytes(value).toByteArray();
    }
}
