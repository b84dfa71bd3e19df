package dev.jvmrtc.sctp.packet;

import dev.jvmrtc.wire.ByteReader;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.Bytes;
import dev.jvmrtc.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;

/**
 * The control chunks (RFC 9260 §3.3). DATA, I-DATA and SACK, which come by the million, are not among them: they are
 * read and written in place, see {@link DataHeader} and {@link Sack}.
 */
public sealed interface Chunk {

    int type();

    default int flags() {
        return 0;
    }

    /** Writes what follows the chunk header. */
    void writeBody(ByteWriter out);

    /** Appends the chunk with header and padding. */
    default void write(ByteWriter out) {
        int at = out.length();
        out.u8(type()).u8(flags()).u16(0);
        writeBody(out);
        out.put16(at + 2, out.length() - at);
        out.padTo4();
    }

    /** Largest number of parameters read from one chunk. */
    int MAX_PARAMETERS = 64;

    /** INIT and INIT ACK (§3.3.2, §3.3.3). {@code cookie} is null in an INIT. */
    record Init(
            boolean ack,
            int initiateTag,
            long advertisedReceiverWindow,
            int outboundStreams,
            int inboundStreams,
            int initialTsn,
            Extensions extensions,
            byte[] cookie)
            implements Chunk {
        private static final int STATE_COOKIE = 7;
        private static final int SUPPORTED_EXTENSIONS = 0x8008;
        private static final int FORWARD_TSN_SUPPORTED = 0xC000;
        /** RFC 9653 §4: Zero Checksum Acceptable, with the method that detects errors in the checksum's stead. */
        private static final int ZERO_CHECKSUM_ACCEPTABLE = 0x8001;

        private static final int ERROR_DETECTION_BY_DTLS = 1;

        @Override
        public int type() {
            return ack ? ChunkType.INIT_ACK : ChunkType.INIT;
        }

        static Init parse(boolean ack, ByteReader r) throws MalformedException {
            int tag = r.i32();
            long window = r.u32();
            int out = r.u16();
            int in = r.u16();
            int tsn = r.i32();
            Extensions extensions = Extensions.NONE;
            byte[] cookie = null;
            for (Parameter p : Parameter.parseAll(r)) {
                switch (p.type()) {
                    case STATE_COOKIE -> cookie = p.value();
                    case ZERO_CHECKSUM_ACCEPTABLE -> {
                        if (p.value().length == 4 && Bytes.i32(p.value(), 0) == ERROR_DETECTION_BY_DTLS) {
                            extensions = extensions.withZeroChecksum();
                        }
                    }
                    case FORWARD_TSN_SUPPORTED -> extensions = extensions.with(ChunkType.FORWARD_TSN);
                    case SUPPORTED_EXTENSIONS -> {
                        for (byte b : p.value()) {
                            extensions = extensions.with(b & 0xff);
                        }
                    }
                    default -> {
                        // RFC 9260 §3.2.1: parameters of types 10… and 11… are skipped; address parameters mean nothing
                        // over DTLS.
                    }
                }
            }
            return new Init(ack, tag, window, out, in, tsn, extensions, cookie);
        }

        @Override
        public void writeBody(ByteWriter out) {
            out.u32(initiateTag)
                    .u32(advertisedReceiverWindow)
                    .u16(outboundStreams)
                    .u16(inboundStreams)
                    .u32(initialTsn);
            if (cookie != null) {
                new Parameter(STATE_COOKIE, cookie).write(out);
            }
            if (extensions.forwardTsn()) {
                new Parameter(FORWARD_TSN_SUPPORTED, new byte[0]).write(out);
            }
            if (extensions.zeroChecksum()) {
                new Parameter(
                                ZERO_CHECKSUM_ACCEPTABLE,
                                new ByteWriter(4).u32(ERROR_DETECTION_BY_DTLS).toByteArray())
                        .write(out);
            }
            byte[] types = extensions.chunkTypes();
            if (types.length > 0) {
                new Parameter(SUPPORTED_EXTENSIONS, types).write(out);
            }
        }
    }

    /** HEARTBEAT and HEARTBEAT ACK (§3.3.5, §3.3.6) with the opaque information parameter. */
    record Heartbeat(boolean ack, byte[] info) implements Chunk {
        @Override
        public int type() {
            return ack ? ChunkType.HEARTBEAT_ACK : ChunkType.HEARTBEAT;
        }

        static Heartbeat parse(boolean ack, ByteReader r) throws MalformedException {
            for (Parameter p : Parameter.parseAll(r)) {
                if (p.type() == 1) {
                    return new Heartbeat(ack, p.value());
                }
            }
            throw new MalformedException("HEARTBEAT without information");
        }

        @Override
        public void writeBody(ByteWriter out) {
            new Parameter(1, info).write(out);
        }
    }

    /** ABORT (§3.3.7). */
    record Abort(List<ErrorCause> causes) implements Chunk {
        @Override
        public int type() {
            return ChunkType.ABORT;
        }

        @Override
        public void writeBody(ByteWriter out) {
            causes.forEach(c -> c.write(out));
        }
    }

