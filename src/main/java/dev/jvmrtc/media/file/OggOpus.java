package dev.jvmrtc.media.file;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.EncodedFrame;
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

/**
 * Opus in Ogg (RFC 7845, RFC 3533): files of one logical stream, and of several behind one another are read, of one are
 * written.
 */
public final class OggOpus {
    private static final int CLOCK = 48_000;
    private static final int PAGE_HEADER = 27;
    private static final int MAX_SEGMENTS = 255;
    private static final int FIRST_PAGE = 2;
    private static final int LAST_PAGE = 4;
    /** The first byte of packets with frames of 2.5 ms (RFC 6716 §3.1, table 2: configuration 28). */
    private static final int SHORTEST_FRAMES = 28 << 3;
    /** A packet lasts 120 ms at most (RFC 6716 §3.2.5). */
    private static final int MAX_SAMPLES = 5_760;
    /** What a page has room for. */
    private static final int MAX_PACKET = 255 * 255 - 1;
    /**
     * What libopus, the encoder of nearly all peers, is behind by, and its header says: 6.5 ms to skip before audio
     * (RFC 7845 §4.2).
     */
    private static final int PRE_SKIP = 312;
    /** A gap of more is none of the time: the file goes on at once. */
    private static final long MAX_GAP = 10L * CLOCK;

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

    private OggOpus() {}

    static Clip read(byte[] file) throws IOException {
        Reader r = new Reader();
        OggPackets.read(file, r);
        if (r.frames.isEmpty()) {
            throw new EOFException("Ogg without an audio packet");
        }
        return new Clip("audio", EncodedFormat.of("opus"), CLOCK, r.frames, r.time);
    }

    /** Makes one clip of all streams of a chain. */
    private static final class Reader implements OggPackets.Pages {
        private final List<EncodedFrame> frames = new ArrayList<>();
        private long time;
        private int headers;
        /** Time of granule position 0 of this stream, once it is known. */
        private Long origin;

        @Override
        public void begin() {
            headers = 0;
            origin = null;
        }

        @Override
        public void page(List<byte[]> packets, long granule) throws IOException {
            List<byte[]> audio = new ArrayList<>();
            long samples = 0;
            for (byte[] p : packets) {
                assert Steps.count();
                if (headers < 2) {
                    header(p);
                } else if (samples(p) > 0 && samples(p) <= MAX_SAMPLES) {
                    audio.add(p);
                    samples += samples(p);
                }
            }
            if (audio.isEmpty()) {
                return;
            }
            boolean known = granule >= 0; // RFC 3533 §6: −1 where no packet ends on the page; or it was cut off
            if (known && origin == null) {
                origin = time + samples - granule;
            }
            // A page that ends later than its packets reach has a gap before them. One that ends earlier is trimmed
            // (RFC 7845 §4.4), for which RTP has no word.
            long gap = known ? origin + granule - samples - time : 0;
            time += gap > 0 && gap <= MAX_GAP ? gap : 0;
            origin = gap > MAX_GAP ? null : origin;
            for (byte[] p : audio) {
                assert Steps.count();
                frames.add(EncodedFrame.of(p, "opus", time, true));
                time += samples(p);
            }
        }

        private void header(byte[] p) throws IOException {
            if (!startsWith(p, headers == 0 ? "OpusHead" : "OpusTags")) {
                throw new IOException(
                        frames.isEmpty()
                                ? "not an Ogg file with Opus"
                                : "Ogg with something else than Opus behind the first stream");
            }
            // RFC 7845 §5.1: version, channels, …, mapping family; other families than 0 tell the number of streams in
            // each packet next.
            if (headers++ == 0) {
                if (p.length < 19 || (p[8] & 0xf0) != 0) {
                    throw new IOException("Ogg with an Opus header that cannot be read");
                }
                int streams = p[18] == 0 ? 1 : p.length > 19 ? p[19] & 0xff : 0;
                if (streams != 1) {
                    throw new IOException("Ogg with Opus in " + (p[9] & 0xff) + " channels, as several streams:"
                            + " WebRTC has one or two channels, encode it again (ffmpeg -ac 2)");
                }
            }
        }
    }

    private static boolean startsWith(byte[] packet, String text) {
        return new String(packet, 0, Math.min(packet.length, text.length()), StandardCharsets.US_ASCII).equals(text);
    }

    /**
     * The length of an Opus packet (RFC 6716 §3.1).
     *
     * @param packet as it is sent in RTP
     * @return samples at 48,000 Hz; 0 where it is no such packet
     */
    public static int samples(byte[] packet) {
        if (packet.length == 0) {
            return 0;
        }
        int toc = packet[0] & 0xff;
        int config = toc >> 3;
        int frame = config < 12
                ? new int[] {480, 960, 1_920, 2_880}[config & 3]
                : config < 16 ? new int[] {480, 960}[config & 1] : new int[] {120, 240, 480, 960}[config & 3];
        int count = (toc & 3) == 0 ? 1 : (toc & 3) < 3 ? 2 : packet.length > 1 ? packet[1] & 0x3f : 0;
        return frame * count;
    }

