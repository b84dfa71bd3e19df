package dev.jvmrtc.rtp.stream;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.rtp.RtpCodec;
import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.rtp.RtpWriter;
import dev.jvmrtc.rtp.payload.OutgoingFrame;
import dev.jvmrtc.rtp.payload.Packetizer;
import dev.jvmrtc.rtp.payload.PayloadFormats;
import dev.jvmrtc.rtp.rtcp.Rtcp;
import dev.jvmrtc.wire.Bytes;
import java.util.ArrayList;
import java.util.List;

/** One outgoing source: packetizing, numbering, resending, and what its sender reports say (RFC 3550 §6.4.1). */
public final class RtpSendStream {

    /** Largest RTP packet before SRTP, so that a datagram stays within 1,200 bytes or so on any path. */
    static final int MAX_PACKET = 1_190;
    private static final long MIN_RESEND_INTERVAL_NANOS = 10_000_000L;

    /** Figures of the stream for statistics. */
    public record Snapshot(long ssrc, Long rtxSsrc, long packets, long bytes, long headerBytes, long frames, long keyFrames, long retransmittedPackets,
                           long retransmittedBytes, long nacks, long plis, long firs, String codec, int payloadType, Rtcp.ReportBlock lastBlock,
                           long roundTripNanos, long reportCount, long totalRoundTripNanos) {
    }

    private final int ssrc;
    private final int rtxSsrc;
    private final PacketHistory history = new PacketHistory();
    private final RandomSource random;
    private final long timestampOffset;
    private final PacketPool pool;

    private RtpCodec codec;
    private RtpCodec rtx;
    private Packetizer packetizer;
    private RtpWriter.Extensions extensions = RtpWriter.Extensions.NONE;
    /** Of packets that do not end a frame. */
    private RtpWriter.Extensions inner = RtpWriter.Extensions.NONE;
    private int sequence;
    private int rtxSequence;
    private int sourceSequence = -1;
    private long lastTimestamp;
    private long lastCaptureNanos;
    private boolean sentAny;
    private boolean markNext = true;
    private long lastSourceTimestamp;
    private long usualStep;

    private long packets;
    private long octets;
    private long headerBytes;
    private long frames;
    private long keyFrames;
    private long retransmittedPackets;
    private long retransmittedBytes;
    private long nacks;
    private long plis;
    private long firs;
    private int lastFir = -1;
    private Rtcp.ReportBlock lastBlock;
    private long roundTripNanos = -1;
    private long reports;
    private long totalRoundTripNanos;

    public RtpSendStream(int ssrc, int rtxSsrc, RandomSource random, PacketPool pool) {
        this.ssrc = ssrc;
        this.rtxSsrc = rtxSsrc;
        this.random = random;
        this.pool = pool;
        // RFC 3550 §5.1: both start at random. The upper half is left out so that a rollover cannot fall among the first packets (RFC 3711 §3.3.1).
        this.sequence = random.nextInt() & 0x7fff;
        this.rtxSequence = random.nextInt() & 0x7fff;
        this.timestampOffset = random.nextInt() & 0xffffffffL;
    }

    public int ssrc() {
        return ssrc;
    }

    public int rtxSsrc() {
        return rtxSsrc;
    }

    public RtpCodec codec() {
        return codec;
    }

    /** Whether the packets are spread over time: a picture's are, sound has one packet at a time. */
    boolean isPaced() {
        return packetizer != null && packetizer.marksFrameEnd();
    }

    public boolean hasRtx() {
        return rtx != null;
    }

    /** What to send with from now on; null codec = nothing. */
    public void configure(RtpCodec newCodec, RtpCodec newRtx, RtpWriter.Extensions newExtensions) {
        boolean same = newCodec != null && codec != null && codec.name().equals(newCodec.name()) && codec.parameters().equals(newCodec.parameters());
        if (!same) {
            packetizer = newCodec == null ? null : PayloadFormats.packetizer(newCodec.name(), newCodec.parameters(), random.nextInt());
        }
        codec = newCodec;
        rtx = newRtx;
        extensions = newExtensions;
        inner = newExtensions.withoutOrientation();
    }

