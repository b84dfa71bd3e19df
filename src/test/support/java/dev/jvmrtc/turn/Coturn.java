package dev.jvmrtc.turn;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Assumptions;

/**
 * A coturn server of a test, on loopback: UDP and TCP on one port, TLS on another, with a certificate for localhost.
 */
public final class Coturn implements AutoCloseable {
    public static final String USER = "user";
    public static final String PASSWORD = "secret";

    private final Path folder;
    private final List<String> options;
    private final LocalhostCertificate certificate;
    public final int port;
    public final int tlsPort;
    private Process process;

    /** Skips the test where coturn is not installed, unless the build insists. */
    public Coturn(String... moreOptions) throws Exception {
        boolean there = Files.isExecutable(Path.of("/usr/bin/turnserver"));
        if (!there && Boolean.getBoolean("jvmrtc.requireBrowser")) {
            throw new AssertionError("coturn is not installed, and this run must not go without it");
        }
        Assumptions.assumeTrue(there, "SKIPPED: coturn (/usr/bin/turnserver) is not installed");
        folder = Files.createTempDirectory("coturn");
        port = freePort();
        tlsPort = freePort();
        certificate = new LocalhostCertificate(folder);
        certificate.writePem();
        options = List.of(moreOptions);
        start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket s = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return s.getLocalPort();
        }
    }

    /** Trusts this server alone. */
    public SSLContext trust() throws GeneralSecurityException, IOException {
        return certificate.trust();
    }

    /** Starts it, or starts it again, and waits until it listens. */
    public void start() throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "/usr/bin/turnserver",
                "-n",
                "--listening-ip",
                "127.0.0.1",
                "--relay-ip",
                "127.0.0.1",
                "-p",
                Integer.toString(port),
                "--tls-listening-port",
                Integer.toString(tlsPort),
                "--cert",
                folder.resolve("cert.pem").toString(),
                "--pkey",
                folder.resolve("key.pem").toString(),
                "--lt-cred-mech",
                "--realm",
                "test",
                "--user",
                USER + ":" + PASSWORD,
                "--no-cli",
                "--allow-loopback-peers",
                "--allow-loopback-peers",
                "--no-dtls",
                "--pidfile",
                folder.resolve("pid").toString(),
                "--userdb",
                folder.resolve("db").toString(),
                "--log-file",
                "stdout",
                "--simple-log"));
        command.addAll(options);
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        for (int i = 0; i < 200; i++) {
            try (Socket s = new Socket()) {
                s.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
                return;
            } catch (IOException e) {
                TimeUnit.MILLISECONDS.sleep(50); // a process of its own has no event to wait for
            }
        }
        throw new IllegalStateException("coturn does not listen: " + log());
    }

    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    public String log() throws IOException {
        return Files.readString(folder.resolve("log"));
    }

    public String udp() {
        return "turn:127.0.0.1:" + port;
    }

    public String tcp() {
        return udp() + "?transport=tcp";
    }

    public String tls() {
        return "turns:localhost:" + tlsPort;
    }

    @Override
    public void close() throws Exception {
        kill();
        try (var files = Files.walk(folder)) {
            for (Path p : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(p);
            }
        }
    }
}
