package dev.jvmrtc.media.file;

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
 * The samples of an MP4 file (ISO/IEC 14496-12), with one index or in fragments. Where it is cut off, what is there is
 * taken. A sample lies anywhere and as often as an index says, so all samples together may be as long as the file, no
 * longer.
 */
final class Mp4Reader {
    private static final int MAX_DEPTH = 8;
    private static final long MICROS = 1_000_000;
    private static final int NOT_SYNC = 0x10000;
    private static final int AUDIO_ENTRY = 28;
    private static final int VIDEO_ENTRY = 78;

    private final byte[] d;
    private final List<Track> tracks = new ArrayList<>();
    private long movieScale = 1_000;
    private long bytes;

    Mp4Reader(byte[] file) {
        this.d = file;
    }

    static boolean begins(byte[] file) {
        return file.length >= 8 && Bytes.i32(file, 4) == Mp4Boxes.type("ftyp");
    }

    /** What a box holds lies from {@code from} to {@code to}; beginning at {@code start}. */
    private record Box(String type, int start, int from, int to, boolean whole) {}

    private interface Visitor {
        void visit(Box box) throws IOException;
    }

    /** A track while the file is read. */
    private static final class Track {
        long id;
        long scale;
        String handler = "";
        ClipTrack clip;
        /**
         * How much later than its samples' times the track is shown, in units of its scale: an edit list's (§8.6.6).
         */
        long shift;

        long leadIn;
        final Map<String, Box> tables = new HashMap<>();
        int defaultDuration;
        int defaultSize;
        int defaultFlags;
        long next;
        Long reorder;
    }

    private void boxes(int from, int to, Visitor visitor) throws IOException {
        int at = from;
        while (to - at >= 8) {
            assert Steps.count();
            long size = Bytes.u32(d, at);
            int header = 8;
            if (size == 1 && to - at >= 16) {
                size = Bytes.i64(d, at + 8);
                header = 16;
            } else if (size == 0) {
                size = to - at; // up to the end
            }
            if (size < header) {
                return;
            }
            boolean whole = size <= to - at;
            int end = whole ? at + (int) size : to;
            visitor.visit(new Box(new String(d, at + 4, 4, StandardCharsets.ISO_8859_1), at, at + header, end, whole));
            at = end;
        }
    }

    private static IOException malformed(String what) {
        return new IOException("MP4 whose " + what + " cannot be");
    }

    private int need(Box b, int n) throws IOException {
        if (b.to - b.from < n) {
            throw malformed(b.type.replaceAll("[^a-z]", "?"));
        }
        return b.from;
    }

    List<ClipTrack> read() throws IOException {
        boxes(0, d.length, b -> {
            if (b.type.equals("moov")) {
                if (!b.whole) {
                    throw new IOException("MP4 that is cut off before its index is whole");
                }
                movie(b, 0);
            } else if (b.type.equals("moof") && b.whole) {
                boxes(b.from, b.to, f -> {
                    if (f.type.equals("traf")) {
                        fragment(f, b.start);
                    }
                });
            }
        });
        if (tracks.isEmpty()) {
            throw new IOException("MP4 without audio or video, or cut off before its index, which is at its end");
        }
        List<ClipTrack> clips = new ArrayList<>();
        for (Track t : tracks) {
            assert Steps.count();
            if (t.clip != null) {
                clips.add(t.clip);
            }
        }
        return clips;
    }

    private void movie(Box movie, int depth) throws IOException {
        boxes(movie.from, movie.to, b -> {
            switch (b.type) {
                case "mvhd" -> {
                    int at = need(b, 24);
                    movieScale = Math.max(1, Bytes.u32(d, d[at] == 1 ? need(b, 36) + 20 : at + 12));
                }
                case "trak" -> {
                    Track t = new Track();
                    track(b, t, depth);
                    if (t.clip != null) {
                        if (tracks.size() == MediaFile.MAX_TRACKS) {
                            throw new IOException("MP4 with more than " + MediaFile.MAX_TRACKS + " tracks");
                        }
                        tracks.add(t);
                        samples(t);
                    }
                }
                case "mvex" ->
                    boxes(b.from, b.to, x -> {
                        if (x.type.equals("trex")) {
                            int at = need(x, 24);
                            Track t = byId(Bytes.u32(d, at + 4));
                            if (t != null) {
                                t.defaultDuration = Bytes.i32(d, at + 12);
                                t.defaultSize = Bytes.i32(d, at + 16);
                                t.defaultFlags = Bytes.i32(d, at + 20);
                            }
                        }
                    });
                default -> {}
            }
        });
    }

