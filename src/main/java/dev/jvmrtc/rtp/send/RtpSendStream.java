package dev.jvmrtc.rtp.send;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.rtp.RtpCodec;
import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.rtp.format.OutgoingFrame;
import dev.jvmrtc.rtp.format.Packetizer;
import dev.jvmrtc.rtp.header.HeaderExtensions;
import dev.jvmrtc.rtp.header.HeaderTemplate;
import dev.jvmrtc.rtp.rtcp.Rtcp;
import dev.jvmrtc.wire.Bytes;
import dev.jvmrtc.wire.SerialNumbers;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One outgoing source: packetizing, numbering, resending, and what its sender reports say (RFC 3550 §6.4.1). */
public final class RtpSendStream {

    /** Largest RTP packet before SRTP, so that a datagram stays within 1,200 bytes or so on any path. */
    static final int MAX_PACKET = 1_190;

    private static final long MIN_RESEND_INTERVAL_NANOS = 10_000_000L;
    /** Between two resends of a packet where we have measured no round trip, as a lite agent has none. */
    private static final long UNKNOWN_ROUND_TRIP_NANOS = 100_000_000L;

    /** Figures of the stream for statistics. */
    public record Snapshot(
            long ssrc,
            Long rtxSsrc,
            long packets,
            long bytes,
            long headerBytes,
            long frames,
            long keyFrames,
            long retransmittedPackets,
            long retransmittedBytes,
            long nacks,
            long plis,
            long firs,
            String codec,
            int payloadType,
            Rtcp.ReportBlock lastBlock,
            long roundTripNanos,
            long reportCount,
            long totalRoundTripNanos) {}

    private final int ssrc;
    private final int rtxSsrc;
    private final PacketHistory history = new PacketHistory();
    private final RetransmissionBudget budget = new RetransmissionBudget();
    private final RandomSource random;
    private final long timestampOffset;
    private final PacketPool pool;
    private final RtpPacket view = new RtpPacket();

    private RtpCodec codec;
    private RtpCodec rtx;
    private Packetizer packetizer;
    private HeaderExtensions extensions = HeaderExtensions.NONE;
    /** The header of a frame's last packet, which alone tells how the picture is turned. */
    private HeaderTemplate lastHeader = HeaderTemplate.PLAIN;
    /** Of packets that do not end a frame. */
    private HeaderTemplate innerHeader = HeaderTemplate.PLAIN;

    private int sequence;
    private int rtxSequence;
    private int sourceSequence = -1;
    private long lastTimestamp;
    private long lastCaptureNanos;
    private boolean sentAny;
    private boolean resends;
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
        // RFC 3550 §5.1: both start at random. The upper half is left out so that a rollover cannot fall among the
        // first packets (RFC 3711 §3.3.1).
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

    /**
     * What to send with from now on; null codec = nothing.
     *
     * @param mid the value of that header extension, where it was agreed on
     */
    public void configure(RtpCodec newCodec, RtpCodec newRtx, HeaderExtensions newExtensions, String mid) {
        boolean same = newCodec != null
                && codec != null
                && codec.name().equals(newCodec.name())
                && codec.parameters().equals(newCodec.parameters());
        if (!same) {
            packetizer = newCodec == null || newCodec.codec() == null
                    ? null
                    : newCodec.codec().payload().packetizer(newCodec.parameters(), random.nextInt());
        }
        resends = newCodec != null && newCodec.feedback().contains("nack");
        if (!resends || (rtx == null ? -1 : rtx.payloadType()) != (newRtx == null ? -1 : newRtx.payloadType())) {
            history.clear(); // what was sent could not be sent again as it would have to be
        }
        codec = newCodec;
        rtx = newRtx;
        extensions = newExtensions;
        lastHeader = HeaderTemplate.builder()
                .perPacket(extensions.transportSequence(), 2)
                .perPacket(extensions.videoOrientation(), 1)
                .fixed(extensions.mid(), mid.getBytes(StandardCharsets.US_ASCII))
                .build();
        innerHeader = lastHeader.without(extensions.videoOrientation());
    }

