package dev.jvmrtc.media.file;

import static dev.jvmrtc.media.file.Mp4Boxes.box;
import static dev.jvmrtc.media.file.Mp4Boxes.full;
import static dev.jvmrtc.media.file.Mp4Boxes.matrix;
import static dev.jvmrtc.media.file.Mp4Boxes.zeros;

import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * MP4 in fragments (ISO/IEC 14496-12 §8.8): each holds what came in about a second with an index of its own, so that
 * the file can be played up to its last whole fragment. The movie box lies before them, with room to be written again
 * for tracks that begin later.
 */
final class Mp4Writer extends TrackWriter {
    /** As much as {@link #MAX_TRACKS} tracks of ordinary make need. */
    private static final int MOVIE_SIZE = 65_536;

    private static final int MOVIE_SCALE = 1_000;
    private static final long FRAGMENT_MICROS = 1_000_000;
    private static final int FRAGMENT_BYTES = 4 << 20;
    private static final int KEY = 0x02000000; // §8.8.3.1: sample_depends_on 2
    private static final int NOT_KEY = 0x01010000; // sample_depends_on 1, sample_is_non_sync_sample

    private final List<Track> begun = new ArrayList<>();
    private final List<List<Interleaver.Held>> samples = new ArrayList<>();
    private final Cues cues = new Cues();
    private final long movieAt;
    private int waitingBytes;
    private long fragmentMicros = -1;
    private boolean beginsWithKey;
    private int sequence;

    Mp4Writer(Path file) throws IOException {
        super(file);
        try {
            ByteWriter w = new ByteWriter(MOVIE_SIZE + 64);
            box(w, "ftyp", b -> b.bytes("iso6\0\0\2\0iso6mp41".getBytes(StandardCharsets.ISO_8859_1)));
            movieAt = w.length();
            free(w, w.length() + MOVIE_SIZE);
            append(w.array(), w.length());
        } catch (IOException e) {
            closeFile();
            throw e;
        }
    }

    private static void free(ByteWriter w, int end) {
        box(w, "free", b -> zeros(b, end - b.length()));
    }

    @Override
    boolean isHeld(String knownCodec) {
        return switch (knownCodec) {
            case "H264", "H265", "VP9", "AV1", "OPUS" -> true;
            default -> false;
        };
    }

    @Override
    void begin(Track t) throws IOException {
        begun.add(t);
        samples.add(new ArrayList<>());
        try {
            writeMovie(0);
        } catch (IOException e) {
            begun.remove(t);
            samples.remove(samples.size() - 1);
            throw e;
        }
    }

    private static int scale(Track t) {
        return t.format.isVideo() ? 90_000 : 48_000;
    }

    private static long ticks(Track t, long micros) {
        return Math.round(micros * (scale(t) / 1_000) / 1_000.0);
    }

    private void writeMovie(long endMicros) throws IOException {
        ByteWriter w = new ByteWriter(MOVIE_SIZE);
        box(w, "moov", m -> {
            full(m, "mvhd", 0, 0, b -> {
                b.u32(0).u32(0).u32(MOVIE_SCALE).u32(0).u32(0x10000).u16(0x100);
                zeros(b, 10);
                matrix(b, 0);
                zeros(b, 24);
                b.u32(MAX_TRACKS + 1);
            });
            for (Track t : begun) {
                box(m, "trak", b -> track(b, t));
            }
            box(m, "mvex", x -> {
                if (endMicros > 0) {
                    full(x, "mehd", 1, 0, b -> b.u64(endMicros / 1_000));
                }
                for (Track t : begun) {
                    full(
                            x,
                            "trex",
                            0,
                            0,
                            b -> b.u32(t.number).u32(1).u32(0).u32(0).u32(0));
                }
            });
        });
        if (w.length() > MOVIE_SIZE - 8) {
            throw new NoRoomException();
        }
        free(w, MOVIE_SIZE);
        rewrite(movieAt, w.array(), w.length());
    }