    private Track byId(long id) {
        for (Track t : tracks) {
            assert Steps.count();
            if (t.id == id) {
                return t;
            }
        }
        return null;
    }

    private void track(Box box, Track t, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw malformed("nesting");
        }
        boxes(box.from, box.to, b -> {
            switch (b.type) {
                case "tkhd" -> {
                    int at = need(b, 24);
                    t.id = Bytes.u32(d, at + (d[at] == 1 ? 20 : 12));
                }
                case "mdhd" -> {
                    int at = need(b, 24);
                    t.scale = Bytes.u32(d, at + (d[at] == 1 ? 20 : 12));
                    if (t.scale == 0) {
                        throw malformed("time scale");
                    }
                }
                case "hdlr" -> t.handler = new String(d, need(b, 12) + 8, 4, StandardCharsets.ISO_8859_1);
                case "elst" -> edits(b, t);
                case "stsd" -> description(b, t);
                case "stts", "ctts", "stsc", "stsz", "stco", "co64", "stss" -> t.tables.put(b.type, b);
                case "edts", "mdia", "minf", "stbl" -> track(b, t, depth + 1);
                default -> {}
            }
        });
    }

    /**
     * Time that passes before the track begins, and what of it is left out: of the first two edits, which are all that
     * encoders write.
     */
    private void edits(Box b, Track t) throws IOException {
        int at = need(b, 8);
        boolean wide = d[at] == 1;
        int size = wide ? 20 : 12;
        long count = Bytes.u32(d, at + 4);
        for (int i = 0; i < Math.min(count, 2) && b.to - at - 8 >= size * (i + 1); i++) {
            int e = at + 8 + i * size;
            long duration = wide ? Bytes.i64(d, e) : Bytes.u32(d, e);
            long media = wide ? Bytes.i64(d, e + 8) : Bytes.i32(d, e + 4);
            if (media >= 0) {
                t.shift = -media;
                return;
            }
            t.leadIn = duration;
        }
    }

    private void description(Box b, Track t) throws IOException {
        boolean video = t.handler.equals("vide");
        if (!video && !t.handler.equals("soun")) {
            return; // subtitles and the like
        }
        need(b, 8);
        boxes(b.from + 8, b.to, e -> {
            if (t.clip != null) {
                throw new IOException("MP4 with a track that changes its codec cannot be read");
            }
            String codec = switch (e.type) {
                case "avc1", "avc3" -> "H264";
                case "vp08" -> "VP8";
                case "vp09" -> "VP9";
                case "av01" -> "AV1";
                case "Opus" -> "opus";
                default ->
                    throw ClipTrack.refused(
                            e.type.equals("encv") || e.type.equals("enca") ? "encrypted" : e.type, video);
            };
            byte[][] configuration = {new byte[0]};
            boxes(Math.min(e.to, e.from + (video ? VIDEO_ENTRY : AUDIO_ENTRY)), e.to, c -> {
                if (c.type.equals("avcC") || c.type.equals("av1C") || c.type.equals("dOps")) {
                    configuration[0] = Arrays.copyOfRange(d, c.from, c.to);
                }
            });
            if (codec.equals("opus") && configuration[0].length > 10 && configuration[0][10] != 0) {
                throw new IOException("Opus of more than two channels cannot be sent");
            }
            t.clip = new ClipTrack(codec, configuration[0]);
        });
    }

    /** Adds a sample; {@code composition}: how much later than it is decoded it is shown. */
    private void add(Track t, long offset, long size, long decoded, long composition, boolean key) throws IOException {
        if (t.clip.isVideo()) {
            // What is late by the same for all is in order.
            if (t.reorder != null && t.reorder != composition) {
                throw ClipTrack.reordered();
            }
            t.reorder = composition;
        }
        if (offset < 0 || size < 0 || size > d.length - offset) {
            return; // behind where the file is cut off
        }
        bytes += size;
        if (bytes > d.length) {
            throw malformed("samples");
        }
        long limit = MediaFile.MAX_MICROS / MICROS;
        if (decoded / t.scale > limit
                || Math.abs(t.shift) / t.scale > limit
                || t.leadIn / movieScale > limit
                || Math.abs(composition) / t.scale > limit) {
            throw malformed("time");
        }
        // An edit list takes the delay of composition away again; where there is none, so do we.
        long shown = decoded + t.shift + (t.shift < 0 ? composition : 0);
        t.clip.add(
                d,
                (int) offset,
                (int) (offset + size),
                micros(shown, t.scale) + micros(t.leadIn, movieScale),
                key,
                d.length);
    }

    /** Rounded down; no product of ticks and a million, which may not fit. */
    private static long micros(long ticks, long scale) {
        return Math.floorDiv(ticks, scale) * MICROS + Math.floorMod(ticks, scale) * MICROS / scale;
    }

    private int entries(Box b, int before, int size) throws IOException {
        int at = need(b, before + 4);
        return (int) Math.min(Bytes.u32(d, at + before), (b.to - at - before - 4) / size);
    }

    /** The samples of an index (§8.6, §8.7). */
    private void samples(Track t) throws IOException {
        if (t.scale == 0) {
            throw malformed("time scale");
        }
        Box sizes = t.tables.get("stsz");
        Box offsets = t.tables.containsKey("co64") ? t.tables.get("co64") : t.tables.get("stco");
        Box chunks = t.tables.get("stsc");
        Box times = t.tables.get("stts");
        if (sizes == null || offsets == null || chunks == null || times == null) {
            return; // all of them are in fragments
        }
        int wide = offsets.type.equals("co64") ? 8 : 4;
        int at = need(sizes, 12);
        long uniform = Bytes.u32(d, at + 4);
        long count = uniform == 0 ? entries(sizes, 8, 4) : Math.min(Bytes.u32(d, at + 8), d.length / uniform);
        int chunkCount = entries(offsets, 4, wide);
        Runs perChunk = new Runs(chunks, entries(chunks, 4, 12), 12);
        Runs durations = new Runs(times, entries(times, 4, 8), 8);
        Box shifts = t.tables.get("ctts");
        Runs compositions = shifts == null ? null : new Runs(shifts, entries(shifts, 4, 8), 8);
        Box syncs = t.tables.get("stss");
        int syncCount = syncs == null ? 0 : entries(syncs, 4, 4);
        int sync = 0;
        long time = 0;
        int sample = 0;
        for (int c = 0; c < chunkCount && sample < count; c++) {
            assert Steps.count();
            long offset = wide == 8 ? Bytes.i64(d, offsets.from + 8 + c * 8) : Bytes.u32(d, offsets.from + 8 + c * 4);
            long inChunk = perChunk.ofChunk(c + 1);
            for (long i = 0; i < inChunk && sample < count; i++, sample++) {
                assert Steps.count();
                long size = uniform == 0 ? Bytes.u32(d, sizes.from + 12 + sample * 4) : uniform;
                while (sync < syncCount && Bytes.u32(d, syncs.from + 8 + sync * 4) < sample + 1) {
                    assert Steps.count();
                    sync++;
                }
                boolean key =
                        syncs == null || sync < syncCount && Bytes.u32(d, syncs.from + 8 + sync * 4) == sample + 1;
                add(t, offset, size, time, compositions == null ? 0 : (int) compositions.next(), key);
                offset += size;
                time += durations.next();
            }
        }
        t.next = time;
    }

    /** A table of runs: so many samples of the same (§8.6.1.2), or chunks from one on (§8.7.4). */
    private final class Runs {
        private final int from;
        private final int count;
        private final int size;
        private int entry;
        private long used;

        Runs(Box b, int count, int size) {
            this.from = b.from + 8;
            this.count = count;
            this.size = size;
        }

        /** The value of the next sample; that of the last run for those behind it. */
        long next() {
            while (entry < count && used >= Bytes.u32(d, from + entry * size)) {
                assert Steps.count();
                entry++;
                used = 0;
            }
            used++;
            return count == 0 ? 0 : Bytes.u32(d, from + Math.min(entry, count - 1) * size + 4);
        }

        /** Samples in a chunk; chunks are asked for one after the other. */
        long ofChunk(long chunk) {
            while (entry + 1 < count && Bytes.u32(d, from + (entry + 1) * size) <= chunk) {
                assert Steps.count();
                entry++;
            }
            return count == 0 ? 0 : Bytes.u32(d, from + entry * size + 4);
        }
    }

    /** A track's part of a fragment (§8.8.6 to §8.8.12). */
    private void fragment(Box traf, int moofAt) throws IOException {
        Track[] track = new Track[1];
        long[] base = {moofAt};
        int[] defaults = new int[3];
        long[] at = {-1};
        boxes(traf.from, traf.to, b -> {
            int p = b.from;
            if (b.type.equals("tfhd")) {
                need(b, 8);
                Track t = byId(Bytes.u32(d, p + 4));
                track[0] = t;
                if (t != null) {
                    int flags = Bytes.u24(d, p + 1);
                    defaults[0] = t.defaultDuration;
                    defaults[1] = t.defaultSize;
                    defaults[2] = t.defaultFlags;
                    int[] fields = {1, 2, 8, 0x10, 0x20};
                    int q = p + 8;
                    for (int f : fields) {
                        if ((flags & f) != 0) {
                            int width = f == 1 ? 8 : 4;
                            need(b, q - p + width);
                            if (f == 1) {
                                base[0] = Bytes.i64(d, q);
                            } else if (f > 2) {
                                defaults[f == 8 ? 0 : f == 0x10 ? 1 : 2] = Bytes.i32(d, q);
                            }
                            q += width;
                        }
                    }
                }
            } else if (b.type.equals("tfdt") && track[0] != null) {
                need(b, 8);
                track[0].next = d[p] == 1 ? Bytes.i64(d, need(b, 12) + 4) : Bytes.u32(d, p + 4);
            } else if (b.type.equals("trun") && track[0] != null) {
                at[0] = run(b, track[0], base[0], at[0], defaults);
            }
        });
    }

    /** Where the next run's samples lie that has no place of its own. */
    private long run(Box b, Track t, long base, long at, int[] defaults) throws IOException {
        int p = need(b, 8);
        int flags = Bytes.u24(d, p + 1);
        long count = Bytes.u32(d, p + 4);
        int q = p + 8;
        long offset = at < 0 ? base : at;
        if ((flags & 1) != 0) {
            need(b, q - p + 4);
            offset = base + Bytes.i32(d, q);
            q += 4;
        }
        Integer first = null;
        if ((flags & 4) != 0) {
            need(b, q - p + 4);
            first = Bytes.i32(d, q);
            q += 4;
        }
        int width = 4 * Integer.bitCount(flags & 0xF00);
        // Without a field for each sample, a run costs nothing for each but the sample itself.
        long most = width > 0 ? (b.to - q) / width : defaults[1] > 0 ? d.length / defaults[1] : 0;
        if (t.next < 0) {
            throw malformed("time");
        }
        for (long i = 0; i < Math.min(count, most); i++) {
            assert Steps.count();
            if (width == 0 && (offset < 0 || offset >= d.length)) {
                break; // behind where the file is cut off
            }
            long duration = defaults[0] & 0xffffffffL;
            long size = defaults[1] & 0xffffffffL;
            int sampleFlags = i == 0 && first != null ? first : defaults[2];
            long composition = 0;
            if ((flags & 0x100) != 0) {
                duration = Bytes.u32(d, q);
                q += 4;
            }
            if ((flags & 0x200) != 0) {
                size = Bytes.u32(d, q);
                q += 4;
            }
            if ((flags & 0x400) != 0) {
                sampleFlags = Bytes.i32(d, q);
                q += 4;
            }
            if ((flags & 0x800) != 0) {
                composition = Bytes.i32(d, q);
                q += 4;
            }
            add(t, offset, size, t.next, composition, (sampleFlags & NOT_SYNC) == 0);
            offset += size;
            t.next += duration;
        }
        return offset;
    }
}
