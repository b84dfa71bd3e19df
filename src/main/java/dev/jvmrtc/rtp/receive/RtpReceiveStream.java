package dev.jvmrtc.rtp.receive;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.rtp.RtpCodec;
import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.rtp.format.Depacketizer;
import dev.jvmrtc.rtp.rtcp.Rtcp;
import dev.jvmrtc.wire.SerialNumbers;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One incoming source: order, loss, frames, and the figures of its reception reports (RFC 3550 §6.4.1, A.3, A.8). */
public final class RtpReceiveStream {

    /** A PLI is repeated no sooner than this, and after twice as long each time that no key frame came. */
    static final long KEY_FRAME_REQUEST_INTERVAL_NANOS = 300_000_000L;
    /** Up to this many doublings: 4.8 s. */
    private static final int MAX_DOUBLINGS = 4;

    /** Figures of the stream for statistics. */
    public record Snapshot(
            long ssrc,
            long packets,
            long bytes,
            long headerBytes,
            int lost,
            double jitterSeconds,
            long frames,
            long keyFrames,
            long nacks,
            long plis,
            long firs,
            long retransmittedPackets,
            long framesDropped,
            long lastPacketNanos,
            String codec,
            int payloadType,
            Long remoteNtpMillis,
            Long remotePackets,
            Long remoteBytes,
            long duplicates) {}

    private final int ssrc;
    private final boolean video;
    private final FrameBuffer frames;
    private final NackGenerator nacks = new NackGenerator();
    private final ArrayDeque<ReceivedFrame> arrived = new ArrayDeque<>();
    private final ArrayDeque<ReceivedFrame> ready = new ArrayDeque<>();
    private final Repair.Output restored = this::acceptRestored;
    private Map<Integer, RtpCodec> codecs = Map.of();
    private boolean nackEnabled;

    private long highest = -1;
    private long base = -1;
    /**
     * As they were sent first; what was repaired is counted apart, since reports have to tell of what the path loses.
     */
    private long packets;

    private long repaired;
    private long bytes;
    private long headerBytes;
    private long retransmitted;
    private long duplicates;
    private double jitter;
    private long lastTransit = Long.MIN_VALUE;
    private long expectedPrior;
    private long receivedPrior;
    private long lastPacketNanos;
    private int lastPayloadType = -1;
    private long frameCount;
    private long keyFrames;
    private long nackCount;
    private long pliCount;
    private long firCount;
    private boolean keyFrameRequested;
    private boolean heard = true;
    /** Requests since the last key frame came. */
    private int unanswered;

    private long lastKeyFrameRequestNanos = NEVER;
    private Rtcp.SenderReport lastReport;
    private long lastReportNanos;

    /** One whose packets count for nobody else's memory. */
    public RtpReceiveStream(int ssrc, boolean video, List<RtpCodec> codecs) {
        this(ssrc, video, codecs, new ReceiveMemory());
    }

    /** @param memory of the connection */
    public RtpReceiveStream(int ssrc, boolean video, List<RtpCodec> codecs, ReceiveMemory memory) {
        this.ssrc = ssrc;
        this.video = video;
        this.frames = new FrameBuffer(video, Map.of(), memory);
        setCodecs(codecs);
    }

    public int ssrc() {
        return ssrc;
    }

    /** The payload types in force; may change with a renegotiation. */
    public void setCodecs(List<RtpCodec> list) {
        Map<Integer, RtpCodec> byType = new HashMap<>();
        Map<Integer, FrameBuffer.Format> formats = new HashMap<>();
        nackEnabled = false;
        for (RtpCodec c : list) {
            byType.put(c.payloadType(), c);
            nackEnabled |= video && c.feedback().contains("nack");
            RtpCodec before = codecs.get(c.payloadType());
            boolean same = before != null
                    && before.name().equals(c.name())
                    && before.parameters().equals(c.parameters());
            FrameBuffer.Format known =
                    same ? frames.format(c.payloadType()) : null; // it knows the stream's parameter sets
            if (known != null) {
                formats.put(c.payloadType(), known);
            } else if (c.codec() != null) {
                Depacketizer d = c.codec().payload().depacketizer(c.parameters());
                formats.put(c.payloadType(), new FrameBuffer.Format(c.name(), d));
            }
        }
        codecs = byType;
        frames.setFormats(formats);
    }

