package dev.jvmrtc.media.file;

import dev.jvmrtc.wire.ByteWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Matroska (RFC 9559), and WebM where all codecs are WebM's. The segment and its last cluster have no length while the
 * file is written ("unknown-sized", RFC 9559 §25.3.4), so that a player reads on to where it ends. Room is kept for
 * what is known later: the kind of document, the tracks, the duration and where cues are.
 */
final class MatroskaWriter extends TrackWriter {
    private static final int HEADER_SIZE = 64;
    private static final int SEGMENT_HEADER = 12;
    private static final int SEEK_HEAD_SIZE = 96;
    /** As much as {@link #MAX_TRACKS} tracks of ordinary make need. */
    private static final int TRACKS_SIZE = 16_384;

    private static final int DURATION_SIZE = 11;
    /**
     * "It is RECOMMENDED that the size of each individual Cluster Element be limited to store no more than 5 seconds or
     * 5 megabytes" (RFC 9559 §25.1). A block's time, in milliseconds behind its cluster's, is a signed number of two
     * bytes (§10.1).
     */
    private static final long CLUSTER_MILLIS = 5_000;

    private static final long CLUSTER_BYTES = 5 << 20;
    private static final int VIDEO = 1;
    private static final int AUDIO = 2;
    private static final long OPUS_SEEK_PRE_ROLL_NANOS = 80_000_000;

    private final Cues cues = new Cues();
    private final long durationAt;
    private final long infoAt;
    private final long tracksAt;
    private boolean beyondWebm;
    private long clusterAt = -1;
    private long clusterMillis;
    private final ByteWriter tracksWritten = new ByteWriter();

    MatroskaWriter(Path file) throws IOException {
        super(file);
        try {
            writeHeader();
            ByteWriter w = new ByteWriter(TRACKS_SIZE + 512);
            Ebml.id(w, Ebml.SEGMENT).u64(Ebml.UNKNOWN);
            Ebml.fill(w, SEGMENT_HEADER + SEEK_HEAD_SIZE);
            infoAt = HEADER_SIZE + w.length();
            ByteWriter info = new ByteWriter();
            Ebml.number(info, Ebml.TIMESTAMP_SCALE, 1_000_000);
            Ebml.text(info, Ebml.MUXING_APP, "jvmrtc");
            Ebml.text(info, Ebml.WRITING_APP, "jvmrtc");
            Ebml.fill(info, info.length() + DURATION_SIZE);
            Ebml.master(w, Ebml.INFO, info);
            durationAt = HEADER_SIZE + w.length() - DURATION_SIZE;
            tracksAt = HEADER_SIZE + w.length();
            Ebml.fill(w, w.length() + TRACKS_SIZE);
            append(w.array(), w.length());
        } catch (IOException e) {
            closeFile();
            throw e;
        }
    }

    private void writeHeader() throws IOException {
        ByteWriter content = new ByteWriter();
        Ebml.number(content, Ebml.VERSION, 1);
        Ebml.number(content, Ebml.READ_VERSION, 1);
        Ebml.number(content, Ebml.MAX_ID_LENGTH, 4);
        Ebml.number(content, Ebml.MAX_SIZE_LENGTH, 8);
        Ebml.text(content, Ebml.DOC_TYPE, beyondWebm ? "matroska" : "webm");
        Ebml.number(content, Ebml.DOC_TYPE_VERSION, 4);
        Ebml.number(content, Ebml.DOC_TYPE_READ_VERSION, 2);
        Ebml.fill(content, HEADER_SIZE - 5);
        ByteWriter w = new ByteWriter();
        Ebml.master(w, Ebml.HEADER, content);
        if (position() == 0) {
            append(w.array(), w.length());
        } else {
            rewrite(0, w.array(), w.length());
        }
    }

    @Override
    boolean isHeld(String knownCodec) {
        return true;
    }

