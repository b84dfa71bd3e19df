package dev.jvmrtc.rtp.receive;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.rtp.format.Depacketizer;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.CodedFrame;
import java.util.Arrays;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;

/**
 * Puts packets into order and frames together. A gap is waited for; when it is given up, audio goes on with what
 * follows, video withholds delta frames until the next key frame, for a decoder must not see a frame whose reference it
 * never got.
 *
 * <p>A marker ends a frame in which there is a part of a picture, unless this source has gone on with the same
 * timestamp after a marker before: then the next timestamp ends it, or that nothing more comes for a while. A frame is
 * delivered only where its beginning was seen: by what is in its first packet, or since the packet right before it was
 * there and had another timestamp.
 */
final class FrameBuffer {

    /** Packets held at most; 2,048 are two seconds of a 10 Mbit/s picture. */
    static final int MAX_PACKETS = 2_048;
    /** How long a gap in video is waited for while packets are asked for again. */
    private static final long VIDEO_PATIENCE_NANOS = 500_000_000L;
    /**
     * Audio is not asked for again: only reordering is waited for, of which a path has the more the more unevenly it
     * delivers.
     */
    private static final long MIN_AUDIO_PATIENCE_NANOS = 20_000_000L;

    private static final long MAX_AUDIO_PATIENCE_NANOS = 100_000_000L;
    private static final double JITTERS = 4;
    /**
     * How long after its last packet a frame is held that only the next timestamp would end: over a picture's interval
     * at 25 a second.
     */
    static final long END_PATIENCE_NANOS = 50_000_000L;

    private static final long UNKNOWN = -1;
    private static final int USUAL_FRAME = 4_096;
    /** A frame of more than this leaves no buffer behind. */
    private static final int LARGE_FRAME = 1 << 20;

    private record Packet(
            long sequence,
            long timestamp,
            boolean marker,
            int payloadType,
            byte[] payload,
            Depacketizer.Info info,
            long arrivalNanos,
            long[] csrcs,
            int rotation) {
        boolean isPadding() {
            return payload.length == 0;
        }
    }

    /** Codec of a payload type. */
    record Format(String codec, Depacketizer depacketizer) {}

    private final boolean video;
    private final ReceiveMemory memory;
    private final TreeMap<Long, Packet> packets = new TreeMap<>();
    private ByteWriter assembly = new ByteWriter(USUAL_FRAME);
    private Map<Integer, Format> formats;
    private long next = -1;
    /**
     * The frame that begins at {@code next} has been looked through up to here, so that each of its packets is looked
     * at once.
     */
    private long scanned = -1;
    /** Whether a part of a picture was among what has been looked through. */
    private boolean scannedPicture;
    /**
     * Whether this source sets the marker at the end of a frame only. RFC 6184 §5.1: receivers "MAY use this bit as an
     * early indication of the last packet of an access unit but MUST NOT rely on this property"; cameras set it on
     * every NAL unit.
     */
    private boolean markersEndFrames = true;
    /** A frame is held that ends unless something goes on with its timestamp until then. */
    private long endsNanos = NEVER;
    /** Timestamp of the packet right before {@code next}; unknown where that one was lost. */
    private long timestampBefore = UNKNOWN;

    private boolean markerBefore;
    /** What of this timestamp still comes belongs to a frame that was given up. */
    private long givenUpTimestamp = UNKNOWN;

    private boolean keyFrameNeeded;
    private long gapSinceNanos = NEVER;
    private long audioPatienceNanos = MIN_AUDIO_PATIENCE_NANOS;
    private boolean keyFrameWanted;
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

    /** Null for a payload type that is not in force. */
    Format format(int payloadType) {
        return formats.get(payloadType);
    }

    long droppedFrames() {
        return droppedFrames;
    }

    /** How unevenly packets arrive at present (RFC 3550 §6.4.1, jitter). */
    void setJitter(double seconds) {
        audioPatienceNanos =
                Math.min(MAX_AUDIO_PATIENCE_NANOS, MIN_AUDIO_PATIENCE_NANOS + (long) (JITTERS * seconds * 1e9));
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
        packets.put(
                sequence,
                new Packet(
                        sequence,
                        p.timestamp(),
                        p.marker(),
                        p.payloadType(),
                        payload,
                        info,
                        now,
                        p.csrcs(),
                        rotationOf(p)));
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
        givenUpTimestamp = timestampBefore;
        timestampBefore = UNKNOWN;
    }

    private void removeBefore(long sequence) {
        while (!packets.isEmpty() && packets.firstKey() < sequence) {
            assert Steps.count();
            Packet p = packets.remove(packets.firstKey()); // makes no object, as an entry would be
            memory.give(p.payload.length);
            if (!p.isPadding()) {
                timestampBefore = p.timestamp;
                markerBefore = p.marker;
            }
        }
        scanned = -1;
        scannedPicture = false;
        endsNanos = NEVER;
    }

    /** The header extension that tells how pictures are turned; 0 for none. */
    void setOrientationExtension(int id) {
        orientationExtension = id;
    }

    /** In degrees; −1 where the packet does not tell. */
    private int rotationOf(RtpPacket p) {
        // 0 0 0 0 C F R1 R0: the camera and the flip are not for who shows the picture upright.
        return p.findExtension(orientationExtension) && p.extensionLength() == 1
                ? (p.array()[p.extensionOffset()] & 3) * 90
                : -1;
    }

