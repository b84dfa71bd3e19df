package dev.jvmrtc.net;

import dev.jvmrtc.core.Steps;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/**
 * TLS of one client stream, as bytes in and bytes out. The certificate must be trusted by the context and name the
 * host.
 */
final class TlsLayer {
    private final SSLEngine engine;
    private final Consumer<ByteBuffer> toNetwork;
    private final Consumer<ByteBuffer> toApplication;
    private ByteBuffer incoming;
    private ByteBuffer plain;
    private ByteBuffer outgoing;
    private boolean open;

    TlsLayer(
            SSLContext context,
            String host,
            int port,
            Consumer<ByteBuffer> toNetwork,
            Consumer<ByteBuffer> toApplication) {
        engine = context.createSSLEngine(host, port);
        engine.setUseClientMode(true);
        SSLParameters p = engine.getSSLParameters();
        // RFC 8656 §3.1 and RFC 9325 §6: the name in the certificate must be the one that was configured.
        p.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(p);
        incoming = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
        outgoing = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        this.toNetwork = toNetwork;
        this.toApplication = toApplication;
    }

    boolean isOpen() {
        return open;
    }

    /**
     * Heavy work of the handshake, to be run anywhere, before {@link #proceed()} is called again; null where there is
     * none.
     */
    Runnable task() {
        return engine.getDelegatedTask();
    }

    /** Goes on as far as it can; true where {@link #task()} has work. */
    boolean proceed() throws SSLException {
        if (engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING && !open) {
            engine.beginHandshake();
        }
        incoming.flip();
        try {
            return goOn();
        } finally {
            incoming.compact(); // once, not for each record: a server may send records of a byte
        }
    }

    private boolean goOn() throws SSLException {
        while (true) {
            assert Steps.count();
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> {
                    return true;
                }
                case NEED_WRAP -> wrap(ByteBuffer.allocate(0));
                default -> {
                    if (!unwrap()) {
                        return engine.getHandshakeStatus() == HandshakeStatus.NEED_TASK;
                    }
                }
            }
        }
    }

    /** Takes bytes from the network; {@link #proceed()} is to be called then. */
    void receive(byte[] data, int offset, int length) {
        if (incoming.remaining() < length) {
            incoming = ByteBuffer.wrap(Arrays.copyOf(incoming.array(), incoming.position() + length + 4_096))
                    .position(incoming.position());
        }
        incoming.put(data, offset, length);
    }

    /**
     * False where none of it has left, because the server negotiates anew (RFC 5246 §7.4.1.1) and TLS takes nothing
     * until it has heard more.
     */
    boolean send(byte[] data, int offset, int length) throws SSLException {
        ByteBuffer b = ByteBuffer.wrap(data, offset, length);
        while (b.hasRemaining()) {
            if (!wrap(b)) {
                if (b.position() > offset) {
                    throw new SSLException("TLS has stopped in the middle of a message");
                }
                return false;
            }
        }
        return true;
    }

    /** Says goodbye (close_notify). */
    void close() throws SSLException {
        engine.closeOutbound();
        wrap(ByteBuffer.allocate(0));
    }

    /** False where nothing came of it, and would not of another time. */
    private boolean wrap(ByteBuffer source) throws SSLException {
        outgoing.clear();
        SSLEngineResult r = engine.wrap(source, outgoing);
        noteFinished(r);
        if (r.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
            outgoing = ByteBuffer.allocate(2 * outgoing.capacity());
            return true;
        }
        toNetwork.accept(outgoing.flip());
        if (r.getStatus() == SSLEngineResult.Status.CLOSED && source.hasRemaining()) {
            throw new SSLException("the server has ended TLS");
        }
        return r.bytesConsumed() > 0 || r.bytesProduced() > 0;
    }

    /** Unwraps one record; false where a whole one has not come yet. */
    private boolean unwrap() throws SSLException {
        plain.clear();
        SSLEngineResult r = engine.unwrap(incoming, plain);
        noteFinished(r);
        switch (r.getStatus()) {
            case BUFFER_OVERFLOW -> {
                plain = ByteBuffer.allocate(2 * plain.capacity());
                return true;
            }
            case BUFFER_UNDERFLOW -> {
                return false;
            }
            case CLOSED -> throw new SSLException("the server has ended TLS");
            default -> {
                if (plain.position() > 0) {
                    toApplication.accept(plain.flip());
                }
                return r.bytesConsumed() > 0 || r.getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
            }
        }
    }

    private void noteFinished(SSLEngineResult r) {
        open |= r.getHandshakeStatus() == HandshakeStatus.FINISHED;
    }
}