    /**
     * Packetizes a frame into the queue; false where there is no codec to send it with.
     */
    public boolean sendFrame(OutgoingFrame frame, long captureNanos, Pacer out) {
        if (packetizer == null || frame.data().length == 0) {
            return false;
        }
        frames++;
        keyFrames += frame.keyFrame() ? 1 : 0;
        noteTalkspurt(frame.rtpTimestamp());
        lastTimestamp = frame.rtpTimestamp() + timestampOffset & 0xffffffffL;
        lastCaptureNanos = captureNanos;
        packetizer.packetize(frame, MAX_PACKET - RtpWriter.headerLength(extensions), (head, headLength, body, bodyOffset, bodyLength, last) -> {
            RtpWriter.Extensions own = last ? extensions : inner;
            int header = RtpWriter.headerLength(own);
            OutgoingPacket p = pool.take();
            p.ensure(header + headLength + bodyLength + 64);
            // RFC 3551 §4.1: audio sets the marker on the first packet of a talkspurt only.
            boolean marker = packetizer.marksFrameEnd() ? last : markNext;
            markNext = false;
            RtpWriter.writeHeader(p.data, codec.payloadType(), marker, sequence, lastTimestamp, ssrc, own, 0, frame.rotation());
            System.arraycopy(head, 0, p.data, header, headLength);
            System.arraycopy(body, bodyOffset, p.data, header + headLength, bodyLength);
            finish(p, header, headLength + bodyLength, out);
        });
        return true;
    }

    /** RFC 3551 §4.1: the marker shows where sound begins again after a silence, in which nothing was sent. */
    private void noteTalkspurt(long timestamp) {
        long step = timestamp - lastSourceTimestamp;
        if (usualStep > 0 && step > 2 * usualStep) {
            markNext = true;
        } else {
            usualStep = step;
        }
        lastSourceTimestamp = timestamp;
    }

    /** Forwards a packet of another session: its payload, marker, and the distances of its numbers are kept, everything else is ours. */
    public boolean sendPacket(RtpPacket source, long now, Pacer out) {
        if (codec == null) {
            return false;
        }
        if (sourceSequence >= 0) {
            int ahead = dev.jvmrtc.wire.SerialNumbers.distance16(source.sequenceNumber(), sourceSequence);
            if (ahead <= 0 || ahead > 1_000) {
                ahead = ahead <= 0 && ahead > -1_000 ? 0 : 1;
            }
            if (ahead == 0) {
                return false; // old or repeated: its number here was used, and may not be used again
            }
            sequence = sequence + ahead - 1 & 0xffff;
        }
        sourceSequence = source.sequenceNumber();
        lastTimestamp = source.timestamp() + timestampOffset & 0xffffffffL;
        lastCaptureNanos = now;
        int header = RtpWriter.headerLength(inner);
        OutgoingPacket p = pool.take();
        p.ensure(header + source.payloadLength() + 64);
        RtpWriter.writeHeader(p.data, codec.payloadType(), source.marker(), sequence, lastTimestamp, ssrc, inner, 0, 0);
        System.arraycopy(source.array(), source.payloadOffset(), p.data, header, source.payloadLength());
        if (source.marker()) {
            frames++;
        }
        finish(p, header, source.payloadLength(), out);
        return true;
    }

    private void finish(OutgoingPacket p, int header, int payload, Pacer out) {
        p.length = header + payload;
        p.stream = this;
        p.sequence = sequence;
        sequence = sequence + 1 & 0xffff;
        packets++;
        octets += payload;
        headerBytes += header;
        sentAny = true;
        out.add(p);
    }

    // ---------------------------------------------------------------- sending and resending

    /** A packet is about to be protected; with RTX its clear bytes are kept. */
    public void beforeProtect(OutgoingPacket p, int transportSequence, long now) {
        if (!p.retransmission && rtx != null) {
            history.store(p.sequence, p.data, p.length, now);
        }
        if (extensions.transportCcId() > 0) {
            writeTransportSequence(p, transportSequence);
        }
    }

    private void writeTransportSequence(OutgoingPacket p, int transportSequence) {
        RtpPacket view = new RtpPacket();
        if (view.wrap(p.data, 0, p.length)) {
            int found = view.extension(extensions.transportCcId());
            if (found >= 0 && (found & 0xff) == 2) {
                Bytes.put16(p.data, found >> 8, transportSequence);
            }
        }
    }

