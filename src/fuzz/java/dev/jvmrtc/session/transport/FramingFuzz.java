package dev.jvmrtc.session.transport;

import dev.jvmrtc.fuzz.FuzzBounds;
import dev.jvmrtc.fuzz.FuzzInput;
import dev.jvmrtc.turn.TurnFraming;
import dev.jvmrtc.wire.LentBytes;
import java.util.Map;

/** Cuts any bytes, as a TCP stream brings them, into packets between peers and into messages of a TURN server. */
public final class FramingFuzz {

    public static void fuzzerTestOneInput(byte[] data) {
        FuzzInput in = new FuzzInput(data);
        boolean toServer = in.flag();
        StreamFraming peers = new StreamFraming();
        TurnFraming server = new TurnFraming();
        long[] out = {0};
        int given = 0;
        boolean ended = false;
        while (!in.isEmpty() && !ended) {
            byte[] piece = in.bytes(1 + in.next());
            given += piece.length;
            boolean[] over = {false};
            FuzzBounds.work(piece.length, () -> {
                if (toServer) {
                    over[0] = !server.handle(LentBytes.of(piece), p -> out[0] += check(p));
                } else {
                    peers.handle(LentBytes.of(piece), p -> out[0] += check(p));
                }
            });
            ended = over[0];
        }
        FuzzBounds.atMost(given, out[0], "bytes of packets");
    }

    private static int check(LentBytes p) {
        if (p.offset() < 0 || p.length() < 0 || p.offset() + p.length() > p.array().length) {
            throw new IllegalStateException("a packet outside of its array");
        }
        return p.length();
    }

    /** First inputs, by name. */
    static Map<String, byte[]> seeds() {
        return Map.of("peers", new byte[] {0, 30, 0, 3, 1, 2, 3, 0, 0, 0, 2, 9, 9, 0, 1, 7}, "server", new byte[] {
            1,
            60,
            0,
            1,
            0,
            4,
            0x21,
            0x12,
            (byte) 0xa4,
            0x42,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            1,
            2,
            3,
            4,
            0x40,
            0,
            0,
            5,
            1,
            2,
            3,
            4,
            5,
            0,
            0,
            0
        });
    }

    private FramingFuzz() {}
}
