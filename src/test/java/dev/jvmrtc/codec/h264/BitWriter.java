package dev.jvmrtc.codec.h264;

import java.io.ByteArrayOutputStream;

/** Writes NAL units bit by bit, good ones and others. */
final class BitWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int current;
    private int filled;

    BitWriter u(int bits, long value) {
        for (int i = bits - 1; i >= 0; i--) {
            current = current << 1 | (int) (value >> i & 1);
            if (++filled == 8) {
                out.write(current);
                current = 0;
                filled = 0;
            }
        }
        return this;
    }

    BitWriter ue(long value) {
        int length = 64 - Long.numberOfLeadingZeros(value + 1);
        return u(length - 1, 0).u(length, value + 1);
    }

    BitWriter se(long value) {
        return ue(value > 0 ? 2 * value - 1 : -2 * value);
    }

    /** With the stop bit. */
    byte[] end() {
        u(1, 1);
        while (filled != 0) {
            u(1, 0);
        }
        return out.toByteArray();
    }

    /** In Annex B form, with emulation prevention. */
    static byte[] nal(int header, byte[] body) {
        ByteArrayOutputStream o = new ByteArrayOutputStream();
        o.writeBytes(new byte[] {0, 0, 0, 1, (byte) header});
        int zeros = 0;
        for (byte b : body) {
            if (zeros >= 2 && (b & 0xFC) == 0) {
                o.write(3);
                zeros = 0;
            }
            o.write(b);
            zeros = b == 0 ? zeros + 1 : 0;
        }
        return o.toByteArray();
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream o = new ByteArrayOutputStream();
        for (byte[] p : parts) {
            o.writeBytes(p);
        }
        return o.toByteArray();
    }
}
