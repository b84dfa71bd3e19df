package dev.jvmrtc.media.file;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/** Reads any bytes as an IVF file. */
public final class IvfFuzz {

    public static void fuzzerTestOneInput(byte[] data) {
        Containers.clip(data, Ivf::read);
    }

    /** First inputs, by name. */
    static Map<String, byte[]> seeds() {
        byte[] d = new byte[32 + 2 * 22];
        ByteBuffer b = ByteBuffer.wrap(d).order(ByteOrder.LITTLE_ENDIAN);
        b.putInt(0x46494b44)
                .putShort((short) 0)
                .putShort((short) 32)
                .put(new byte[] {'V', 'P', '8', '0'})
                .putShort((short) 16)
                .putShort((short) 16)
                .putInt(25)
                .putInt(1)
                .putInt(2)
                .putInt(0);
        for (int i = 0; i < 2; i++) {
            b.putInt(10).putLong(i).put(new byte[] {0x10, 0, 0, (byte) 0x9d, 1, 0x2a, 16, 0, 16, 0});
        }
        return Map.of("two-frames", d);
    }

    private IvfFuzz() {}
}