    /** Delivers what is complete. */
    void poll(long now, Queue<ReceivedFrame> out) {
        while (deliverOne(now, out)) {
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
        return ProtocolCore.soonest(endsNanos, gapSinceNanos == NEVER ? NEVER : gapSinceNanos + patience());
    }

    /** Delivers or discards the frame that starts at {@code next}; false where it is not complete yet. */
    private boolean deliverOne(long now, Queue<ReceivedFrame> out) {
        Packet first = packets.isEmpty() ? null : packets.get(next); // the common case asks for no boxed number
        if (first == null) {
            return false;
        }
        if (first.isPadding()) {
            removeBefore(++next);
            return true;
        }
        Format f = formats.get(first.payloadType);
        if (first.timestamp == timestampBefore
                && markerBefore
                && first.info.position() != Depacketizer.Position.FIRST
                && first.timestamp != givenUpTimestamp) {
            markersEndFrames = false; // the frame before was not at its end: this is the rest of it
            givenUpTimestamp = first.timestamp;
        }
        long last = frameEnd(first, f, now);
        if (last < 0) {
            return false;
        }
        assemble(first, last, f, out);
        next = last + 1;
        removeBefore(next);
        return true;
    }

    /** The last packet of the frame that begins with {@code first}, if all between are there; −1 otherwise. */
    private long frameEnd(Packet first, Format f, long now) {
        if (f == null || f.depacketizer.onePacketPerFrame()) {
            return first.sequence;
        }
        for (long s = Math.max(scanned, first.sequence); ; s++) {
            assert Steps.count();
            Packet p = packets.get(s);
            if (p == null) {
                scanned = s;
                return isAtItsEnd(s - 1, now) ? s - 1 : -1;
            }
            boolean begins = !p.isPadding()
                    && scannedPicture
                    && !markersEndFrames
                    && p.info.position() == Depacketizer.Position.FIRST;
            if (!p.isPadding() && p.timestamp != first.timestamp || begins) {
                return s - 1;
            }
            scannedPicture |= !p.isPadding() && p.info.media();
            // Behind parameter sets, delimiter or SEI comes the picture (H.264 §7.4.1.2.3), whatever their markers say.
            if (p.marker && markersEndFrames && scannedPicture) {
                return s;
            }
        }
    }

    /**
     * Whether nothing has come behind a packet with a marker, in the time in which the rest of its frame would have.
     */
    private boolean isAtItsEnd(long sequence, long now) {
        Packet p = packets.get(sequence);
        endsNanos = p.marker && packets.lastKey() == sequence ? p.arrivalNanos + END_PATIENCE_NANOS : NEVER;
        return endsNanos != NEVER && now >= endsNanos;
    }

    /** Whether a frame begins with this packet, by what is in it and by what came before. */
    private boolean begins(Packet p, Format f) {
        return switch (p.info.position()) {
            case FIRST -> p.timestamp != givenUpTimestamp || f.depacketizer.marksFrameStart();
            case ANY -> timestampBefore != UNKNOWN && p.timestamp != timestampBefore;
            case INNER -> false;
        };
    }

    private void assemble(Packet first, long last, Format f, Queue<ReceivedFrame> out) {
        boolean key = false;
        boolean intact = f != null && begins(first, f);
        assembly.clear();
        for (Packet p : packets.subMap(first.sequence, true, last, true).values()) {
            assert Steps.count();
            if (intact && !p.isPadding()) {
                rotation = p.rotation < 0 ? rotation : p.rotation; // it holds until another is told
                key |= p.info.keyFrame();
                intact = f.depacketizer.append(p.payload, 0, p.payload.length, assembly);
            }
        }
        givenUpTimestamp = first.timestamp == givenUpTimestamp ? givenUpTimestamp : UNKNOWN;
        CodedFrame whole = intact ? f.depacketizer.whole(assembly.toByteArray(), key) : null;
        if (intact && whole == null) {
            return; // parameter sets, or what else there is without a picture
        }
        key = intact ? whole.keyFrame() : key;
        if (!intact || keyFrameNeeded && !key) {
            droppedFrames++;
            if (video) {
                keyFrameNeeded = true;
                keyFrameWanted = true;
            }
            return;
        }
        keyFrameNeeded = false;
        keyFrameWanted &= !key;
        out.add(new ReceivedFrame(
                whole.data(),
                f.codec,
                first.payloadType,
                first.timestamp,
                key,
                first.info.temporalLayer(),
                first.info.spatialLayer(),
                rotation,
                first.arrivalNanos,
                null,
                first.csrcs));
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
        // Drop the frame with the hole, and what of its timestamp is behind it: go to the first frame that begins
        // there.
        long hole = packets.firstKey() != next ? next : firstHole();
        boolean begun = packets.firstKey() < hole;
        removeBefore(hole);
        givenUpTimestamp = begun ? timestampBefore : givenUpTimestamp;
        next = hole;
        droppedFrames++;
        while (!packets.isEmpty()) {
            assert Steps.count();
            Packet p = packets.firstEntry().getValue();
            timestampBefore = p.sequence == next ? timestampBefore : UNKNOWN;
            next = p.sequence;
            Format f = formats.get(p.payloadType);
            if (!p.isPadding() && f != null && begins(p, f)) {
                return;
            }
            givenUpTimestamp = p.isPadding() ? givenUpTimestamp : p.timestamp;
            removeBefore(++next);
        }
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
