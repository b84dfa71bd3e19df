package dev.jvmrtc.dtls.bc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.dtls.DtlsIdentity;
import dev.jvmrtc.dtls.Fingerprint;
import dev.jvmrtc.wire.MalformedException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class PemTest {
    private static final Instant BEGINS = Instant.parse("2026-11-29T00:00:00Z");
    private static final Instant EXPIRES = Instant.parse("2026-12-30T12:34:56Z");

    private final DtlsIdentity ours = SelfSigned.ecdsa(BEGINS, EXPIRES, RandomSource.seeded(1));

    private static String resource(String name) throws Exception {
        try (InputStream in = PemTest.class.getResourceAsStream("/dtls/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private static String block(String type, byte[] der) {
        return "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END " + type + "-----\n";
    }

    private static void assertSame(DtlsIdentity expected, DtlsIdentity read) {
        assertEquals(expected.isRsa(), read.isRsa());
        assertArrayEquals(expected.privateKeyDer(), read.privateKeyDer());
        assertArrayEquals(expected.certificateDer(), read.certificateDer());
        assertEquals(expected.expires(), read.expires());
    }

    private static void assertRefused(String text, String reason) {
        String message =
                assertThrows(MalformedException.class, () -> Pem.read(text)).getMessage();
        assertTrue(message.contains(reason), message);
    }

    @Test
    void whatIsWrittenIsRead() throws Exception {
        assertSame(ours, Pem.read(Pem.write(ours)));
        DtlsIdentity rsa = SelfSigned.rsa(2_048, BEGINS, EXPIRES, RandomSource.seeded(2));
        assertSame(rsa, Pem.read(Pem.write(rsa)));
    }

    @Test
    void aKeyAndACertificateAreWrittenInLinesOfSixtyFour() {
        assertEquals(
                block("PRIVATE KEY", ours.privateKeyDer()) + block("CERTIFICATE", ours.certificateDer()),
                Pem.write(ours));
    }

    @Test
    void theOrderOfTheBlocksAndTheEndsOfTheLinesDoNotMatter() throws Exception {
        String text = block("CERTIFICATE", ours.certificateDer()) + block("PRIVATE KEY", ours.privateKeyDer());
        assertSame(ours, Pem.read(text));
        assertSame(ours, Pem.read(text.replace("\n", "\r\n")));
        assertSame(ours, Pem.read(text.replace("\n", "\n    ")));
    }

    @Test
    void ofAChainTheFirstCertificateIsTheKeysOwn() throws Exception {
        DtlsIdentity other = SelfSigned.ecdsa(BEGINS, EXPIRES, RandomSource.seeded(3));
        assertSame(ours, Pem.read(Pem.write(ours) + block("CERTIFICATE", other.certificateDer())));
    }

    @Test
    void aKeyOfOpensslIsReadAfterABlockOfParameters() throws Exception {
        DtlsIdentity read = Pem.read(resource("openssl-ec.pem"));
        assertFalse(read.isRsa());
        assertEquals(Instant.parse("2036-11-27T18:34:45Z"), read.expires());
        assertEquals(
                "00:30:90:2E:0C:AE:73:A2:7E:28:B7:77:87:79:D5:E8:23:A8:0A:CD:5C:6B:40:9C:B7:86:FA:C5:57:3D:67:92",
                Fingerprint.of("sha-256", read.certificateDer()).value());
    }

    @Test
    void anRsaKeyOfOpensslIsReadBetweenTheAttributesOfItsBag() throws Exception {
        DtlsIdentity read = Pem.read(resource("openssl-rsa-pkcs12.pem"));
        assertTrue(read.isRsa());
        assertEquals(
                "89:3C:BD:0E:23:9C:1D:E0:CE:73:EC:83:77:C8:E9:6C:15:BF:8D:E1:CC:04:E1:6A:32:27:36:11:D7:F6:B5:48",
                Fingerprint.of("sha-256", read.certificateDer()).value());
    }

    @Test
    void aKeyOfAnotherKindSaysHowToMakeOneThatIsRead() throws Exception {
        assertRefused(
                resource("openssl-ec-sec1.pem"),
                "EC PRIVATE KEY, where a PRIVATE KEY (PKCS #8) is read: openssl pkcs8");
        assertRefused(block("ENCRYPTED PRIVATE KEY", new byte[] {1}), "ENCRYPTED PRIVATE KEY");
    }

    @Test
    void whatIsMissingIsNamed() {
        assertRefused("", "no PRIVATE KEY");
        assertRefused("no key", "no PRIVATE KEY");
        assertRefused(block("CERTIFICATE", ours.certificateDer()), "no PRIVATE KEY");
        assertRefused(block("PRIVATE KEY", ours.privateKeyDer()), "no CERTIFICATE");
    }

    @Test
    void whatIsDamagedIsNamed() {
        String key = block("PRIVATE KEY", ours.privateKeyDer());
        String certificate = block("CERTIFICATE", ours.certificateDer());
        assertRefused(key.substring(0, key.length() - 30) + certificate, "damaged");
        assertRefused(key.replace("MI", "*!") + certificate, "damaged");
        assertRefused(
                block("PRIVATE KEY", new byte[] {1, 2, 3}) + certificate, "PRIVATE KEY of the PEM text is not usable");
        assertRefused(key + block("CERTIFICATE", new byte[] {1, 2, 3}), "CERTIFICATE of the PEM text is not usable");
        assertRefused(
                key + block("CERTIFICATE", java.util.Arrays.copyOf(ours.certificateDer(), 100)),
                "CERTIFICATE of the PEM text is not usable");
    }

    @Test
    void aKeyThatIsNeitherEcNorRsaIsRefused() {
        // An Ed25519 key of openssl genpkey.
        String ed25519 = "-----BEGIN PRIVATE KEY-----\n"
                + "MC4CAQAwBQYDK2VwBCIEIGc8TIIL9wTFIHGiQ1yTm3D1ddg2ONiQFbztZLh0WkHO\n"
                + "-----END PRIVATE KEY-----\n";
        assertRefused(ed25519 + block("CERTIFICATE", ours.certificateDer()), "neither an EC nor an RSA key");
    }
}
