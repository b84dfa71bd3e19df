package dev.jvmrtc.dtls;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.wire.ByteWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * A private key and its self-signed certificate: JDK types and DER only.
 *
 * @param expires end of the certificate's validity
 */
public record DtlsIdentity(PrivateKey privateKey, byte[] certificateDer, Instant expires) {

    public boolean isRsa() {
        return privateKey.getAlgorithm().equals("RSA");
    }

    public static KeyPair generateEcKeyPair() throws GeneralSecurityException {
        KeyPairGenerator g = KeyPairGenerator.getInstance("EC");
        g.initialize(new ECGenParameterSpec("secp256r1"));
        return g.generateKeyPair();
    }

    public static KeyPair generateRsaKeyPair(int bits) throws GeneralSecurityException {
        KeyPairGenerator g = KeyPairGenerator.getInstance("RSA");
        g.initialize(bits);
        return g.generateKeyPair();
    }

    /**
     * Self-signs a certificate (RFC 5280 §4.1, version 3 without extensions). RFC 8827 §6.5: the name says nothing about the user.
     */
    public static DtlsIdentity selfSigned(KeyPair keys, Instant notBefore, Instant notAfter, RandomSource random) throws GeneralSecurityException {
        boolean rsa = keys.getPrivate().getAlgorithm().equals("RSA");
        byte[] algorithm = rsa
            ? sequence(oid(1, 2, 840, 113549, 1, 1, 11), new byte[] {5, 0})
            : sequence(oid(1, 2, 840, 10045, 4, 3, 2));
        byte[] serial = new byte[16];
        random.nextBytes(serial);
        serial[0] = (byte) (serial[0] & 0x3f | 0x40);
        byte[] name = sequence(tlv(0x31, sequence(oid(2, 5, 4, 3), tlv(0x0c, "WebRTC".getBytes(StandardCharsets.UTF_8)))));
        PublicKey publicKey = keys.getPublic();
        byte[] tbs = sequence(tlv(0xa0, tlv(2, new byte[] {2})), tlv(2, new BigInteger(serial).toByteArray()), algorithm, name,
            sequence(time(notBefore), time(notAfter)), name, publicKey.getEncoded());
        Signature signature = Signature.getInstance(rsa ? "SHA256withRSA" : "SHA256withECDSA");
        signature.initSign(keys.getPrivate());
        signature.update(tbs);
        byte[] bits = signature.sign();
        byte[] certificate = sequence(tbs, algorithm, tlv(3, new ByteWriter().u8(0).bytes(bits).toByteArray()));
        return new DtlsIdentity(keys.getPrivate(), certificate, notAfter);
    }

    private static byte[] time(Instant t) {
        return tlv(0x18, DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC).format(t).getBytes(StandardCharsets.US_ASCII));
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

    @Override
    public String toString() {
        return "DtlsIdentity[" + Fingerprint.of("sha-256", certificateDer).value() + "]";
    }
}
