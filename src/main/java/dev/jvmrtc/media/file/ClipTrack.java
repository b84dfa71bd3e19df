package dev.jvmrtc.media.file;

import dev.jvmrtc.bitstream.h264.KnownSets;
import dev.jvmrtc.bitstream.h264.NalUnit;
import dev.jvmrtc.core.SafeText;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.wire.CodedFrame;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A track that is read from a file, made into frames as they are sent: H.264 in Annex B form with its parameter sets in
 * band, AV1 with its sequence header, audio and video in the order of time.
 */
final class ClipTrack {
    private static final int VIDEO_CLOCK = 90_000;
    private static final int OPUS_CLOCK = 48_000;
    private static final long MICROS = 1_000_000;
    /** A packet lasts 120 ms at most (RFC 6716 §3.2.5). */
    private static final int MAX_OPUS_SAMPLES = 5_760;

    private static final byte[] START_CODE = NalUnit.startCode();
    private static final int NAME = 32;
    /** A thousand frames a second are all that a clip has. */
    private static final long SHORTEST_MICROS = 1_000;

    private static final long NONE = Long.MIN_VALUE;

    /** Name as in SDP. */
    final String codec;

    private final int lengthBytes;
    private final KnownSets sets = new KnownSets();
    /** What a file has apart of AV1. */
    private final byte[] configured;

    private final String profile;
    private final List<EncodedFrame> frames = new ArrayList<>();
    private int vp9Profile = -1;
    private long inserted;
    /** Of the last frame, by the file. */
    private long fileMicros = NONE;

    private long lastMicros = NONE;
    private long lastStep = 40_000;

    /**
     * {@code configuration}: an AVCDecoderConfigurationRecord of H264, an AV1CodecConfigurationRecord of AV1, else not
     * looked at.
     */
    ClipTrack(String codec, byte[] configuration) throws IOException {
        this.codec = codec;
        configured = Av1Units.configured(codec.equals("AV1") ? configuration : new byte[0]);
        if (!codec.equals("H264")) {
            lengthBytes = 0;
            profile = null;
            return;
        }
        ByteBuffer b = ByteBuffer.wrap(configuration);
        if (configuration.length < 7 || configuration[0] != 1) {
            throw new IOException("H.264 without its configuration");
        }
        profile = String.format("%02x%02x%02x", configuration[1], configuration[2], configuration[3]);
        lengthBytes = (configuration[4] & 3) + 1;
        b.position(5);
        int count = b.get() & 31;
        for (int kind = 0; kind < 2; kind++) {
            for (int i = 0; i < count; i++) {
                assert Steps.count();
                int length = b.remaining() < 2 ? -1 : b.getShort() & 0xffff;
                if (length < 1 || length > b.remaining()) {
                    throw new IOException("H.264 whose configuration is cut off");
                }
                byte[] set = new byte[length];
                b.get(set);
                sets.learn(new NalUnit(set, 0, length));
            }
            count = kind == 0 && b.hasRemaining() ? b.get() & 0xff : 0;
        }
    }

    boolean isVideo() {
        return !codec.equals("opus");
    }

    /** A sentence for a codec that is not sent, by its name in the file. */
    static IOException refused(String name, boolean video) {
        boolean aac = name.startsWith("A_AAC") || name.equals("mp4a");
        String what =
                aac ? "the audio is AAC" : (video ? "the video is " : "the audio is ") + SafeText.line(name, NAME);
        return new IOException(what + ", which is not sent encoded here: "
                + (video
                        ? "convert it to VP8, VP9, H.264 or AV1 (ffmpeg -c:v libvpx)"
                        : "convert it to Opus (ffmpeg -c:v copy -c:a libopus)"));
    }

    static IOException reordered() {
        return new IOException(
                "the frames are shown in another order than they are decoded in (B-frames), which receivers of a call do not do: "
                        + "encode them without (ffmpeg -bf 0)");
    }

    /**
     * Adds a frame as the file has it.
     *
     * @param micros since the beginning of the file, those of the shown frame
     * @param flaggedKey whether the file says that it needs no other
     * @param room how many bytes of parameter sets may be put in in all: no more than the file is long
     */
    void add(byte[] d, int from, int to, long micros, boolean flaggedKey, long room) throws IOException {
        if (to <= from) {
            return;
        }
        if (micros < fileMicros) {
            if (isVideo()) {
                throw reordered();
            }
            throw new IOException("the audio goes back in time");
        }
        if (micros < 0 && !isVideo()) {
            return; // before the beginning, as what an encoder needs to get going is
        }
        fileMicros = micros;
        // Frames before the beginning are not shown, but those behind refer to them; no two have the same time, by
        // which RTP tells them apart.
        long at =
                isVideo() && lastMicros != NONE ? Math.max(micros, lastMicros + SHORTEST_MICROS) : Math.max(0, micros);
        byte[] data;
        boolean key = flaggedKey;
        switch (codec) {
            case "H264" -> {
                CodedFrame p = sets.complete(annexB(d, from, to));
                if (p == null) {
                    return; // parameter sets, or what else there is without a picture
                }
                data = p.data();
                key = p.keyFrame();
            }
            case "AV1" -> {
                CodedFrame p = Av1Units.temporalUnit(Arrays.copyOfRange(d, from, to), configured, flaggedKey);
                if (p == null) {
                    return;
                }
                data = p.data();
                key = p.keyFrame();
            }
            case "VP8" -> {
                data = Arrays.copyOfRange(d, from, to);
                key = (data[0] & 1) == 0;
            }
            case "VP9" -> {
                data = Arrays.copyOfRange(d, from, to);
                VpxHeaders.Header header = VpxHeaders.vp9(data);
                key = header != null;
                vp9Profile = vp9Profile < 0 && key ? header.profile() : vp9Profile;
            }
            default -> {
                data = Arrays.copyOfRange(d, from, to);
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
        inserted += Math.max(0, data.length - (to - from));
        if (inserted > room) {
            throw new IOException(codec + " whose parameter sets are longer than its frames");
        }
        if (isVideo() && lastMicros != NONE) {
            lastStep = Math.min(at - lastMicros, MICROS);
        }
        lastMicros = at;
        frames.add(EncodedFrame.of(data, codec, at * clock() / MICROS, key));
    }

    private int clock() {
        return isVideo() ? VIDEO_CLOCK : OPUS_CLOCK;
    }

    /** Start codes for lengths. */
    private byte[] annexB(byte[] d, int from, int to) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(to - from + 64);
        for (int at = from; at < to; ) {
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
                out.writeBytes(START_CODE);
                out.write(d, at, (int) length);
                at += (int) length;
            }
        }
        return out.toByteArray();
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
