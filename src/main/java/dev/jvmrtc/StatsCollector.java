package dev.jvmrtc;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.dtls.Fingerprint;
import dev.jvmrtc.ice.Candidate;
import dev.jvmrtc.ice.CandidatePair;
import dev.jvmrtc.media.frame.CodecStatistics;
import dev.jvmrtc.media.frame.PlayoutStatistics;
import dev.jvmrtc.media.frame.SourceStatistics;
import dev.jvmrtc.rtp.RtpCodec;
import dev.jvmrtc.rtp.receive.RtpReceiveStream;
import dev.jvmrtc.rtp.rtcp.Rtcp;
import dev.jvmrtc.rtp.send.RtpSendStream;
import dev.jvmrtc.sctp.Association;
import dev.jvmrtc.sdp.SdpCodec;
import dev.jvmrtc.session.plan.SessionSnapshot;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Makes a statistics report (webrtc-stats) of a snapshot of the session and the slots. */
final class StatsCollector {
    private final ConnectionSlots slots;
    private final double timestamp;
    private final Map<String, RTCStats> report = new LinkedHashMap<>();

    StatsCollector(ConnectionSlots slots, double timestamp) {
        this.slots = slots;
        this.timestamp = timestamp;
    }

    /** Members in the order of their making; absent ones are left out. */
    private static final class Members {
        final Map<String, Object> map = new LinkedHashMap<>();

        /** What our own codec has done with video; nothing where it passes encoded. */
        Members codec(CodecStatistics s, boolean encoder) {
            if (s == null || s.frames() == 0 || s.width() == 0) {
                return this;
            }
            put(encoder ? "framesEncoded" : "framesDecoded", s.frames())
                    .put(encoder ? "keyFramesEncoded" : "keyFramesDecoded", s.keyFrames())
                    .put(encoder ? "totalEncodeTime" : "totalDecodeTime", s.seconds())
                    .put("frameWidth", s.width())
                    .put("frameHeight", s.height())
                    .put("framesPerSecond", s.framesPerSecond());
            return encoder ? put("qualityLimitationReason", s.limitation()) : this;
        }

        /** What a raw track gives; nothing where it is encoded already. */
        Members source(SourceStatistics s, boolean video) {
            if (s == null) {
                return this;
            }
            return video
                    ? put("frames", s.frames())
                            .put("width", s.frames() == 0 ? null : s.width())
                            .put("height", s.frames() == 0 ? null : s.height())
                            .put("framesPerSecond", s.framesPerSecond())
                    : put("audioLevel", s.audioLevel())
                            .put("totalAudioEnergy", s.audioEnergy())
                            .put("totalSamplesDuration", s.samplesSeconds());
        }

        /** How what was decoded is played; nothing where it is not decoded here. */
        Members playout(PlayoutStatistics p, boolean video) {
            if (p == null || p.emitted() == 0) {
                return this;
            }
            put("jitterBufferDelay", p.delaySeconds())
                    .put("jitterBufferEmittedCount", p.emitted())
                    .put("jitterBufferTargetDelay", p.targetSeconds());
            return video
                    ? put("freezeCount", p.freezes())
                            .put("totalFreezesDuration", p.freezeSeconds())
                            .put("totalInterFrameDelay", p.betweenSeconds())
                            .put("totalSquaredInterFrameDelay", p.betweenSquaredSeconds())
                    : put("totalSamplesReceived", p.emitted())
                            .put("concealedSamples", p.concealedSamples())
                            .put("silentConcealedSamples", p.silentSamples())
                            .put("concealmentEvents", p.concealments())
                            .put("insertedSamplesForDeceleration", p.addedSamples())
                            .put("removedSamplesForAcceleration", p.removedSamples())
                            .put("audioLevel", p.audioLevel())
                            .put("totalAudioEnergy", p.audioEnergy())
                            .put("totalSamplesDuration", p.samplesSeconds());
        }

