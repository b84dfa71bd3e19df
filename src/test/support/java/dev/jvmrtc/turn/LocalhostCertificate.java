package dev.jvmrtc.turn;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate for localhost that nobody has signed, made by the JDK's keytool. */
public final class LocalhostCertificate {
    private static final String ALIAS = "localhost";
    private static final char[] PASSWORD = "password".toCharArray();

    private final Path folder;
    private final KeyStore keys;

    /** Leaves a key store in the folder. */
    public LocalhostCertificate(Path folder) throws GeneralSecurityException, IOException, InterruptedException {
        this.folder = folder;
        Path store = folder.resolve("keys.p12");
        Process p = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        ALIAS,
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost,ip:127.0.0.1",
                        "-validity",
                        "10",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .start();
        p.getInputStream().readAllBytes();
        if (p.waitFor() != 0) {
            throw new IllegalStateException("keytool failed");
        }
        keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
    }

    /** Writes {@code key.pem} and {@code cert.pem} into the folder. */
    void writePem() throws GeneralSecurityException, IOException {
        pem("key.pem", "PRIVATE KEY", keys.getKey(ALIAS, PASSWORD).getEncoded());
        pem("cert.pem", "CERTIFICATE", keys.getCertificate(ALIAS).getEncoded());
    }

    private void pem(String file, String what, byte[] der) throws IOException {
        Files.writeString(
                folder.resolve(file),
                "-----BEGIN " + what + "-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + what
                        + "-----\n");
    }

    /** A server's: has the key. */
    public SSLContext server() throws GeneralSecurityException {
        KeyManagerFactory f = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        f.init(keys, PASSWORD);
        SSLContext c = SSLContext.getInstance("TLS");
        c.init(f.getKeyManagers(), null, null);
        return c;
    }

    /** A client's: trusts this alone. */
    public SSLContext trust() throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry(ALIAS, keys.getCertificate(ALIAS));
        TrustManagerFactory f = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        f.init(trusted);
        SSLContext c = SSLContext.getInstance("TLS");
        c.init(null, f.getTrustManagers(), null);
        return c;
    }
}