    /** The header extension that tells how pictures are turned; 0 for none. */
    public void setOrientationExtension(int id) {
        frames.setOrientationExtension(id);
    }

    /** Whether anybody takes the frames; while nobody does, no key frame is asked for. */
    public void setHeard(boolean taken) {
        heard = taken;
    }

    /** Nothing more is wanted of this source: lets go of what it holds. */
    public void close() {
        frames.clear();
    }

    public void setRtt(long rttNanos) {
        nacks.setRtt(rttNanos);
    }

    /** Takes a packet of this source. */
    public void handlePacket(long now, RtpPacket p) {
        RtpCodec codec = codecs.get(p.payloadType());
        packets++;
        bytes += p.payloadLength();
        headerBytes += p.length() - p.payloadLength();
        lastPacketNanos = now;
        if (codec != null && p.payloadLength() > 0) {
            lastPayloadType = p.payloadType();
            updateJitter(now, p, codec.clockRate());
            frames.setJitter(jitter / codec.clockRate());
        }
        accept(now, p);
    }

    /** False for a packet that was there already or came too late. */
    private boolean accept(long now, RtpPacket p) {
        long sequence = extend(p.sequenceNumber());
        if (base < 0) {
            base = sequence;
        }
        if (highest >= 0 && sequence > highest + 1 && nackEnabled && !nacks.missing(highest + 1, sequence - 1, now)) {
            keyFrameRequested = true;
        }
        highest = Math.max(highest, sequence);
        nacks.arrived(sequence);
        boolean isNew = frames.insert(sequence, p, now);
        if (!isNew) {
            duplicates++;
        }
        poll(now);
        return isNew;
    }

    /** RFC 3550 A.1, with sequence numbers that never go below the first cycle. */
    private long extend(int sequence) {
        if (highest < 0) {
            // One cycle up, so that packets before the first keep positive numbers.
            return 0x10000L + sequence;
        }
        return highest + SerialNumbers.distance16(sequence, (int) highest);
    }

    /**
     * Takes a packet that is none of this source, but repairs it. Whatever comes of it counts as repaired where it was
     * missing: probes may repeat what has arrived.
     */
    public void handleRepair(long now, RtpPacket p, Repair repair) {
        bytes += p.payloadLength();
        headerBytes += p.length() - p.payloadLength();
        repair.handlePacket(now, p, ssrc, restored);
    }

    private void acceptRestored(long now, RtpPacket p) {
        retransmitted++;
        if (highest >= 0 && accept(now, p)) {
            repaired++;
        }
    }

    private void updateJitter(long now, RtpPacket p, int clockRate) {
        long transit = now / 1_000 * clockRate / 1_000_000 - p.timestamp();
        if (lastTransit != Long.MIN_VALUE) {
            long d = Math.abs((int) (transit - lastTransit));
            if (d < clockRate * 10L) {
                jitter += (d - jitter) / 16;
            }
        }
        lastTransit = transit;
    }

    private void poll(long now) {
        frames.poll(now, arrived);
        if (frames.next() >= 0) {
            nacks.forgetBefore(frames.next());
        }
        for (ReceivedFrame f = arrived.poll(); f != null; f = arrived.poll()) {
            assert Steps.count();
            frameCount++;
            if (f.keyFrame()) {
                keyFrames++;
                unanswered = 0;
                keyFrameRequested = false; // here it is
            }
            ready.add(f);
        }
        keyFrameRequested |= frames.takeKeyFrameWanted();
    }

    /** The application wants a key frame. */
    public void requestKeyFrame() {
        keyFrameRequested = video;
    }

    public ReceivedFrame pollFrame() {
        ReceivedFrame f = ready.poll();
        if (f == null || lastReport == null) {
            return f;
        }
        RtpCodec codec = codecs.get(f.payloadType());
        Long ntp = codec == null ? null : captureMillis(f.rtpTimestamp(), codec.clockRate());
        return new ReceivedFrame(
                f.data(),
                f.codec(),
                f.payloadType(),
                f.rtpTimestamp(),
                f.keyFrame(),
                f.temporalLayer(),
                f.spatialLayer(),
                f.rotation(),
                f.arrivalNanos(),
                ntp,
                f.contributingSources());
    }