        Members put(String name, Object value) {
            if (value != null) {
                map.put(
                        name,
                        value instanceof Integer i
                                ? (Object) i.longValue()
                                : value instanceof Enum<?> e ? e.toString() : value);
            }
            return this;
        }
    }

    private String add(String type, String id, Members m) {
        report.putIfAbsent(id, new RTCStats(id, type, timestamp, m.map));
        return id;
    }

    /**
     * {@code snapshot} is null after the end; a selector restricts the report to one side of one transceiver and what
     * it refers to (§8.5).
     */
    RTCStatsReport collect(SessionSnapshot snapshot, Integer selector, boolean sending) {
        if (selector == null) {
            add(
                    "peer-connection",
                    "P",
                    new Members()
                            .put("dataChannelsOpened", slots.data.opened)
                            .put("dataChannelsClosed", slots.data.closed));
            slots.data.channels().forEach(this::channel);
        }
        if (snapshot != null) {
            for (SessionSnapshot.Media m : snapshot.media()) {
                RTCRtpTransceiver t = slots.find(m.id());
                boolean all = selector == null;
                boolean selected = !all && m.id() == selector;
                if (t != null && (all || selected && sending) && m.outbound() != null) {
                    outbound(m, t, m.outbound());
                }
                if (t != null && (all || selected && !sending)) {
                    m.inbound().forEach(s -> inbound(m, t, s));
                }
            }
            for (SessionSnapshot.Transport t : snapshot.transports()) {
                boolean referred = selector == null
                        || report.values().stream().anyMatch(s -> ("T" + t.id()).equals(s.get("transportId")));
                if (referred) {
                    transport(t);
                }
            }
            if (selector == null && snapshot.sctp() != null) {
                sctp(snapshot);
            }
        }
        return new RTCStatsReport(report);
    }

    private void channel(RTCDataChannel c) {
        add(
                "data-channel",
                "D" + c.handle(),
                new Members()
                        .put("label", c.getLabel())
                        .put("protocol", c.getProtocol())
                        .put("dataChannelIdentifier", c.getId())
                        .put("state", c.getReadyState())
                        .put("messagesSent", c.messagesSent)
                        .put("bytesSent", c.bytesSent)
                        .put("messagesReceived", c.messagesReceived)
                        .put("bytesReceived", c.bytesReceived));
    }

    private String codec(SessionSnapshot.Media m, List<RtpCodec> codecs, int payloadType, String direction) {
        for (RtpCodec c : codecs) {
            if (c.payloadType() == payloadType) {
                return add(
                        "codec",
                        "C" + direction + m.transportId() + "_" + m.mid() + "_" + payloadType,
                        new Members()
                                .put("payloadType", payloadType)
                                .put("transportId", "T" + m.transportId())
                                .put("mimeType", kind(m) + "/" + c.name())
                                .put("clockRate", c.clockRate())
                                .put("channels", !m.plan().video() ? (Object) c.channels() : null)
                                .put("sdpFmtpLine", c.parameters().isEmpty() ? null : SdpCodec.fmtp(c.parameters())));
            }
        }
        return null;
    }

    private static MediaKind kind(SessionSnapshot.Media m) {
        return m.plan().video() ? MediaKind.VIDEO : MediaKind.AUDIO;
    }

    private static Double seconds(long nanos) {
        return nanos < 0 ? null : (Double) (nanos / 1e9);
    }

