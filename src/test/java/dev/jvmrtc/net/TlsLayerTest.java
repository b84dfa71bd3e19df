package dev.jvmrtc.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.turn.LocalhostCertificate;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client's TLS beside a server of the JDK, without a network. */
@Timeout(60)
class TlsLayerTest {
    private final ByteArrayOutputStream toServer = new ByteArrayOutputStream();
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    private SSLEngine server;
    private TlsLayer client;

    @BeforeEach
    void connect(@TempDir Path folder) throws Exception {
        LocalhostCertificate certificate = new LocalhostCertificate(folder);
        server = certificate.server().createSSLEngine();
        server.setUseClientMode(false);
        server.setEnabledProtocols(new String[] {"TLSv1.2"}); // the last that negotiates anew
        client = new TlsLayer(
                certificate.trust(),
                "localhost",
                5349,
                b -> toServer.write(b.array(), b.position(), b.remaining()),
                b -> {
                    // the server says nothing
                });
        goOn();
        assertTrue(client.isOpen());
    }

    /** Until neither says anything more. */
    private void goOn() throws SSLException {
        boolean more = true;
        while (more) {
            while (client.proceed()) {
                client.task().run();
            }
            more = serverGoesOn();
        }
    }

    private boolean serverGoesOn() throws SSLException {
        ByteBuffer in = ByteBuffer.wrap(toServer.toByteArray());
        toServer.reset();
        boolean any = in.hasRemaining();
        while (true) {
            switch (server.getHandshakeStatus()) {
                case NEED_TASK -> server.getDelegatedTask().run();
                case NEED_WRAP -> {
                    serverSays();
                    any = true;
                }
                default -> {
                    ByteBuffer plain = ByteBuffer.allocate(1 << 16);
                    SSLEngineResult r = in.hasRemaining() ? server.unwrap(in, plain) : null;
                    if (r == null
                            || r.bytesConsumed() == 0 && r.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
                        toServer.write(in.array(), in.position(), in.remaining());
                        return any;
                    }
                    heard.write(plain.array(), 0, plain.position());
                }
            }
        }
    }

    private void serverSays() throws SSLException {
        ByteBuffer out = ByteBuffer.allocate(1 << 16);
        server.wrap(ByteBuffer.allocate(0), out);
        client.receive(out.array(), 0, out.position());
    }

    @Test
    void whileTheServerNegotiatesAnewNothingIsSentAndNobodyWaits() throws Exception {
        server.beginHandshake();
        serverSays(); // HelloRequest
        assertTrue(client.proceed(), "there is work to do");
        assertFalse(client.send(new byte[100], 0, 100), "TLS takes nothing meanwhile");
        client.task().run();
        goOn();
        assertTrue(client.send(new byte[100], 0, 100));
        serverGoesOn();
        assertEquals(100, heard.size());
    }

    @Test
    void whatIsLargerThanARecordIsSentInSeveral() throws Exception {
        assertTrue(client.send(new byte[50_000], 0, 50_000));
        serverGoesOn();
        assertEquals(50_000, heard.size());
    }
}