    @Override
    void begin(Track t) throws IOException {
        boolean webm = switch (t.codec) {
            case "VP8", "VP9", "AV1", "OPUS" -> true;
            default -> false;
        };
        if (!webm && !beyondWebm) {
            beyondWebm = true;
            writeHeader();
        }
        int before = tracksWritten.length();
        entry(t);
        ByteWriter w = new ByteWriter(TRACKS_SIZE);
        Ebml.master(w, Ebml.TRACKS, tracksWritten);
        if (w.length() > TRACKS_SIZE - 9) {
            tracksWritten.truncate(before);
            throw new NoRoomException();
        }
        Ebml.fill(w, TRACKS_SIZE);
        rewrite(tracksAt, w.array(), w.length());
    }

    private void entry(Track t) {
        TrackFormat f = t.format;
        ByteWriter e = new ByteWriter();
        Ebml.number(e, Ebml.TRACK_NUMBER, t.number);
        Ebml.number(e, Ebml.TRACK_UID, t.number);
        Ebml.number(e, Ebml.TRACK_TYPE, f.isVideo() ? VIDEO : AUDIO);
        Ebml.number(e, Ebml.FLAG_LACING, 0);
        Ebml.text(e, Ebml.LANGUAGE, "und");
        if (!t.name.isEmpty()) {
            Ebml.text(e, Ebml.NAME, t.name);
        }
        Ebml.text(
                e,
                Ebml.CODEC_ID,
                switch (t.codec) {
                    case "VP8" -> "V_VP8";
                    case "VP9" -> "V_VP9";
                    case "AV1" -> "V_AV1";
                    case "H264" -> "V_MPEG4/ISO/AVC";
                    case "H265" -> "V_MPEGH/ISO/HEVC";
                    case "OPUS" -> "A_OPUS";
                    default -> "A_MS/ACM";
                });
        byte[] configuration = switch (t.codec) {
            case "OPUS" -> opusHead();
            case "PCMU" -> waveFormat(7);
            case "PCMA" -> waveFormat(6);
            default -> f.configuration();
        };
        if (configuration.length > 0) {
            Ebml.binary(e, Ebml.CODEC_PRIVATE, configuration);
        }
        ByteWriter m = new ByteWriter();
        if (f.isVideo()) {
            Ebml.number(m, Ebml.PIXEL_WIDTH, f.width());
            Ebml.number(m, Ebml.PIXEL_HEIGHT, f.height());
            if (f.rotation() != 0) {
                // RFC 9559, ProjectionPoseRoll: it turns the video counter-clockwise, from -180 to 180 degrees.
                ByteWriter p = new ByteWriter();
                Ebml.number(p, Ebml.PROJECTION_TYPE, 0);
                Ebml.real(p, Ebml.PROJECTION_POSE_ROLL, f.rotation() > 180 ? 360 - f.rotation() : -f.rotation());
                Ebml.master(m, Ebml.PROJECTION, p);
            }
            Ebml.master(e, Ebml.VIDEO, m);
        } else {
            boolean opus = t.codec.equals("OPUS");
            if (opus) {
                Ebml.number(e, Ebml.SEEK_PRE_ROLL, OPUS_SEEK_PRE_ROLL_NANOS);
            }
            Ebml.real(m, Ebml.SAMPLING_FREQUENCY, opus ? 48_000 : 8_000);
            Ebml.number(m, Ebml.CHANNELS, opus ? 2 : 1);
            Ebml.master(e, Ebml.AUDIO, m);
        }
        Ebml.master(tracksWritten, Ebml.TRACK_ENTRY, e);
    }

    /** RFC 7845 §5.1; without pre-skip, since what a call sends has no beginning of its own. */
    private static byte[] opusHead() {
        return ByteBuffer.allocate(19)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("OpusHead".getBytes(StandardCharsets.US_ASCII))
                .put((byte) 1)
                .put((byte) 2)
                .putShort((short) 0)
                .putInt(48_000)
                .putShort((short) 0)
                .put((byte) 0)
                .array();
    }