    private void outbound(SessionSnapshot.Media m, RTCRtpTransceiver t, RtpSendStream.Snapshot s) {
        MediaKind kind = kind(m);
        String id = "OT" + m.transportId() + "_" + s.ssrc();
        String remoteId = s.lastBlock() == null ? null : "RI" + s.ssrc();
        String sourceId = null;
        if (t.getSender().getTrack() != null) {
            sourceId = add(
                    "media-source",
                    "S" + s.ssrc(),
                    new Members()
                            .put("trackIdentifier", t.getSender().getTrack().getId())
                            .put("kind", kind.toString())
                            .source(t.getSender().source(), kind == MediaKind.VIDEO));
        }
        add(
                "outbound-rtp",
                id,
                new Members()
                        .put("ssrc", s.ssrc())
                        .put("kind", kind.toString())
                        .put("transportId", "T" + m.transportId())
                        .put("codecId", codec(m, m.plan().sendCodecs(), s.payloadType(), "O"))
                        .put("packetsSent", s.packets())
                        .put("bytesSent", s.bytes())
                        .put("mid", m.mid())
                        .put("mediaSourceId", sourceId)
                        .put("remoteId", remoteId)
                        .put("headerBytesSent", s.headerBytes())
                        .put("retransmittedPacketsSent", s.retransmittedPackets())
                        .put("retransmittedBytesSent", s.retransmittedBytes())
                        .put("rtxSsrc", s.rtxSsrc())
                        .put("framesSent", kind == MediaKind.VIDEO ? (Object) s.frames() : null)
                        .put("nackCount", s.nacks())
                        .put("pliCount", kind == MediaKind.VIDEO ? (Object) s.plis() : null)
                        .put("firCount", kind == MediaKind.VIDEO ? (Object) s.firs() : null)
                        .put("targetBitrate", m.targetBitrate() < 0 ? null : (Object) (double) m.targetBitrate())
                        .put("active", m.plan().send() && !m.stopped())
                        .put("scalabilityMode", t.getSender().scalabilityMode())
                        .codec(t.getSender().encoding(), true));
        if (remoteId != null) {
            Rtcp.ReportBlock b = s.lastBlock();
            RtpCodec c = m.plan().sendCodecs().stream()
                    .filter(x -> x.payloadType() == s.payloadType())
                    .findFirst()
                    .orElse(null);
            add(
                    "remote-inbound-rtp",
                    remoteId,
                    new Members()
                            .put("ssrc", s.ssrc())
                            .put("kind", kind.toString())
                            .put("transportId", "T" + m.transportId())
                            .put("packetsLost", (long) b.cumulativeLost())
                            .put("jitter", c == null ? null : (Object) ((double) b.jitter() / c.clockRate()))
                            .put("localId", id)
                            .put("roundTripTime", seconds(s.roundTripNanos()))
                            .put("totalRoundTripTime", seconds(s.totalRoundTripNanos()))
                            .put("fractionLost", b.fractionLost() / 256.0)
                            .put("roundTripTimeMeasurements", s.reportCount()));
        }
    }

    private void inbound(SessionSnapshot.Media m, RTCRtpTransceiver t, RtpReceiveStream.Snapshot s) {
        MediaKind kind = kind(m);
        boolean video = kind == MediaKind.VIDEO;
        String id = "IT" + m.transportId() + "_" + s.ssrc();
        String remoteId = s.remotePackets() == null ? null : "RO" + s.ssrc();
        PlayoutStatistics playout = t.getReceiver().getTrack().getPlayoutStatistics();
        add(
                "inbound-rtp",
                id,
                new Members()
                        .put("ssrc", s.ssrc())
                        .put("kind", kind.toString())
                        .put("transportId", "T" + m.transportId())
                        .put("codecId", codec(m, m.plan().receiveCodecs(), s.payloadType(), "I"))
                        .put("packetsReceived", s.packets())
                        .put("packetsLost", (long) s.lost())
                        .put("jitter", s.jitterSeconds())
                        .put("trackIdentifier", t.getReceiver().getTrack().getId())
                        .put("mid", m.mid())
                        .put("remoteId", remoteId)
                        .put("bytesReceived", s.bytes())
                        .put("headerBytesReceived", s.headerBytes())
                        .put("packetsDiscarded", s.duplicates())
                        .put("framesReceived", video ? (Object) s.frames() : null)
                        .put(
                                "framesDropped",
                                video
                                        ? (Object) (s.framesDropped()
                                                + t.getReceiver().droppedFrames())
                                        : null)
                        .put("nackCount", s.nacks())
                        .put("pliCount", video ? (Object) s.plis() : null)
                        .put("firCount", video ? (Object) s.firs() : null)
                        .put("retransmittedPacketsReceived", s.retransmittedPackets())
                        .put("playoutId", playout(s, playout, video))
                        .playout(playout, video)
                        .codec(t.getReceiver().getTrack().getDecodingStatistics(), false));
        if (remoteId != null) {
            add(
                    "remote-outbound-rtp",
                    remoteId,
                    new Members()
                            .put("ssrc", s.ssrc())
                            .put("kind", kind.toString())
                            .put("transportId", "T" + m.transportId())
                            .put("packetsSent", s.remotePackets())
                            .put("bytesSent", s.remoteBytes())
                            .put("localId", id)
                            .put(
                                    "remoteTimestamp",
                                    s.remoteNtpMillis() == null
                                            ? null
                                            : (Object) s.remoteNtpMillis().doubleValue()));
        }
    }