    private long captureMillis(long rtpTimestamp, int clockRate) {
        long ahead = (int) (rtpTimestamp - lastReport.rtpTimestamp());
        return ntpToMillis(lastReport.ntp()) + ahead * 1_000 / clockRate;
    }

    static long ntpToMillis(long ntp) {
        return (ntp >>> 32) * 1_000 + ((ntp & 0xffffffffL) * 1_000 >>> 32) - 2_208_988_800_000L;
    }

    public void handleTimeout(long now) {
        poll(now);
    }

    public long nextTimeoutNanos() {
        long next = ProtocolCore.soonest(frames.nextTimeoutNanos(), nackEnabled ? nacks.nextTimeoutNanos() : NEVER);
        if (keyFrameRequested && heard) {
            next = ProtocolCore.soonest(
                    next,
                    lastKeyFrameRequestNanos == NEVER
                            ? lastPacketNanos
                            : lastKeyFrameRequestNanos + keyFrameRequestInterval());
        }
        return next;
    }

    private long keyFrameRequestInterval() {
        return KEY_FRAME_REQUEST_INTERVAL_NANOS << Math.min(MAX_DOUBLINGS, Math.max(0, unanswered - 1));
    }

    /** Feedback that is due now, to be sent at once. */
    public void collectFeedback(long now, long senderSsrc, List<Rtcp> out) {
        if (nackEnabled) {
            List<Integer> due = nacks.due(now);
            if (!due.isEmpty()) {
                nackCount++;
                out.add(new Rtcp.Nack(senderSsrc, ssrc & 0xffffffffL, due));
            }
        }
        boolean mayAsk = heard
                && (lastKeyFrameRequestNanos == NEVER || now - lastKeyFrameRequestNanos >= keyFrameRequestInterval());
        if (keyFrameRequested && mayAsk) {
            keyFrameRequested = false;
            unanswered++;
            lastKeyFrameRequestNanos = now;
            boolean pli = codecs.values().stream().anyMatch(c -> c.feedback().contains("nack pli"));
            boolean fir = codecs.values().stream().anyMatch(c -> c.feedback().contains("ccm fir"));
            if (pli || !fir) {
                pliCount++;
                out.add(new Rtcp.PictureLoss(senderSsrc, ssrc & 0xffffffffL));
            } else {
                out.add(new Rtcp.FullIntraRequest(senderSsrc, ssrc & 0xffffffffL, (int) firCount++ & 0xff));
            }
        }
    }

    public void handleSenderReport(long now, Rtcp.SenderReport report) {
        lastReport = report;
        lastReportNanos = now;
    }

    /** The block for the next report, or null before the first packet. */
    public Rtcp.ReportBlock reportBlock(long now) {
        if (base < 0) {
            return null;
        }
        long expected = highest - base + 1;
        long lost = expected - packets;
        long expectedInterval = expected - expectedPrior;
        long lostInterval = expectedInterval - (packets - receivedPrior);
        expectedPrior = expected;
        receivedPrior = packets;
        int fraction = expectedInterval <= 0 || lostInterval <= 0
                ? 0
                : (int) Math.min(255, (lostInterval << 8) / expectedInterval);
        long lastSr = lastReport == null ? 0 : lastReport.ntp() >>> 16 & 0xffffffffL;
        long delay = lastReport == null ? 0 : (now - lastReportNanos) / 1_000 * 65_536 / 1_000_000;
        return new Rtcp.ReportBlock(
                ssrc & 0xffffffffL,
                fraction,
                (int) lost,
                highest - 0x10000L & 0xffffffffL,
                (long) jitter,
                lastSr,
                delay);
    }

    public Snapshot snapshot() {
        RtpCodec codec = codecs.get(lastPayloadType);
        int lost = base < 0 ? 0 : (int) (highest - base + 1 - packets);
        return new Snapshot(
                ssrc & 0xffffffffL,
                packets + repaired,
                bytes,
                headerBytes,
                lost,
                codec == null ? 0 : jitter / codec.clockRate(),
                frameCount,
                keyFrames,
                nackCount,
                pliCount,
                firCount,
                retransmitted,
                frames.droppedFrames(),
                lastPacketNanos,
                codec == null ? null : codec.name(),
                lastPayloadType,
                lastReport == null ? null : ntpToMillis(lastReport.ntp()),
                lastReport == null ? null : lastReport.packets(),
                lastReport == null ? null : lastReport.octets(),
                duplicates);
    }
}