    /**
     * Writes Opus packets to a file as they come, a page for each; {@link #close} ends the stream. Of gaps in the
     * timestamps up to 10 s (loss, DTX) the decoder is asked to conceal what is missing, so that the file has the
     * length of the time. One thread at a time.
     */
    public static final class Writer implements Closeable {
        private final FileChannel out;
        private long granule;
        private Long lastTimestamp;
        private byte[] last;
        private int page;
        private int packets;

        /**
         * Begins a file; one that exists is replaced.
         *
         * @param file to be written
         * @param channels 1 or 2
         * @throws IOException where the file cannot be written
         */
        public Writer(Path file, int channels) throws IOException {
            out = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
            ByteBuffer head = ByteBuffer.allocate(19).order(ByteOrder.LITTLE_ENDIAN);
            head.put("OpusHead".getBytes(StandardCharsets.US_ASCII))
                    .put((byte) 1)
                    .put((byte) channels)
                    .putShort((short) PRE_SKIP)
                    .putInt(CLOCK)
                    .putShort((short) 0)
                    .put((byte) 0);
            writePage(List.of(head.array()), FIRST_PAGE);
            byte[] vendor = "jvmrtc".getBytes(StandardCharsets.US_ASCII);
            ByteBuffer tags = ByteBuffer.allocate(16 + vendor.length).order(ByteOrder.LITTLE_ENDIAN);
            tags.put("OpusTags".getBytes(StandardCharsets.US_ASCII))
                    .putInt(vendor.length)
                    .put(vendor)
                    .putInt(0);
            writePage(List.of(tags.array()), 0);
        }

        /**
         * Writes a packet. One without audio or of more than fits a page, as only a peer that means ill sends it, is
         * left out.
         *
         * @param f the next in order
         * @throws IOException where the file cannot be written
         */
        public void write(EncodedFrame f) throws IOException {
            int samples = samples(f.data());
            if (samples <= 0 || samples > MAX_SAMPLES || f.data().length > MAX_PACKET) {
                return;
            }
            long gap = lastTimestamp == null ? 0 : (int) (f.rtpTimestamp() - lastTimestamp) - (long) samples(last);
            flush(0);
            if (gap > 0 && gap <= MAX_GAP) {
                conceal(gap);
            }
            lastTimestamp = f.rtpTimestamp();
            last = f.data();
            packets++;
        }

        /** {@return how many packets were written} */
        public int packets() {
            return packets;
        }

        /**
         * The packet that came last is held: which is the last of all has to stand at its page (RFC 7845 §3: "There
         * MUST NOT be any more pages … after").
         */
        private void flush(int flags) throws IOException {
            if (last != null) {
                granule += samples(last);
                writePage(List.of(last), flags);
            }
        }

        /**
         * RFC 7845 §4.1: a muxer SHOULD emit packets that explicitly request packet loss concealment in place of the
         * missing ones; in the mode of the packet before: frames of no bytes (RFC 6716 §3.2.5), and what is left in
         * frames of 2.5 ms.
         */
        private void conceal(long gap) throws IOException {
            List<byte[]> fill = new ArrayList<>();
            long left = gap;
            int stereo = last[0] & 4;
            for (int config : new int[] {last[0] & 0xf8, SHORTEST_FRAMES}) {
                int frame = samples(new byte[] {(byte) config});
                while (left >= frame) {
                    assert Steps.count();
                    int n = (int) Math.min(left / frame, MAX_SAMPLES / frame);
                    fill.add(new byte[] {(byte) (config | stereo | 3), (byte) n});
                    left -= (long) n * frame;
                }
            }
            granule += gap;
            for (int from = 0; from < fill.size(); from += MAX_SEGMENTS) {
                assert Steps.count();
                writePage(fill.subList(from, Math.min(fill.size(), from + MAX_SEGMENTS)), 0);
            }
        }

        /** Packets that end on this page, each of which fits. */
        private void writePage(List<byte[]> inIt, int flags) throws IOException {
            int segments = inIt.stream().mapToInt(p -> p.length / 255 + 1).sum();
            int length = inIt.stream().mapToInt(p -> p.length).sum();
            ByteBuffer b = ByteBuffer.allocate(PAGE_HEADER + segments + length).order(ByteOrder.LITTLE_ENDIAN);
            b.put("OggS".getBytes(StandardCharsets.US_ASCII))
                    .put((byte) 0)
                    .put((byte) flags)
                    .putLong(granule)
                    .putInt(0x6a766d72)
                    .putInt(page++)
                    .putInt(0)
                    .put((byte) segments);
            for (byte[] p : inIt) {
                for (int i = 0; i < p.length / 255; i++) {
                    b.put((byte) 255);
                }
                b.put((byte) (p.length % 255));
            }
            inIt.forEach(b::put);
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
                if (last == null) {
                    writePage(
                            List.of(),
                            LAST_PAGE); // a page of no packets may end a stream (RFC 3533 §6); one of an empty packet
                    // is no Opus
                } else {
                    flush(LAST_PAGE);
                }
            }
        }
    }
}
