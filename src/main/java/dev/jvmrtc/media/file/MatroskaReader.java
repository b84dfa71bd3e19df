package dev.jvmrtc.media.file;

import dev.jvmrtc.core.SafeText;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.wire.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The frames of a Matroska or WebM file (RFC 9559), in one walk over its elements. Where it is cut off, what came
 * before is taken.
 */
final class MatroskaReader {
    private static final int VIDEO = 1;
    private static final int AUDIO = 2;
    private static final long DEFAULT_SCALE = 1_000_000;
    private static final long MAX_SCALE = 1_000_000_000;

    private final byte[] d;
    private final Map<Long, ClipTrack> byNumber = new HashMap<>();
    private final List<ClipTrack> tracks = new ArrayList<>();
    private long scale = DEFAULT_SCALE;
    private long clusterTime;

    MatroskaReader(byte[] file) {
        this.d = file;
    }

    /** An element: its content lies from {@code from} to {@code to}. */
    private record Element(int id, int from, int to, boolean unknownLength, boolean whole) {}

    /**
     * The element at {@code at}, or null where there is none that ends before {@code end} with its head. One that is
     * longer than what is there is cut.
     */
    private Element element(int at, int end) {
        int idBytes = at < end ? Integer.numberOfLeadingZeros(d[at] & 0xff) - 23 : 9;
        if (idBytes > 4 || at + idBytes >= end) {
            return null;
        }
        int id = 0;
        for (int i = 0; i < idBytes; i++) {
            id = id << 8 | d[at + i] & 0xff;
        }
        int p = at + idBytes;
        int n = Integer.numberOfLeadingZeros(d[p] & 0xff) - 23;
        if (n > 8 || n > end - p) {
            return null;
        }
        long length = vint(p, n);
        boolean unknown = length == (1L << 7 * n) - 1;
        boolean whole = unknown || length <= end - p - n;
        return new Element(id, p + n, unknown || !whole ? end : p + n + (int) length, unknown, whole);
    }

    /** A number of {@code n} bytes without its marker. */
    private long vint(int at, int n) {
        long v = d[at] & (n == 8 ? 0 : 0xff >> n);
        for (int i = 1; i < n; i++) {
            v = v << 8 | d[at + i] & 0xff;
        }
        return v;
    }

    private long number(Element e) {
        long v = 0;
        for (int i = Math.max(e.from, e.to - 8); i < e.to; i++) {
            v = v << 8 | d[i] & 0xff;
        }
        return v;
    }

    private String text(Element e) {
        int to = e.to;
        while (to > e.from && d[to - 1] == 0) {
            to--;
        }
        return new String(d, e.from, Math.min(to - e.from, 128), StandardCharsets.UTF_8);
    }

    List<ClipTrack> read() throws IOException {
        Element header = element(0, d.length);
        if (header == null || header.id != Ebml.HEADER || !header.whole || header.unknownLength) {
            throw new IOException("not a Matroska, WebM or MP4 file");
        }
        String type = "matroska";
        for (Element e = element(header.from, header.to); e != null; e = element(e.to, header.to)) {
            assert Steps.count();
            type = e.id == Ebml.DOC_TYPE ? text(e) : type;
        }
        if (!type.equals("matroska") && !type.equals("webm")) {
            throw new IOException("not a Matroska or WebM file, but " + SafeText.quoted(type, 32));
        }
        Element segment = element(header.to, d.length);
        while (segment != null && segment.id != Ebml.SEGMENT) {
            assert Steps.count();
            segment = element(segment.to, d.length);
        }
        if (segment == null) {
            throw new IOException("Matroska without a segment");
        }
        walk(segment.from, segment.to);
        return tracks;
    }

    /**
     * The segment's children, and those of its clusters, which may have no length: what begins the next of the
     * segment's children ends them (RFC 8794 §6.2).
     */
    private void walk(int from, int to) throws IOException {
        for (Element e = element(from, to); e != null; ) {
            assert Steps.count();
            int next = e.to;
            switch (e.id) {
                case Ebml.CLUSTER -> {
                    clusterTime = 0;
                    next = e.from;
                }
                case Ebml.TIMESTAMP -> clusterTime = number(e);
                case Ebml.SIMPLE_BLOCK -> {
                    if (e.whole && e.to - e.from >= 4) {
                        block(e.from, e.to, null);
                    }
                }
                case Ebml.BLOCK_GROUP -> group(e);
                case Ebml.INFO -> info(e);
                case Ebml.TRACKS -> tracks(e);
                default -> {
                    if (e.unknownLength) {
                        throw new IOException("Matroska with an element of unknown length that is no cluster");
                    }
                }
            }
            e = element(next, to);
        }
    }

    private void info(Element info) throws IOException {
        for (Element e = element(info.from, info.to); e != null; e = element(e.to, info.to)) {
            assert Steps.count();
            if (e.id == Ebml.TIMESTAMP_SCALE) {
                scale = number(e);
                if (scale < 1 || scale > MAX_SCALE) {
                    throw new IOException("Matroska with a time scale that cannot be");
                }
            }
        }
    }

    private void tracks(Element all) throws IOException {
        for (Element e = element(all.from, all.to); e != null; e = element(e.to, all.to)) {
            assert Steps.count();
            if (e.id == Ebml.TRACK_ENTRY && e.whole) {
                track(e);
            }
        }
    }

