package dev.jvmrtc.fuzz;

import dev.jvmrtc.sctp.packet.Chunk;
import dev.jvmrtc.sctp.packet.ChunkType;
import dev.jvmrtc.sctp.packet.DataHeader;
import dev.jvmrtc.sctp.packet.Sack;
import dev.jvmrtc.wire.ByteReader;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.MalformedException;
import java.util.Arrays;

/**
 * Parses any bytes as a chunk: it is refused, or what is written of it is read as the same again, in steps that its
 * length bounds.
 */
public final class ChunkFuzz {

    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length >= 2) {
            FuzzBounds.work(data.length, 0, () -> parse(data));
        }
    }

    private static void parse(byte[] data) {
        int type = data[0] & 0xff;
        try {
            if (type == ChunkType.DATA || type == ChunkType.I_DATA) {
                new DataHeader().read(type == ChunkType.I_DATA, data[1], new ByteReader(data, 2, data.length - 2));
                return;
            }
            if (type == ChunkType.SACK) {
                sack(new ByteReader(data, 1, data.length - 1));
                return;
            }
            Chunk chunk = Chunk.parse(type, new ByteReader(data, 1, data.length - 1));
            if (chunk == null) {
                return;
            }
            byte[] once = body(chunk);
            if (!Arrays.equals(once, again(chunk.type(), once))) {
                throw new IllegalStateException(chunk + " is written as one thing and read as another");
            }
        } catch (MalformedException e) {
            // refused
        }
    }

    /** All that it names is there. */
    private static void sack(ByteReader body) throws MalformedException {
        Sack sack = new Sack();
        sack.read(body);
        for (int i = 0; i < sack.gapBlocks(); i++) {
            if (sack.gapStart(i) == 0 || sack.gapStart(i) > sack.gapEnd(i)) {
                throw new IllegalStateException("a gap block that should have been refused");
            }
        }
        for (int i = 0; i < sack.duplicates(); i++) {
            sack.duplicate(i);
        }
    }

    private static byte[] again(int type, byte[] body) {
        try {
            return body(Chunk.parse(type, new ByteReader(body)));
        } catch (MalformedException e) {
            throw new IllegalStateException("what we write we do not read", e);
        }
    }

    private static byte[] body(Chunk chunk) {
        ByteWriter w = new ByteWriter();
        chunk.writeBody(w);
        return w.toByteArray();
    }

    private ChunkFuzz() {}
}