    /** A packet has been protected; without RTX exactly these bytes are kept, since protecting the packet again under its index would betray the key. */
    public void afterProtect(OutgoingPacket p, int protectedLength, long now) {
        if (!p.retransmission && rtx == null) {
            history.store(p.sequence, p.data, protectedLength, now);
        }
    }

    /** What was sent cannot be asked for any more: the keys have changed. */
    public void forgetSentPackets() {
        history.clear();
    }

    public void handleNack(long now, List<Integer> sequenceNumbers, Pacer out) {
        nacks++;
        for (int s : sequenceNumbers) {
            PacketHistory.Entry e = history.find(s, now, Math.max(MIN_RESEND_INTERVAL_NANOS, roundTripNanos));
            if (e == null) {
                continue;
            }
            e.resent = true;
            e.resentNanos = now;
            retransmittedPackets++;
            retransmittedBytes += e.length;
            out.add(rtx == null ? resendAsSent(e) : resendAsRtx(e));
        }
    }

    private OutgoingPacket resendAsSent(PacketHistory.Entry e) {
        OutgoingPacket p = pool.take();
        p.ensure(e.length);
        System.arraycopy(e.data, 0, p.data, 0, e.length);
        p.length = e.length;
        p.protectedAlready = true;
        p.retransmission = true;
        p.stream = this;
        return p;
    }

    /** RFC 4588 §4: a packet of its own source and numbering, with the original number in front of the payload. */
    private OutgoingPacket resendAsRtx(PacketHistory.Entry e) {
        RtpPacket original = new RtpPacket();
        original.wrap(e.data, 0, e.length);
        OutgoingPacket p = pool.take();
        int header = original.headerLength();
        p.ensure(e.length + 2 + 64);
        System.arraycopy(e.data, 0, p.data, 0, header);
        p.data[1] = (byte) (e.data[1] & 0x80 | rtx.payloadType());
        Bytes.put16(p.data, 2, rtxSequence);
        Bytes.put32(p.data, 8, rtxSsrc);
        Bytes.put16(p.data, header, e.sequence);
        System.arraycopy(e.data, header, p.data, header + 2, e.length - header);
        p.length = e.length + 2;
        p.stream = this;
        p.retransmission = true;
        rtxSequence = rtxSequence + 1 & 0xffff;
        return p;
    }

    // ---------------------------------------------------------------- RTCP

    public void handlePli() {
        plis++;
    }

    /** RFC 5104 §4.3.1.2: a repeated sequence number is the same request again. */
    public boolean handleFir(int sequenceNumber) {
        firs++;
        boolean isNew = sequenceNumber != lastFir;
        lastFir = sequenceNumber;
        return isNew;
    }

    /** {@code ntpNow} is the middle of the NTP time at which the block came, in 1/65536 s. */
    public void handleReportBlock(Rtcp.ReportBlock block, long ntpNowMiddle) {
        lastBlock = block;
        if (block.lastSr() != 0) {
            long units = ntpNowMiddle - block.lastSr() - block.delaySinceLastSr() & 0xffffffffL;
            if (units < 0x10000 * 30L) {
                roundTripNanos = units * 1_000_000_000L >> 16;
                totalRoundTripNanos += roundTripNanos;
                reports++;
            }
        }
    }

    public long roundTripNanos() {
        return roundTripNanos;
    }

    /** The report to send, or null before the first packet. */
    public Rtcp.SenderReport senderReport(long now, long ntp, List<Rtcp.ReportBlock> blocks) {
        if (!sentAny || codec == null) {
            return null;
        }
        // RFC 3550 §6.4.1: the RTP timestamp "corresponds to the same time as the NTP timestamp".
        long since = (now - lastCaptureNanos) / 1_000 * codec.clockRate() / 1_000_000;
        return new Rtcp.SenderReport(ssrc & 0xffffffffL, ntp, lastTimestamp + since & 0xffffffffL, packets & 0xffffffffL, octets & 0xffffffffL,
            new ArrayList<>(blocks));
    }

    public Snapshot snapshot() {
        return new Snapshot(ssrc & 0xffffffffL, rtx == null ? null : (Long) (rtxSsrc & 0xffffffffL), packets, octets, headerBytes, frames, keyFrames,
            retransmittedPackets, retransmittedBytes, nacks, plis, firs, codec == null ? null : codec.name(), codec == null ? -1 : codec.payloadType(),
            lastBlock, roundTripNanos, reports, totalRoundTripNanos);
    }
}