    /** A WAVEFORMATEX (Matroska codec mappings, "A_MS/ACM"): 8 kHz, one channel, a byte a sample. */
    private static byte[] waveFormat(int tag) {
        return ByteBuffer.allocate(18)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) tag)
                .putShort((short) 1)
                .putInt(8_000)
                .putInt(8_000)
                .putShort((short) 1)
                .putShort((short) 8)
                .putShort((short) 0)
                .array();
    }

    @Override
    void put(Track t, Interleaver.Held h) throws IOException {
        boolean cue = h.keyFrame() && (t.format.isVideo() || !hasVideo());
        long millis = (h.micros() + 500) / 1_000;
        long since = millis - clusterMillis;
        boolean full = since >= CLUSTER_MILLIS || position() - clusterAt > CLUSTER_BYTES;
        // "Key frames SHOULD be placed at the beginning of clusters" (WebM container guidelines).
        if (clusterAt < 0 || full || cue && t.format.isVideo()) {
            endCluster();
            clusterAt = position();
            clusterMillis = millis;
            if (cue) {
                cues.add(t.number, h.micros(), clusterAt);
            }
            ByteWriter c = new ByteWriter();
            Ebml.id(c, Ebml.CLUSTER).u64(Ebml.UNKNOWN);
            Ebml.number8(c, Ebml.TIMESTAMP, millis);
            append(c.array(), c.length());
        }
        ByteWriter b = new ByteWriter(h.data().length + 16);
        Ebml.length(Ebml.id(b, Ebml.SIMPLE_BLOCK), 4 + h.data().length);
        b.u8(0x80 | t.number)
                .u16((int) (millis - clusterMillis))
                .u8(h.keyFrame() ? 0x80 : 0)
                .bytes(h.data());
        append(b.array(), b.length());
    }

    private void endCluster() throws IOException {
        if (clusterAt >= 0) {
            writeLength(clusterAt + 4, position() - clusterAt - 12);
        }
    }

    private void writeLength(long at, long length) throws IOException {
        ByteWriter w = new ByteWriter(8).u64(Ebml.EIGHT_BYTES | length);
        rewrite(at, w.array(), w.length());
    }

    @Override
    void finish() throws IOException {
        endCluster();
        long segment = HEADER_SIZE + SEGMENT_HEADER;
        long cuesAt = position();
        ByteWriter points = new ByteWriter(1_024);
        for (int i = 0; i < cues.size(); i++) {
            ByteWriter positions = new ByteWriter();
            Ebml.number(positions, Ebml.CUE_TRACK, cues.track(i));
            Ebml.number(positions, Ebml.CUE_CLUSTER_POSITION, cues.position(i) - segment);
            ByteWriter point = new ByteWriter();
            Ebml.number(point, Ebml.CUE_TIME, (cues.micros(i) + 500) / 1_000);
            Ebml.master(point, Ebml.CUE_TRACK_POSITIONS, positions);
            Ebml.master(points, Ebml.CUE_POINT, point);
        }
        if (cues.size() > 0) {
            ByteWriter w = new ByteWriter(points.length() + 16);
            Ebml.master(w, Ebml.CUES, points);
            append(w.array(), w.length());
        }
        ByteWriter seeks = new ByteWriter();
        seek(seeks, Ebml.INFO, infoAt - segment);
        seek(seeks, Ebml.TRACKS, tracksAt - segment);
        if (cues.size() > 0) {
            seek(seeks, Ebml.CUES, cuesAt - segment);
        }
        ByteWriter w = new ByteWriter(SEEK_HEAD_SIZE);
        Ebml.master(w, Ebml.SEEK_HEAD, seeks);
        Ebml.fill(w, SEEK_HEAD_SIZE);
        rewrite(segment, w.array(), w.length());
        ByteWriter duration = Ebml.real(new ByteWriter(), Ebml.DURATION, endMicros() / 1_000.0);
        rewrite(durationAt, duration.array(), duration.length());
        writeLength(HEADER_SIZE + 4, position() - segment);
    }

    private static void seek(ByteWriter w, int id, long position) {
        ByteWriter s = new ByteWriter();
        Ebml.binary(s, Ebml.SEEK_ID, ByteBuffer.allocate(4).putInt(id).array());
        Ebml.number8(s, Ebml.SEEK_POSITION, position);
        Ebml.master(w, Ebml.SEEK, s);
    }
}
