package dev.jvmrtc.codec.vp8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/** What tests of VP8 need of IVF files and pictures. */
final class IvfFrames {

    private IvfFrames() {}

    static List<byte[]> of(Path file) throws IOException {
        return of(Files.readAllBytes(file));
    }

    /** A test picture, by libvpx. */
    static List<byte[]> testPicture() throws IOException {
        try (InputStream in = IvfFrames.class.getResourceAsStream("/vp8/test-picture.ivf")) {
            return of(in.readAllBytes());
        }
    }

    private static List<byte[]> of(byte[] file) {
        ByteBuffer b = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).position(32);
        List<byte[]> frames = new ArrayList<>();
        while (b.remaining() >= 12) {
            byte[] f = new byte[b.getInt()];
            b.getLong();
            b.get(f);
            frames.add(f);
        }
        return frames;
    }

    /** Of what is shown, plane after plane. */
    static byte[] md5(Picture p) throws NoSuchAlgorithmException {
        MessageDigest m = MessageDigest.getInstance("MD5");
        update(m, p.y, p.stride, p.width, p.height);
        update(m, p.u, p.uvStride(), (p.width + 1) / 2, (p.height + 1) / 2);
        update(m, p.v, p.uvStride(), (p.width + 1) / 2, (p.height + 1) / 2);
        return m.digest();
    }

    private static void update(MessageDigest m, byte[] plane, int stride, int width, int height) {
        for (int r = 0; r < height; r++) {
            m.update(plane, r * stride, width);
        }
    }
}
