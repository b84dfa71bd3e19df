package dev.jvmrtc.media;

import dev.jvmrtc.core.Steps;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Opus in Ogg (RFC 7845, RFC 3533), one logical stream. */
public final class OggOpus {
    private static final int CLOCK = 48_000;
    private static final int PAGE_HEADER = 27;
    /** A packet lasts 120 ms at most (RFC 6716 §3.2.5). */
    private static final int MAX_SAMPLES = 5_760;
    /** What a page has room for. */
    private static final int MAX_PACKET = 255 * 255 - 1;
    private static final int[] CRC = new int[256];

    static {
        for (int i = 0; i < 256; i++) {
            int r = i << 24;
            for (int k = 0; k < 8; k++) {
                r = (r & 0x80000000) != 0 ? r << 1 ^ 0x04c11db7 : r << 1;
            }
            CRC[i] = r;
        }
    }

    private OggOpus() {
    }

    static Clip read(byte[] file) throws IOException {
        List<byte[]> packets = packets(file);
        if (packets.size() < 3 || !startsWith(packets.get(0), "OpusHead") || !startsWith(packets.get(1), "OpusTags")) {
            throw new IOException("not an Ogg file with Opus");
        }
        List<EncodedFrame> frames = new ArrayList<>();
        long time = 0;
        for (byte[] p : packets.subList(2, packets.size())) {
            if (samples(p) > 0 && samples(p) <= MAX_SAMPLES) {
                frames.add(EncodedFrame.of(p, "opus", time, true));
                time += samples(p);
            }
        }
        if (frames.isEmpty()) {
            throw new EOFException("Ogg without a packet of sound");
        }
        return new Clip("audio", EncodedFormat.of("opus"), CLOCK, frames, time);
    }

    private static boolean startsWith(byte[] packet, String text) {
        return new String(packet, 0, Math.min(packet.length, text.length()), StandardCharsets.US_ASCII).equals(text);
    }

    private static List<byte[]> packets(byte[] file) throws IOException {
        List<byte[]> packets = new ArrayList<>();
        java.io.ByteArrayOutputStream current = new java.io.ByteArrayOutputStream();
        int at = 0;
        while (at + PAGE_HEADER <= file.length) {
            if (file[at] != 'O' || file[at + 1] != 'g' || file[at + 2] != 'g' || file[at + 3] != 'S') {
                throw new IOException("not an Ogg file");
            }
            int segments = file[at + 26] & 0xff;
            int body = at + PAGE_HEADER + segments;
            for (int i = 0; i < segments; i++) {
                assert Steps.count();
                if (at + PAGE_HEADER + i >= file.length) {
                    throw new EOFException("Ogg ends within a page");
                }
                int size = file[at + PAGE_HEADER + i] & 0xff;
                if (body + size > file.length) {
                    throw new EOFException("Ogg ends within a page");
                }
                current.write(file, body, size);
                body += size;
                if (size < 255) {
                    packets.add(current.toByteArray());
                    current.reset();
                }
            }
            at = body;
        }
        return packets;
    }

    /** Samples at 48 kHz in an Opus packet (RFC 6716 §3.1). */
    public static int samples(byte[] packet) {
        if (packet.length == 0) {
            return 0;
        }
        int toc = packet[0] & 0xff;
        int config = toc >> 3;
        int frame = config < 12 ? new int[] {480, 960, 1_920, 2_880}[config & 3] : config < 16 ? new int[] {480, 960}[config & 1]
            : new int[] {120, 240, 480, 960}[config & 3];
        int count = (toc & 3) == 0 ? 1 : (toc & 3) < 3 ? 2 : packet.length > 1 ? packet[1] & 0x3f : 0;
        return frame * count;
    }

    /** Writes Opus packets to a file as they come, a page for each; {@link #close} ends the stream. One thread at a time. */
    public static final class Writer implements Closeable {
        private final FileChannel out;
        private long granule;
        private Long lastTimestamp;
        private int page;
        private int packets;

        /** An existing file is replaced. {@code channels}: 1 or 2. */
        public Writer(Path file, int channels) throws IOException {
            out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
            ByteBuffer head = ByteBuffer.allocate(19).order(ByteOrder.LITTLE_ENDIAN);
            head.put("OpusHead".getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) channels).putShort((short) 0).putInt(CLOCK).putShort((short) 0)
                .put((byte) 0);
            writePage(head.array(), 2);
            byte[] vendor = "jvmrtc".getBytes(StandardCharsets.US_ASCII);
            ByteBuffer tags = ByteBuffer.allocate(16 + vendor.length).order(ByteOrder.LITTLE_ENDIAN);
            tags.put("OpusTags".getBytes(StandardCharsets.US_ASCII)).putInt(vendor.length).put(vendor).putInt(0);
            writePage(tags.array(), 0);
        }

        /** A packet of no sound or more than fits a page, as only a peer that means ill sends it, is left out. */
        public void write(EncodedFrame f) throws IOException {
            if (f.data().length == 0 || f.data().length > MAX_PACKET) {
                return;
            }
            int samples = samples(f.data());
            // A gap in the timestamps (loss, DTX) becomes a gap in the granule positions, so that the length stays right.
            long step = lastTimestamp == null ? samples : (f.rtpTimestamp() - lastTimestamp & 0xffffffffL);
            granule += step > 0 && step < 10L * CLOCK ? step : samples;
            lastTimestamp = f.rtpTimestamp();
            packets++;
            writePage(f.data(), 0);
        }

        public int packets() {
            return packets;
        }

        private void writePage(byte[] packet, int flags) throws IOException {
            int segments = packet.length / 255 + 1;
            ByteBuffer b = ByteBuffer.allocate(PAGE_HEADER + segments + packet.length).order(ByteOrder.LITTLE_ENDIAN);
            b.put("OggS".getBytes(StandardCharsets.US_ASCII)).put((byte) 0).put((byte) flags).putLong(granule).putInt(0x6a766d72).putInt(page++).putInt(0)
                .put((byte) segments);
            for (int i = 0; i < segments - 1; i++) {
                b.put((byte) 255);
            }
            b.put((byte) (packet.length % 255)).put(packet);
            int crc = 0;
            for (byte x : b.array()) {
                crc = crc << 8 ^ CRC[(crc >>> 24 ^ x) & 0xff];
            }
            b.putInt(22, crc);
            b.flip();
            out.write(b);
        }

        @Override
        public void close() throws IOException {
            try (out) {
                writePage(new byte[0], 4);
            }
        }
    }
}