    /** webrtc-stats §8.10: how audio is played; null where it is not. */
    private String playout(RtpReceiveStream.Snapshot s, PlayoutStatistics p, boolean video) {
        if (p == null || video || p.emitted() == 0) {
            return null;
        }
        double rate = p.emitted() / p.samplesSeconds();
        return add(
                "media-playout",
                "AP" + s.ssrc(),
                new Members()
                        .put("kind", MediaKind.AUDIO.toString())
                        .put("synthesizedSamplesDuration", p.concealedSamples() / rate)
                        .put("synthesizedSamplesEvents", p.concealments())
                        .put("totalSamplesDuration", p.samplesSeconds())
                        .put("totalPlayoutDelay", p.delaySeconds())
                        .put("totalSamplesCount", p.emitted()));
    }

    private void transport(SessionSnapshot.Transport t) {
        String id = "T" + t.id();
        long sent = 0;
        long received = 0;
        long bytesSent = 0;
        long bytesReceived = 0;
        String selected = null;
        for (CandidatePair.Snapshot p : t.pairs()) {
            sent += p.packetsSent();
            received += p.packetsReceived();
            bytesSent += p.bytesSent();
            bytesReceived += p.bytesReceived();
            String pairId = pair(t, id, p);
            if (p.equals(t.selected())) {
                selected = pairId;
            }
        }
        t.localCandidates().forEach(c -> candidate("local-candidate", id, c, t.localUfrag()));
        t.remoteCandidates().forEach(c -> candidate("remote-candidate", id, c, c.usernameFragment()));
        add(
                "transport",
                id,
                new Members()
                        .put("packetsSent", sent)
                        .put("packetsReceived", received)
                        .put("bytesSent", bytesSent)
                        .put("bytesReceived", bytesReceived)
                        .put("iceRole", t.controlling() ? "controlling" : "controlled")
                        .put("iceLocalUsernameFragment", t.localUfrag())
                        .put("dtlsState", t.dtlsState().name().toLowerCase(Locale.ROOT))
                        .put("iceState", t.iceState().name().toLowerCase(Locale.ROOT))
                        .put("selectedCandidatePairId", selected)
                        .put("localCertificateId", certificate(t.localCertificate()))
                        .put(
                                "remoteCertificateId",
                                t.remoteCertificates().isEmpty()
                                        ? null
                                        : certificate(t.remoteCertificates().get(0)))
                        .put("tlsVersion", t.cipherSuite() == null ? null : "FEFD")
                        .put("dtlsCipher", t.cipherSuite())
                        .put(
                                "dtlsRole",
                                t.dtlsRole() == null ? "unknown" : t.dtlsRole().toLowerCase(Locale.ROOT))
                        .put("srtpCipher", t.srtpProfile()));
    }