    private static void track(ByteWriter w, Track t) {
        TrackFormat f = t.format;
        boolean video = f.isVideo();
        full(w, "tkhd", 0, 3, b -> {
            b.u32(0).u32(0).u32(t.number).u32(0).u32(0);
            zeros(b, 12);
            b.u16(video ? 0 : 0x100).u16(0);
            matrix(b, f.rotation());
            b.u16(f.width()).u16(0).u16(f.height()).u16(0);
        });
        box(w, "mdia", d -> {
            full(
                    d,
                    "mdhd",
                    0,
                    0,
                    b -> b.u32(0).u32(0).u32(scale(t)).u32(0).u16(0x55C4).u16(0)); // "und"
            full(d, "hdlr", 0, 0, b -> {
                b.u32(0).u32(Mp4Boxes.type(video ? "vide" : "soun"));
                zeros(b, 12);
                b.bytes(t.name.getBytes(StandardCharsets.UTF_8)).u8(0);
            });
            box(d, "minf", m -> {
                if (video) {
                    full(m, "vmhd", 0, 1, b -> zeros(b, 8));
                } else {
                    full(m, "smhd", 0, 0, b -> zeros(b, 4));
                }
                box(
                        m,
                        "dinf",
                        i -> full(i, "dref", 0, 0, r -> {
                            r.u32(1);
                            full(r, "url ", 0, 1, b -> {});
                        }));
                box(m, "stbl", s -> {
                    full(s, "stsd", 0, 0, b -> {
                        b.u32(1);
                        entry(b, t);
                    });
                    full(s, "stts", 0, 0, b -> b.u32(0));
                    full(s, "stsc", 0, 0, b -> b.u32(0));
                    full(s, "stsz", 0, 0, b -> b.u32(0).u32(0));
                    full(s, "stco", 0, 0, b -> b.u32(0));
                });
            });
        });
    }

    /** What the samples are (§8.5.2, §12). */
    private static void entry(ByteWriter w, Track t) {
        TrackFormat f = t.format;
        switch (t.codec) {
            case "H264" -> visual(w, "avc1", f, b -> box(b, "avcC", c -> c.bytes(f.configuration())));
            // Its parameter sets stay in band too, as those of H.264, which players of "avc1" do not mind.
            case "H265" -> visual(w, "hev1", f, b -> box(b, "hvcC", c -> c.bytes(f.configuration())));
            case "AV1" -> visual(w, "av01", f, b -> box(b, "av1C", c -> c.bytes(f.configuration())));
            case "VP9" ->
                visual(
                        w,
                        "vp09",
                        f,
                        b -> full(b, "vpcC", 1, 0, c -> {
                            c.u8(f.vpx().profile())
                                    .u8(vp9Level(f))
                                    .u8(f.vpx().bitDepth() << 4 | f.vpx().subsampling() << 1);
                            c.u24(0x020202).u16(0); // colours unspecified
                        }));
            default ->
                box(w, "Opus", b -> {
                    zeros(b, 6);
                    b.u16(1).u64(0).u16(2).u16(16).u32(0).u32(48_000L << 16);
                    // "Encapsulation of Opus in ISO Base Media File Format" §4.3.2; without pre-skip, since what a call
                    // sends has no beginning of its own
                    box(b, "dOps", o -> o.u8(0).u8(2).u16(0).u32(48_000).u16(0).u8(0));
                });
        }
    }

    private static void visual(ByteWriter w, String type, TrackFormat f, Consumer<ByteWriter> configuration) {
        box(w, type, b -> {
            zeros(b, 6);
            b.u16(1);
            zeros(b, 16);
            b.u16(f.width()).u16(f.height()).u32(0x480000).u32(0x480000).u32(0).u16(1);
            zeros(b, 32);
            b.u16(24).u16(0xFFFF);
            configuration.accept(b);
        });
    }

    /** The least level for the frame's size (VP9 bitstream specification annex A); the rate is not known. */
    private static int vp9Level(TrackFormat f) {
        int[] sizes = {36_864, 73_728, 122_880, 245_760, 552_960, 983_040, 2_228_224, 8_912_896};
        int[] levels = {10, 11, 20, 21, 30, 31, 40, 50};
        for (int i = 0; i < sizes.length; i++) {
            if (f.width() * f.height() <= sizes[i]) {
                return levels[i];
            }
        }
        return 60;
    }