    /** ERROR (§3.3.10). */
    record Error(List<ErrorCause> causes) implements Chunk {
        @Override
        public int type() {
            return ChunkType.ERROR;
        }

        @Override
        public void writeBody(ByteWriter out) {
            causes.forEach(c -> c.write(out));
        }
    }

    /** SHUTDOWN (§3.3.8). */
    record Shutdown(int cumulativeTsn) implements Chunk {
        @Override
        public int type() {
            return ChunkType.SHUTDOWN;
        }

        @Override
        public void writeBody(ByteWriter out) {
            out.u32(cumulativeTsn);
        }
    }

    /** A chunk that is its header only: SHUTDOWN ACK, SHUTDOWN COMPLETE, COOKIE ACK. */
    record Bare(int type) implements Chunk {
        @Override
        public void writeBody(ByteWriter out) {
            // Nothing follows the header.
        }
    }

    /** COOKIE ECHO (§3.3.11). */
    record CookieEcho(byte[] cookie) implements Chunk {
        @Override
        public int type() {
            return ChunkType.COOKIE_ECHO;
        }

        @Override
        public void writeBody(ByteWriter out) {
            out.bytes(cookie);
        }
    }

    /**
     * The last skipped message of a stream.
     *
     * @param unordered whether it counts among the unordered ones, which have numbers only where messages interleave
     * @param number stream sequence number or message identifier
     */
    record Skipped(int streamId, boolean unordered, int number) {}

    /** FORWARD TSN (RFC 3758 §3.2), or I-FORWARD-TSN (RFC 8260 §2.3.1). */
    record ForwardTsn(boolean interleaved, int newCumulativeTsn, Skipped[] streams) implements Chunk {
        @Override
        public int type() {
            return interleaved ? ChunkType.I_FORWARD_TSN : ChunkType.FORWARD_TSN;
        }

        static ForwardTsn parse(boolean interleaved, ByteReader r) throws MalformedException {
            int tsn = r.i32();
            Skipped[] streams = new Skipped[r.remaining() / (interleaved ? 8 : 4)];
            for (int i = 0; i < streams.length; i++) {
                int id = r.u16();
                int last = r.u16();
                streams[i] = interleaved ? new Skipped(id, (last & 1) != 0, r.i32()) : new Skipped(id, false, last);
            }
            return new ForwardTsn(interleaved, tsn, streams);
        }

        @Override
        public void writeBody(ByteWriter out) {
            out.u32(newCumulativeTsn);
            for (Skipped s : streams) {
                out.u16(s.streamId);
                if (interleaved) {
                    out.u16(s.unordered ? 1 : 0).u32(s.number);
                } else {
                    out.u16(s.number & 0xffff);
                }
            }
        }
    }

    /** RE-CONFIG (RFC 6525 §3.1). */
    record ReConfig(List<Parameter> parameters) implements Chunk {
        @Override
        public int type() {
            return ChunkType.RE_CONFIG;
        }

        @Override
        public void writeBody(ByteWriter out) {
            parameters.forEach(p -> p.write(out));
        }
    }

    /** Parses the body of a control chunk; null for a type that is not known. */
    static Chunk parse(int type, ByteReader body) throws MalformedException {
        return switch (type) {
            case ChunkType.INIT -> Init.parse(false, body);
            case ChunkType.INIT_ACK -> Init.parse(true, body);
            case ChunkType.HEARTBEAT -> Heartbeat.parse(false, body);
            case ChunkType.HEARTBEAT_ACK -> Heartbeat.parse(true, body);
            case ChunkType.ABORT -> new Abort(ErrorCause.parseAll(body));
            case ChunkType.ERROR -> new Error(ErrorCause.parseAll(body));
            case ChunkType.SHUTDOWN -> new Shutdown(body.i32());
            case ChunkType.SHUTDOWN_ACK, ChunkType.SHUTDOWN_COMPLETE, ChunkType.COOKIE_ACK -> new Bare(type);
            case ChunkType.COOKIE_ECHO -> new CookieEcho(body.bytes(body.remaining()));
            case ChunkType.FORWARD_TSN -> ForwardTsn.parse(false, body);
            case ChunkType.I_FORWARD_TSN -> ForwardTsn.parse(true, body);
            case ChunkType.RE_CONFIG -> new ReConfig(Parameter.parseAll(body));
            default -> null;
        };
    }

    /** A type-length-value parameter (§3.2.1). */
    record Parameter(int type, byte[] value) {

        static List<Parameter> parseAll(ByteReader r) throws MalformedException {
            List<Parameter> all = new ArrayList<>();
            while (r.remaining() >= 4) {
                int type = r.u16();
                int length = r.u16();
                if (length < 4 || all.size() == MAX_PARAMETERS) {
                    throw new MalformedException("SCTP parameter of a wrong length");
                }
                all.add(new Parameter(type, r.bytes(length - 4)));
                r.skip(Math.min(-length & 3, r.remaining()));
            }
            return all;
        }

        void write(ByteWriter out) {
            out.u16(type).u16(4 + value.length).bytes(value).padTo4();
        }
    }
}
