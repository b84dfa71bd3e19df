package dev.jvmrtc.media.file;

import dev.jvmrtc.core.SafeText;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.media.Clip;
import dev.jvmrtc.media.EncodedFormat;
import dev.jvmrtc.media.EncodedFrame;
import dev.jvmrtc.media.OggOpus;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A track that is read from a file, made into frames as they are sent: H.264 in Annex B form with its parameter sets in band, sound and pictures in the order
 * of time.
 */
final class ClipTrack {
    private static final int VIDEO_CLOCK = 90_000;
    private static final int OPUS_CLOCK = 48_000;
    private static final long MICROS = 1_000_000;
    /** A packet lasts 120 ms at most (RFC 6716 §3.2.5). */
    private static final int MAX_OPUS_SAMPLES = 5_760;
    private static final byte[] START_CODE = {0, 0, 0, 1};
    private static final int NAME = 32;

    /** Name as in SDP. */
    final String codec;
    private final int lengthBytes;
    private final byte[] parameterSets;
    private final String profile;
    private final List<EncodedFrame> frames = new ArrayList<>();
    private int vp9Profile = -1;
    private long inserted;
    private long lastMicros = Long.MIN_VALUE;
    private long lastStep = 40_000;

    /** {@code configuration}: an AVCDecoderConfigurationRecord of H264, else not looked at. */
    ClipTrack(String codec, byte[] configuration) throws IOException {
        this.codec = codec;
        if (!codec.equals("H264")) {
            lengthBytes = 0;
            parameterSets = null;
            profile = null;
            return;
        }
        ByteBuffer b = ByteBuffer.wrap(configuration);
        if (configuration.length < 7 || configuration[0] != 1) {
            throw new IOException("H.264 without its configuration");
        }
        profile = String.format("%02x%02x%02x", configuration[1], configuration[2], configuration[3]);
        lengthBytes = (configuration[4] & 3) + 1;
        ByteArrayOutputStream sets = new ByteArrayOutputStream();
        b.position(5);
        int count = b.get() & 31;
        for (int kind = 0; kind < 2; kind++) {
            for (int i = 0; i < count; i++) {
                assert Steps.count();
                int length = b.remaining() < 2 ? -1 : b.getShort() & 0xffff;
                if (length < 1 || length > b.remaining()) {
                    throw new IOException("H.264 whose configuration is cut off");
                }
                sets.writeBytes(START_CODE);
                sets.write(configuration, b.position(), length);
                b.position(b.position() + length);
            }
            count = kind == 0 && b.hasRemaining() ? b.get() & 0xff : 0;
        }
        parameterSets = sets.toByteArray();
    }

    boolean isVideo() {
        return !codec.equals("opus");
    }

    /** A sentence for a codec that is not sent, by its name in the file. */
    static IOException refused(String name, boolean video) {
        boolean aac = name.startsWith("A_AAC") || name.equals("mp4a");
        String what = aac ? "the sound is AAC" : (video ? "the pictures are " : "the sound is ") + SafeText.line(name, NAME);
        return new IOException(what + ", which is not sent encoded here: "
            + (video ? "convert them to VP8, VP9, H.264 or AV1 (ffmpeg -c:v libvpx)" : "convert it to Opus (ffmpeg -c:v copy -c:a libopus)"));
    }

    static IOException reordered() {
        return new IOException("the pictures are shown in another order than they are decoded in (B-frames), which receivers of a call do not do: "
            + "encode them without (ffmpeg -bf 0)");
    }

    /**
     * Adds a frame as the file has it.
     *
     * @param micros since the beginning of the file, those of the shown picture
     * @param flaggedKey whether the file says that it needs no other
     * @param room how many bytes of parameter sets may be put in in all: no more than the file is long
     */
    void add(byte[] d, int from, int to, long micros, boolean flaggedKey, long room) throws IOException {
        if (to <= from) {
            return;
        }
        if (micros < 0) {
            return; // before the beginning, as what an encoder needs to get going is
        }
        if (micros < lastMicros) {
            if (isVideo()) {
                throw reordered();
            }
            throw new IOException("the sound goes back in time");
        }
        byte[] data;
        boolean key = flaggedKey;
        switch (codec) {
            case "H264" -> {
                boolean[] isKey = new boolean[1];
                data = annexB(d, from, to, isKey, room);
                key = isKey[0];
            }
            case "VP8" -> {
                data = java.util.Arrays.copyOfRange(d, from, to);
                key = (data[0] & 1) == 0;
            }
            case "VP9" -> {
                data = java.util.Arrays.copyOfRange(d, from, to);
                VpxHeaders.Header header = VpxHeaders.vp9(data);
                key = header != null;
                vp9Profile = vp9Profile < 0 && key ? header.profile() : vp9Profile;
            }
            default -> {
                data = java.util.Arrays.copyOfRange(d, from, to);
                if (!isVideo()) {
                    int samples = OggOpus.samples(data);
                    if (samples < 1 || samples > MAX_OPUS_SAMPLES) {
                        return;
                    }
                    lastStep = samples * MICROS / OPUS_CLOCK;
                    key = true;
                }
            }
        }
        if (data.length == 0) {
            return;
        }
        if (isVideo() && lastMicros >= 0 && micros > lastMicros) {
            lastStep = Math.min(micros - lastMicros, MICROS);
        }
        lastMicros = micros;
        frames.add(EncodedFrame.of(data, codec, micros * clock() / MICROS, key));
    }

    private int clock() {
        return isVideo() ? VIDEO_CLOCK : OPUS_CLOCK;
    }

    /** Start codes for lengths, and the parameter sets before a key frame that has none. */
    private byte[] annexB(byte[] d, int from, int to, boolean[] key, long room) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(to - from + 64);
        boolean hasSets = false;
        for (int at = from; at < to;) {
            assert Steps.count();
            long length = 0;
            if (to - at < lengthBytes) {
                throw new EOFException("H.264 whose units do not fit their frame");
            }
            for (int i = 0; i < lengthBytes; i++) {
                length = length << 8 | d[at++] & 0xff;
            }
            if (length > to - at) {
                throw new EOFException("H.264 whose units do not fit their frame");
            }
            if (length > 0) {
                int type = d[at] & 31;
                key[0] |= type == H264Units.IDR;
                hasSets |= type == H264Units.SPS;
                out.writeBytes(START_CODE);
                out.write(d, at, (int) length);
                at += (int) length;
            }
        }
        if (!key[0] || hasSets || out.size() == 0) {
            return out.toByteArray();
        }
        inserted += parameterSets.length;
        if (inserted > room) {
            throw new IOException("H.264 whose parameter sets are longer than its pictures");
        }
        byte[] unit = out.toByteArray();
        byte[] whole = java.util.Arrays.copyOf(parameterSets, parameterSets.length + unit.length);
        System.arraycopy(unit, 0, whole, parameterSets.length, unit.length);
        return whole;
    }

    boolean isEmpty() {
        return frames.isEmpty();
    }

    /** When the last frame is over. */
    long endMicros() {
        return lastMicros + lastStep;
    }

    /** {@code endMicros}: when the file is over, so that all its tracks played over and over stay together. */
    Clip clip(long endMicros) {
        EncodedFormat format = switch (codec) {
            case "VP9" -> new EncodedFormat(codec, Map.of("profile-id", "" + Math.max(0, vp9Profile)));
            case "H264" -> new EncodedFormat(codec, Map.of("profile-level-id", profile));
            default -> EncodedFormat.of(codec);
        };
        return new Clip(isVideo() ? "video" : "audio", format, clock(), frames, endMicros * clock() / MICROS);
    }
}