    private void track(Element entry) throws IOException {
        long number = 0;
        long type = 0;
        String codec = "";
        byte[] configuration = new byte[0];
        boolean encoded = false;
        for (Element e = element(entry.from, entry.to); e != null; e = element(e.to, entry.to)) {
            assert Steps.count();
            switch (e.id) {
                case Ebml.TRACK_NUMBER -> number = number(e);
                case Ebml.TRACK_TYPE -> type = number(e);
                case Ebml.CODEC_ID -> codec = text(e);
                case Ebml.CODEC_PRIVATE -> configuration = Arrays.copyOfRange(d, e.from, e.to);
                case Ebml.CONTENT_ENCODINGS -> encoded = true;
                default -> {}
            }
        }
        if (type != VIDEO && type != AUDIO || byNumber.containsKey(number)) {
            return; // subtitles and the like
        }
        String name = switch (codec) {
            case "V_VP8" -> "VP8";
            case "V_VP9" -> "VP9";
            case "V_AV1" -> "AV1";
            case "V_MPEG4/ISO/AVC" -> "H264";
            case "A_OPUS" -> "opus";
            default -> throw ClipTrack.refused(codec, type == VIDEO);
        };
        if (encoded) {
            throw new IOException("Matroska with a track that is compressed or encrypted once more cannot be read");
        }
        if (tracks.size() == MediaFile.MAX_TRACKS) {
            throw new IOException("Matroska with more than " + MediaFile.MAX_TRACKS + " tracks");
        }
        // The channels are the tenth byte (RFC 7845 §5.1); the mapping family follows the gain.
        if (name.equals("opus") && configuration.length > 18 && configuration[18] != 0) {
            throw new IOException("Opus of more than two channels cannot be sent");
        }
        ClipTrack t = new ClipTrack(name, configuration);
        byNumber.put(number, t);
        tracks.add(t);
    }

    private void group(Element group) throws IOException {
        Element block = null;
        boolean needsOther = false;
        for (Element e = element(group.from, group.to); e != null; e = element(e.to, group.to)) {
            assert Steps.count();
            block = e.id == Ebml.BLOCK && e.whole ? e : block;
            needsOther |= e.id == Ebml.REFERENCE_BLOCK;
        }
        if (block != null) {
            block(block.from, block.to, !needsOther);
        }
    }

    /** {@code key}: null where the block's own flag tells (RFC 9559 §10.2). */
    private void block(int from, int to, Boolean key) throws IOException {
        int n = from < to ? Integer.numberOfLeadingZeros(d[from] & 0xff) - 23 : 9;
        if (n > 8 || to - from < n + 3) {
            return;
        }
        ClipTrack t = byNumber.get(vint(from, n));
        if (t == null) {
            return;
        }
        int at = from + n + 3;
        long ticks = clusterTime + (short) Bytes.u16(d, from + n);
        int flags = d[at - 1] & 0xff;
        if (clusterTime < 0 || ticks > MediaFile.MAX_MICROS * 1_000 / scale) {
            throw new IOException("Matroska with a time that cannot be");
        }
        long micros = ticks * scale / 1_000;
        boolean isKey = key == null ? (flags & 0x80) != 0 : key;
        int lacing = flags >> 1 & 3;
        if (lacing == 0) {
            t.add(d, at, to, micros, isKey, d.length);
            return;
        }
        if (t.isVideo()) {
            throw new IOException("Matroska with several frames in a block");
        }
        int[] lengths = lengths(at, to, lacing);
        at = laceStart;
        for (int length : lengths) {
            assert Steps.count();
            t.add(d, at, at + length, micros, isKey, d.length);
            int toc = Math.min(2, length);
            micros += OggOpus.samples(Arrays.copyOfRange(d, at, at + toc)) * 1_000L / 48;
            at += length;
        }
    }

    /** Where the frames of the last block with several begin. */
    private int laceStart;

    private static IOException doNotFit() {
        return new IOException("Matroska with frames that do not fit their block");
    }

    /** The lengths of the frames of a block: Xiph's, all the same, or EBML's (RFC 9559 §10.3). */
    private int[] lengths(int from, int to, int lacing) throws IOException {
        if (from >= to) {
            throw doNotFit();
        }
        int count = (d[from] & 0xff) + 1;
        int at = from + 1;
        if (count > to - from) {
            throw doNotFit();
        }
        int[] lengths = new int[count];
        long sum = 0;
        for (int i = 0; i < count - 1 && lacing != 2; i++) {
            assert Steps.count();
            long length = 0;
            if (lacing == 1) {
                int b = 255;
                while (b == 255) {
                    assert Steps.count();
                    if (at >= to) {
                        throw doNotFit();
                    }
                    b = d[at++] & 0xff;
                    length += b;
                }
            } else {
                int n = at < to ? Integer.numberOfLeadingZeros(d[at] & 0xff) - 23 : 9;
                if (n > 4 || n > to - at) {
                    throw doNotFit();
                }
                long v = vint(at, n);
                length = i == 0 ? v : lengths[i - 1] + v - ((1L << 7 * n - 1) - 1);
                at += n;
            }
            sum += length;
            if (length < 0 || sum > to - at) {
                throw doNotFit();
            }
            lengths[i] = (int) length;
        }
        if (lacing == 2) {
            if ((to - at) % count != 0) {
                throw doNotFit();
            }
            Arrays.fill(lengths, (to - at) / count);
        } else {
            lengths[count - 1] = (int) (to - at - sum);
        }
        laceStart = at;
        return lengths;
    }
}