    /**
     * The members that webrtc-stats had for {@code RTCSctpTransportStats} while it had one, and what tells of losses.
     */
    private void sctp(SessionSnapshot snapshot) {
        Association.Snapshot s = snapshot.sctp();
        add(
                "sctp-transport",
                "SCTP" + snapshot.sctpTransportId(),
                new Members()
                        .put("transportId", "T" + snapshot.sctpTransportId())
                        .put("smoothedRoundTripTime", seconds(s.srttNanos()))
                        .put("congestionWindow", s.congestionWindow())
                        .put("receiverWindow", s.receiverWindow())
                        .put("mtu", s.packetSize())
                        .put("unackData", s.flightChunks())
                        .put("bytesInFlight", s.flightBytes())
                        .put("bufferedAmount", s.bufferedBytes())
                        .put("retransmittedChunks", s.retransmittedChunks())
                        .put("retransmittedBytes", s.retransmittedBytes()));
    }

    private String certificate(byte[] der) {
        Fingerprint f = Fingerprint.of("sha-256", der);
        return add(
                "certificate",
                "CF" + f.value(),
                new Members()
                        .put("fingerprint", f.value())
                        .put("fingerprintAlgorithm", f.algorithm())
                        .put("base64Certificate", Base64.getEncoder().encodeToString(der)));
    }

    private static String candidateId(String transportId, Candidate c) {
        return "I" + transportId + "_" + c.type() + "_" + c.host() + "_" + c.port();
    }

    private void candidate(String type, String transportId, Candidate c, String ufrag) {
        add(
                type,
                (type.equals("local-candidate") ? "L" : "R") + candidateId(transportId, c),
                new Members()
                        .put("transportId", transportId)
                        .put("address", c.host())
                        .put("port", c.port())
                        .put("protocol", c.transport())
                        .put("candidateType", c.type().toString())
                        .put("priority", c.priority())
                        .put("foundation", c.foundation())
                        .put("relatedAddress", c.relatedHost())
                        .put("relatedPort", c.relatedHost() == null ? null : (Object) c.relatedPort())
                        .put("usernameFragment", ufrag)
                        .put("tcpType", c.tcpType()));
    }

    private String pair(SessionSnapshot.Transport t, String transportId, CandidatePair.Snapshot p) {
        candidate("local-candidate", transportId, p.local(), t.localUfrag());
        candidate("remote-candidate", transportId, p.remote(), p.remote().usernameFragment());
        String id = "CP" + candidateId(transportId, p.local()) + "_" + candidateId(transportId, p.remote());
        return add(
                "candidate-pair",
                id,
                new Members()
                        .put("transportId", transportId)
                        .put("localCandidateId", "L" + candidateId(transportId, p.local()))
                        .put("remoteCandidateId", "R" + candidateId(transportId, p.remote()))
                        .put("state", p.state().name().toLowerCase(Locale.ROOT).replace('_', '-'))
                        .put("nominated", p.nominated())
                        .put("packetsSent", p.packetsSent())
                        .put("packetsReceived", p.packetsReceived())
                        .put("bytesSent", p.bytesSent())
                        .put("bytesReceived", p.bytesReceived())
                        .put("totalRoundTripTime", seconds(p.totalRttNanos()))
                        .put("currentRoundTripTime", seconds(p.currentRttNanos()))
                        .put("requestsReceived", p.requestsReceived())
                        .put("requestsSent", p.requestsSent())
                        .put(
                                "availableOutgoingBitrate",
                                p.equals(t.selected()) && t.sendBitrate() >= 0
                                        ? (Object) (double) t.sendBitrate()
                                        : null)
                        .put("responsesReceived", p.responsesReceived())
                        .put("responsesSent", p.responsesSent())
                        .put("consentRequestsSent", p.consentRequestsSent()));
    }
}