    /** Packetizes a frame into the queue; false where there is no codec to send it with. */
    public boolean sendFrame(OutgoingFrame frame, long captureNanos, Pacer out) {
        if (packetizer == null || frame.data().length == 0) {
            return false;
        }
        frames++;
        keyFrames += frame.keyFrame() ? 1 : 0;
        noteTalkspurt(frame.rtpTimestamp());
        lastTimestamp = frame.rtpTimestamp() + timestampOffset & 0xffffffffL;
        lastCaptureNanos = captureNanos;
        packetizer.packetize(
                frame, MAX_PACKET - lastHeader.length(), (head, headLength, body, bodyOffset, bodyLength, last) -> {
                    HeaderTemplate header = last ? lastHeader : innerHeader;
                    OutgoingPacket p = pool.take();
                    p.ensure(header.length() + headLength + bodyLength + OutgoingPacket.OVERHEAD);
                    // RFC 3551 §4.1: audio sets the marker on the first packet of a talkspurt only.
                    boolean marker = packetizer.marksFrameEnd() ? last : markNext;
                    markNext = false;
                    header.write(p.data, codec.payloadType(), marker, sequence, lastTimestamp, ssrc);
                    int orientation = header.offsetOf(extensions.videoOrientation());
                    if (orientation >= 0) {
                        p.data[orientation] = (byte) (frame.rotation() / 90);
                    }
                    System.arraycopy(head, 0, p.data, header.length(), headLength);
                    System.arraycopy(body, bodyOffset, p.data, header.length() + headLength, bodyLength);
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

    /** The packets to forward come from elsewhere from now on, with numbers of their own. */
    public void newSource() {
        sourceSequence = -1;
    }

    /** A packet was not forwarded, but dropped here: the receiver is not to look for it. */
    public void skipPacket(int sequenceOfSource) {
        if (sourceSequence >= 0 && SerialNumbers.distance16(sequenceOfSource, sourceSequence) > 0) {
            sourceSequence = sequenceOfSource;
        }
    }

    /**
     * Forwards a packet of another session: its payload, marker, and the distances of its numbers are kept, everything
     * else is ours.
     *
     * @param source a view of the packet
     * @param owner holds it; retained until it has left, and while it may be asked for again
     */
    public boolean sendPacket(RtpPacket source, ByteBuf owner, long now, Pacer out) {
        if (codec == null) {
            return false;
        }
        if (sourceSequence >= 0) {
            int ahead = SerialNumbers.distance16(source.sequenceNumber(), sourceSequence);
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
        HeaderTemplate header = innerHeader;
        OutgoingPacket p = pool.takeHeader();
        p.ensure(header.length());
        header.write(p.data, codec.payloadType(), source.marker(), sequence, lastTimestamp, ssrc);
        p.share(owner, source.payloadOffset(), source.payloadLength());
        if (source.marker()) {
            frames++;
        }
        finish(p, header, source.payloadLength(), out);
        return true;
    }

    private void finish(OutgoingPacket p, HeaderTemplate header, int payload, Pacer out) {
        p.length = header.length() + payload;
        p.transportSequenceAt = header.offsetOf(extensions.transportSequence());
        p.stream = this;
        p.sequence = sequence;
        sequence = sequence + 1 & 0xffff;
        p.timestamp = lastTimestamp;
        packets++;
        octets += payload;
        headerBytes += header.length();
        sentAny = true;
        out.add(p);
    }

    // ---------------------------------------------------------------- sending and resending

    /** What the stream shall send: by it, too, is measured how much may be sent again. */
    public void setTargetBitrate(long bitsPerSecond) {
        budget.setTarget(bitsPerSecond);
    }

    /**
     * A packet is about to be protected; where it may be asked for again it is noted, with RTX its clear bytes too.
     *
     * @return its transport-wide sequence number, or −1 where it carries none
     */
    public int beforeProtect(OutgoingPacket p, TransportSequence numbers, long now) {
        if (!p.retransmission && resends) {
            history.store(p, rtx != null, now);
            budget.sent(now, p.timestamp, p.length);
        }
        if (p.transportSequenceAt < 0) {
            return -1;
        }
        int number = numbers.next();
        Bytes.put16(p.data, p.transportSequenceAt, number);
        return number;
    }

    /** Whether whoever protects the packets has to keep them, for {@link RepeatedPacket}s. */
    public boolean keepsProtected() {
        return resends && rtx == null;
    }

    /** Nothing will be sent any more; of what still waits nothing will be asked for again. */
    public void end() {
        codec = null;
        packetizer = null;
        resends = false;
        history.clear();
    }

    /** What was sent cannot be asked for any more: the keys have changed. */
    public void forgetSentPackets() {
        history.clear();
    }

    /**
     * A receiver asks for packets again.
     *
     * @param roundTripNanos as measured by us, −1 where it is not known: what the peer says of it would let the peer
     *     say how often a packet is sent
     * @return how many were not sent because too much was sent again already
     */
    public int handleNack(long now, List<Integer> sequenceNumbers, long roundTripNanos, Pacer out) {
        nacks++;
        int refused = 0;
        long interval =
                Math.max(MIN_RESEND_INTERVAL_NANOS, roundTripNanos < 0 ? UNKNOWN_ROUND_TRIP_NANOS : roundTripNanos);
        for (int s : sequenceNumbers) {
            assert Steps.count();
            PacketHistory.Entry e = resends ? history.find(s, now, interval) : null;
            if (e == null) {
                continue;
            }
            if (!budget.take(now, e.length)) {
                refused++;
                continue;
            }
            history.resent(e, now);
            retransmittedPackets++;
            retransmittedBytes += e.length;
            out.add(rtx == null ? new RepeatedPacket(this, e.sequence, e.length) : resendAsRtx(e));
        }
        return refused;
    }

    /** RFC 4588 §4: a packet of its own source and numbering, with the original number in front of the payload. */
    private OutgoingPacket resendAsRtx(PacketHistory.Entry e) {
        view.wrap(e.data, 0, e.own());
        OutgoingPacket p = pool.take();
        int header = view.headerLength();
        p.ensure(e.length + 2 + OutgoingPacket.OVERHEAD);
        System.arraycopy(e.data, 0, p.data, 0, header);
        p.data[1] = (byte) (e.data[1] & 0x80 | rtx.payloadType());
        Bytes.put16(p.data, 2, rtxSequence);
        Bytes.put32(p.data, 8, rtxSsrc);
        Bytes.put16(p.data, header, e.sequence);
        if (e.payload == null) {
            System.arraycopy(e.data, header, p.data, header + 2, e.length - header);
        } else {
            System.arraycopy(e.payload.array(), e.payloadOffset, p.data, header + 2, e.payloadLength);
        }
        p.length = e.length + 2;
        p.stream = this;
        p.retransmission = true;
        p.transportSequenceAt = e.transportSequenceAt;
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
        return new Rtcp.SenderReport(
                ssrc & 0xffffffffL,
                ntp,
                lastTimestamp + since & 0xffffffffL,
                packets & 0xffffffffL,
                octets & 0xffffffffL,
                new ArrayList<>(blocks));
    }

    public Snapshot snapshot() {
        return new Snapshot(
                ssrc & 0xffffffffL,
                rtx == null ? null : (Long) (rtxSsrc & 0xffffffffL),
                packets,
                octets,
                headerBytes,
                frames,
                keyFrames,
                retransmittedPackets,
                retransmittedBytes,
                nacks,
                plis,
                firs,
                codec == null ? null : codec.name(),
                codec == null ? -1 : codec.payloadType(),
                lastBlock,
                roundTripNanos,
                reports,
                totalRoundTripNanos);
    }
}
