package dev.jvmrtc.rtp.stream;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.rtp.payload.Depacketizer;
import dev.jvmrtc.wire.ByteWriter;
import java.util.Arrays;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;

/**
 * Puts packets into order and frames together. A gap is waited for; when it is given up, audio goes on with what follows, video withholds delta frames until
 * the next key frame, for a decoder must not see a frame whose reference it never got.
 */
final class FrameBuffer {

    /** Packets held at most; 2,048 are two seconds of a 10 Mbit/s picture. */
    static final int MAX_PACKETS = 2_048;
    /** How long a gap in video is waited for while packets are asked for again. */
    private static final long VIDEO_PATIENCE_NANOS = 500_000_000L;
    /** Audio is not asked for again: only reordering is waited for, of which a path has the more the more unevenly it delivers. */
    private static final long MIN_AUDIO_PATIENCE_NANOS = 20_000_000L;
    private static final long MAX_AUDIO_PATIENCE_NANOS = 100_000_000L;
    private static final double JITTERS = 4;
    private static final int USUAL_FRAME = 4_096;
    /** A frame of more than this leaves no buffer behind. */
    private static final int LARGE_FRAME = 1 << 20;

    private record Packet(long sequence, long timestamp, boolean marker, int payloadType, byte[] payload, Depacketizer.Info info, long arrivalNanos, long[] csrcs,
                          int rotation) {
        boolean isPadding() {
            return payload.length == 0;
        }
    }

    /** Codec of a payload type. */
    record Format(String codec, Depacketizer depacketizer) {
    }

    private final boolean video;
    private final ReceiveMemory memory;
    private final TreeMap<Long, Packet> packets = new TreeMap<>();
    private ByteWriter assembly = new ByteWriter(USUAL_FRAME);
    private Map<Integer, Format> formats;
    private long next = -1;
    /** The frame that begins at {@code next} has been looked through up to here, so that each of its packets is looked at once. */
    private long scanned = -1;
    private boolean keyFrameNeeded;
    private long gapSinceNanos = NEVER;
    private long audioPatienceNanos = MIN_AUDIO_PATIENCE_NANOS;
    private boolean keyFrameWanted;
    private boolean decodedAny;
    private long droppedFrames;
    private int orientationExtension;
    private int rotation;

    FrameBuffer(boolean video, Map<Integer, Format> formats, ReceiveMemory memory) {
        this.memory = memory;
        this.video = video;
        this.formats = formats;
        this.keyFrameNeeded = video;
    }

    void setFormats(Map<Integer, Format> newFormats) {
        formats = newFormats;
    }

    long droppedFrames() {
        return droppedFrames;
    }

    /** How unevenly packets arrive at present (RFC 3550 §6.4.1, jitter). */
    void setJitter(double seconds) {
        audioPatienceNanos = Math.min(MAX_AUDIO_PATIENCE_NANOS, MIN_AUDIO_PATIENCE_NANOS + (long) (JITTERS * seconds * 1e9));
    }

    /** The sequence number that must come next, or −1 before the first packet. */
    long next() {
        return next;
    }

    /** Whether a key frame should be asked for; asking is noted as done. */
    boolean takeKeyFrameWanted() {
        boolean wanted = keyFrameWanted;
        keyFrameWanted = false;
        return wanted;
    }

    /** Takes a packet under its extended sequence number; false where it is too late, known or malformed. */
    boolean insert(long sequence, RtpPacket p, long now) {
        if (next >= 0 && sequence < next || packets.containsKey(sequence)) {
            return false;
        }
        Format f = formats.get(p.payloadType());
        if (f == null) {
            return false;
        }
        byte[] payload = Arrays.copyOfRange(p.array(), p.payloadOffset(), p.payloadOffset() + p.payloadLength());
        Depacketizer.Info info = payload.length == 0 ? null : f.depacketizer.inspect(payload, 0, payload.length);
        if (payload.length > 0 && info == null) {
            payload = new byte[0]; // malformed: its number is used up, its content is not
        }
        if (packets.size() >= MAX_PACKETS) {
            giveUp();
            if (packets.size() >= MAX_PACKETS) {
                clear();
            }
        }
        if (!memory.take(payload.length)) {
            overflow();
            if (next > sequence || !memory.take(payload.length)) {
                return false;
            }
        }
        packets.put(sequence, new Packet(sequence, p.timestamp(), p.marker(), p.payloadType(), payload, info, now, p.csrcs(), rotationOf(p)));
        if (next < 0) {
            next = sequence;
        }
        return true;
    }

    /** The connection holds too much: this source lets go of all that waits here, as of a frame that was lost. */
    private void overflow() {
        if (video) {
            keyFrameNeeded = true;
            keyFrameWanted = true;
        }
        if (!packets.isEmpty()) {
            droppedFrames++;
            next = packets.lastKey() + 1;
            clear();
        }
    }

    /** Lets go of all packets. */
    void clear() {
        removeBefore(Long.MAX_VALUE);
    }