    @Override
    void put(Track t, Interleaver.Held h) throws IOException {
        boolean cue = h.keyFrame() && (t.format.isVideo() || !hasVideo());
        boolean full =
                fragmentMicros >= 0 && h.micros() - fragmentMicros >= FRAGMENT_MICROS || waitingBytes > FRAGMENT_BYTES;
        if (full || cue && t.format.isVideo() && waitingBytes > 0) {
            writeFragment();
        }
        if (waitingBytes == 0) {
            fragmentMicros = h.micros();
            beginsWithKey = cue;
            if (cue) {
                cues.add(t.number, h.micros(), position());
            }
        }
        waitingBytes += h.data().length;
        samples.get(begun.indexOf(t)).add(h);
    }

    private void writeFragment() throws IOException {
        if (waitingBytes == 0) {
            return;
        }
        // The track of a place to begin comes first, where the index at the end looks for it.
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < begun.size(); i++) {
            if (!samples.get(i).isEmpty()) {
                boolean first = beginsWithKey && cues.size() > 0 && begun.get(i).number == cues.track(cues.size() - 1);
                order.add(first ? 0 : order.size(), i);
            }
        }
        ByteWriter w = new ByteWriter(waitingBytes + 1_024);
        int[] offsets = new int[begun.size()];
        box(w, "moof", m -> {
            full(m, "mfhd", 0, 0, b -> b.u32(++sequence));
            for (int i : order) {
                Track t = begun.get(i);
                List<Interleaver.Held> all = samples.get(i);
                box(m, "traf", f -> {
                    full(f, "tfhd", 0, 0x020000, b -> b.u32(t.number)); // default-base-is-moof
                    full(f, "tfdt", 1, 0, b -> b.u64(ticks(t, all.get(0).micros())));
                    full(
                            f,
                            "trun",
                            0,
                            0x000701,
                            b -> { // data offset, and of each sample duration, size and flags
                                b.u32(all.size());
                                offsets[i] = b.length();
                                b.u32(0);
                                for (int k = 0; k < all.size(); k++) {
                                    Interleaver.Held h = all.get(k);
                                    long next =
                                            k + 1 < all.size() ? all.get(k + 1).micros() : h.micros() + t.lastStep;
                                    b.u32(ticks(t, next) - ticks(t, h.micros()))
                                            .u32(h.data().length)
                                            .u32(h.keyFrame() ? KEY : NOT_KEY);
                                }
                            });
                });
            }
        });
        box(w, "mdat", b -> {
            for (int i : order) {
                Bytes.put32(b.array(), offsets[i], b.length());
                samples.get(i).forEach(h -> b.bytes(h.data()));
                samples.get(i).clear();
            }
        });
        waitingBytes = 0;
        append(w.array(), w.length());
    }

    @Override
    void finish() throws IOException {
        writeFragment();
        if (!begun.isEmpty()) {
            writeMovie(Math.max(1_000, endMicros()));
        }
        if (cues.size() == 0) {
            return;
        }
        ByteWriter w = new ByteWriter(1_024);
        box(w, "mfra", m -> {
            for (Track t : begun) {
                List<Integer> its = new ArrayList<>();
                for (int i = 0; i < cues.size(); i++) {
                    if (cues.track(i) == t.number) {
                        its.add(i);
                    }
                }
                if (!its.isEmpty()) {
                    full(m, "tfra", 1, 0, b -> {
                        b.u32(t.number).u32(0).u32(its.size());
                        its.forEach(i -> b.u64(ticks(t, cues.micros(i)))
                                .u64(cues.position(i))
                                .u8(1)
                                .u8(1)
                                .u8(1));
                    });
                }
            }
            full(m, "mfro", 0, 0, b -> b.u32(m.length() + 4));
        });
        append(w.array(), w.length());
    }
}
