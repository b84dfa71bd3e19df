package dev.jvmrtc.sctp;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.sctp.packet.Chunk;
import dev.jvmrtc.sctp.packet.ChunkType;
import dev.jvmrtc.sctp.packet.PacketFormat;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.Bytes;

/**
 * Heartbeats (RFC 9260 §8.3): asked now and then, so that a peer that is gone is noticed though there is nothing to
 * send; and, with padding, to find out how large packets may be (RFC 8899 §6.2.1.2).
 */
final class Heartbeat {
    /** RFC 9260 §16: HB.interval. */
    static final long INTERVAL_NANOS = 30_000_000_000L;
    /** Bytes of a packet that are not the information of a heartbeat, with some to spare. */
    private static final int OVERHEAD = 64;

    /** How long answers take, and how large packets may be. */
    private final Path path;
    /** Where nonces come from. */
    private final RandomSource random;
    /** When the next one leaves. */
    private long dueNanos = NEVER;
    /** Whether the last one has not been answered. */
    private boolean outstanding;
    /** What the answer to the last one repeats. */
    private long nonce;
    /** When the last one left. */
    private long sentNanos;

    Heartbeat(Path path, RandomSource random) {
        this.path = path;
        this.random = random;
    }

    /** The association is up. */
    void start(long now) {
        dueNanos = now + INTERVAL_NANOS;
    }

    boolean isDue(long now) {
        return ProtocolCore.due(dueNanos, now);
    }

    long nextTimeoutNanos() {
        return dueNanos;
    }

    /** Whether the peer owes an answer. */
    boolean isOutstanding() {
        return outstanding;
    }

    /** The next one, which leaves now. */
    Chunk next(long now) {
        outstanding = true;
        nonce = random.nextLong();
        sentNanos = now;
        dueNanos = now + INTERVAL_NANOS + path.rtt().rtoNanos();
        return request(nonce);
    }

    /**
     * The answer to one of the peer's, or null where it would not fit a packet.
     *
     * <p>RFC 9260 §8.3: "The receiver of the HEARTBEAT chunk SHOULD immediately respond with a HEARTBEAT ACK chunk that
     * contains the Heartbeat Information TLV, together with any other received TLVs, copied unchanged from the received
     * HEARTBEAT chunk."
     */
    static Chunk answer(Chunk.Heartbeat request, int maxPacketSize) {
        return request.info().length <= maxPacketSize - OVERHEAD ? new Chunk.Heartbeat(true, request.info()) : null;
    }

    /** The peer answers one of ours, or a probe, or claims to. */
    void handleAck(long now, Chunk.Heartbeat ack) {
        if (ack.info().length != Long.BYTES) {
            return;
        }
        long repeated = Bytes.i64(ack.info(), 0);
        if (!path.probeAnswered(repeated) && outstanding && repeated == nonce) {
            outstanding = false;
            path.answered();
            path.rtt().observe(now - sentNanos);
        }
    }

    /** Appends one that is padded to the size that is to be tried. The answer is small. */
    void writeProbe(long now, int size, ByteWriter packet) {
        long probe = random.nextLong();
        request(probe).write(packet);
        int padding = size - packet.length();
        packet.u8(ChunkType.PAD).u8(0).u16(padding).zeros(padding - PacketFormat.CHUNK_HEADER_LENGTH);
        path.mtu().probeSent(now, probe, path.rtt().rtoNanos());
    }

    /**
     * RFC 9260 §3.3.5 has the time in it too, which the answer repeats; ours stays here, for what is repeated is what
     * the peer makes of it.
     */
    private static Chunk.Heartbeat request(long nonce) {
        return new Chunk.Heartbeat(false, new ByteWriter(Long.BYTES).u64(nonce).toByteArray());
    }
}