    private void removeBefore(long sequence) {
        for (Map.Entry<Long, Packet> e = packets.firstEntry(); e != null && e.getKey() < sequence; e = packets.firstEntry()) {
            assert Steps.count();
            memory.give(e.getValue().payload.length);
            packets.pollFirstEntry();
        }
        scanned = -1;
    }

    /** The header extension that tells how pictures are turned; 0 for none. */
    void setOrientationExtension(int id) {
        orientationExtension = id;
    }

    /** In degrees; −1 where the packet does not tell. */
    private int rotationOf(RtpPacket p) {
        int found = orientationExtension == 0 ? -1 : p.extension(orientationExtension);
        // 0 0 0 0 C F R1 R0: the camera and the flip are not for who shows the picture upright.
        return found < 0 || (found & 0xff) != 1 ? -1 : (p.array()[found >> 8] & 3) * 90;
    }

    /** Delivers what is complete. */
    void poll(long now, Queue<ReceivedFrame> out) {
        while (deliverOne(out)) {
            assert Steps.count();
            gapSinceNanos = NEVER;
        }
        // Something waits behind a hole, or behind the rest of a frame that a later packet shows to be late.
        boolean blocked = !packets.isEmpty() && (packets.firstKey() != next || hasHole());
        if (!blocked) {
            gapSinceNanos = NEVER;
        } else if (gapSinceNanos == NEVER) {
            gapSinceNanos = now;
        } else if (now - gapSinceNanos >= patience()) {
            giveUp();
            gapSinceNanos = NEVER;
            poll(now, out);
        }
    }

    private long patience() {
        return video ? VIDEO_PATIENCE_NANOS : audioPatienceNanos;
    }

    private boolean hasHole() {
        return packets.lastKey() - packets.firstKey() + 1 != packets.size();
    }

    long nextTimeoutNanos() {
        return gapSinceNanos == NEVER ? NEVER : gapSinceNanos + patience();
    }

    /** Delivers or discards the frame that starts at {@code next}; false where it is not complete yet. */
    private boolean deliverOne(Queue<ReceivedFrame> out) {
        Packet first = packets.get(next);
        if (first == null) {
            return false;
        }
        if (first.isPadding()) {
            removeBefore(++next);
            return true;
        }
        long last = frameEnd(first);
        if (last < 0) {
            return false;
        }
        assemble(first, last, out);
        next = last + 1;
        removeBefore(next);
        return true;
    }

    /** The last packet of the frame that begins with {@code first}, if all between are there; −1 otherwise. */
    private long frameEnd(Packet first) {
        if (formats.get(first.payloadType) == null || formats.get(first.payloadType).depacketizer.onePacketPerFrame()) {
            return first.sequence;
        }
        for (long s = Math.max(scanned, first.sequence); ; s++) {
            assert Steps.count();
            Packet p = packets.get(s);
            if (p == null) {
                scanned = s;
                return -1;
            }
            if (!p.isPadding() && p.timestamp != first.timestamp) {
                return s - 1;
            }
            if (p.marker) {
                return s;
            }
        }
    }

    private void assemble(Packet first, long last, Queue<ReceivedFrame> out) {
        Format f = formats.get(first.payloadType);
        boolean key = false;
        boolean intact = f != null && first.info.startsFrame();
        assembly.clear();
        for (Packet p : packets.subMap(first.sequence, true, last, true).values()) {
            assert Steps.count();
            if (intact && !p.isPadding()) {
                rotation = p.rotation < 0 ? rotation : p.rotation; // it holds until another is told
                key |= p.info.keyFrame();
                intact = f.depacketizer.append(p.payload, 0, p.payload.length, assembly);
            }
        }
        if (!intact || keyFrameNeeded && !key) {
            droppedFrames++;
            if (video) {
                keyFrameNeeded = true;
                keyFrameWanted |= decodedAny || !key;
            }
            return;
        }
        keyFrameNeeded = false;
        keyFrameWanted &= !key;
        decodedAny = true;
        out.add(new ReceivedFrame(assembly.toByteArray(), f.codec, first.payloadType, first.timestamp, key, first.info.temporalLayer(),
            first.info.spatialLayer(), rotation, first.arrivalNanos, null, first.csrcs));
        if (assembly.length() > LARGE_FRAME) {
            assembly = new ByteWriter(USUAL_FRAME);
        }
    }

    /** Stops waiting for what is missing first. */
    private void giveUp() {
        if (packets.isEmpty()) {
            return;
        }
        if (!video) {
            next = packets.firstKey();
            return;
        }
        keyFrameNeeded = true;
        keyFrameWanted = true;
        // Drop the frame with the hole: go to the first frame start after the hole.
        long hole = packets.firstKey() != next ? next : firstHole();
        removeBefore(hole);
        long start = packets.isEmpty() ? hole : packets.lastKey() + 1;
        for (Packet p : packets.values()) {
            assert Steps.count();
            if (p.info != null && p.info.startsFrame()) {
                start = p.sequence;
                break;
            }
        }
        droppedFrames++;
        removeBefore(start);
        next = start;
    }

    private long firstHole() {
        long s = Math.max(scanned, packets.firstKey());
        while (packets.containsKey(s)) {
            assert Steps.count();
            s++;
        }
        return s;
    }
}
