package dev.jvmrtc;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.jsep.Codecs;
import dev.jvmrtc.jsep.OfferedExtensions;
import dev.jvmrtc.media.codec.CodecDescription;
import dev.jvmrtc.rtp.format.CodecRegistry;
import dev.jvmrtc.sdp.SdpCodec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Between the codecs of the W3C API and those of SDP. */
final class CodecTranslator {

    private static final Logger LOG = LoggerFactory.getLogger(CodecTranslator.class);

    /** The library's own, and those that are found. */
    static final Codecs FOUND =
            new Codecs(withFound(CodecRegistry.STANDARD, dev.jvmrtc.media.codec.Codecs.descriptions()));

    private CodecTranslator() {}

    /** What connections may negotiate where an application adds some. */
    static Codecs codecs(List<CodecDescription> added) {
        CodecRegistry all = FOUND.registry();
        for (CodecDescription d : added) {
            all = with(all, d);
        }
        return new Codecs(all);
    }

    /** What nobody has asked for must not keep anything else from working: what does not fit is left out. */
    static CodecRegistry withFound(CodecRegistry known, List<CodecDescription> found) {
        CodecRegistry all = known;
        for (CodecDescription d : found) {
            try {
                all = with(all, d);
            } catch (IllegalArgumentException e) {
                LOG.warn("a codec that a provider describes is left out: {}: {}", d.codec(), e.getMessage());
            }
        }
        return all;
    }

    private static CodecRegistry with(CodecRegistry known, CodecDescription d) {
        MediaKind kind = MediaKind.of(d.kind());
        return known.withOpaque(d.codec(), kind, d.clockRate(), d.channels(), d.parameters(), d.matched());
    }

    /** Null for what is neither audio nor video. */
    static RTCRtpCapabilities capabilities(Codecs known, String kind) {
        return MediaKind.of(kind) == null ? null : capabilities(known, MediaKind.of(kind));
    }

    private static RTCRtpCapabilities capabilities(Codecs known, MediaKind kind) {
        Map<String, RTCRtpCodec> codecs = new LinkedHashMap<>();
        for (SdpCodec c : known.available(kind)) {
            // webrtc-pc §5.2.10: RTX, RED and FEC are listed once, without the payload type that they serve.
            String fmtp = c.isRtx() || c.parameters().isEmpty() ? null : c.fmtp();
            RTCRtpCodec codec = new RTCRtpCodec(kind + "/" + c.name(), c.clockRate(), channels(kind, c), fmtp);
            codecs.putIfAbsent(codec.toString(), codec);
        }
        return new RTCRtpCapabilities(
                new ArrayList<>(codecs.values()),
                OfferedExtensions.of(kind).stream()
                        .map(RTCRtpHeaderExtensionCapability::new)
                        .toList());
    }

    private static Integer channels(MediaKind kind, SdpCodec c) {
        return kind == MediaKind.AUDIO ? (Integer) c.channels() : null;
    }

    static RTCRtpCodecParameters parameters(MediaKind kind, SdpCodec c) {
        return new RTCRtpCodecParameters(
                c.payloadType(),
                kind + "/" + c.name(),
                c.clockRate(),
                channels(kind, c),
                c.parameters().isEmpty() ? null : c.fmtp());
    }

    /**
     * Our codecs in the order of the preferences, RTX with each where the list names it. Throws
     * InvalidModificationError for what is not supported.
     */
    static List<SdpCodec> preferences(Codecs known, MediaKind kind, List<RTCRtpCodec> wanted) {
        RTCRtpCapabilities all = capabilities(known, kind);
        List<SdpCodec> chosen = new ArrayList<>();
        boolean rtx = wanted.stream().anyMatch(c -> c.mimeType().equalsIgnoreCase(kind + "/rtx"));
        for (RTCRtpCodec w : wanted) {
            RTCRtpCodec plain = new RTCRtpCodec(w.mimeType(), w.clockRate(), w.channels(), w.sdpFmtpLine());
            if (all.codecs().stream().noneMatch(plain::equals)) {
                throw new RTCException(
                        "InvalidModificationError",
                        w + " is not among RTCRtpReceiver.getCapabilities(\"" + kind + "\").codecs()");
            }
            for (SdpCodec ours : known.available(kind)) {
                boolean same = !ours.isRtx()
                        && w.mimeType().equalsIgnoreCase(kind + "/" + ours.name())
                        && (w.sdpFmtpLine() == null
                                ? ours.parameters().isEmpty()
                                : w.sdpFmtpLine().equals(ours.fmtp()));
                if (same && !chosen.contains(ours)) {
                    chosen.add(ours);
                }
            }
        }
        if (!wanted.isEmpty() && chosen.isEmpty()) {
            throw new RTCException("InvalidModificationError", "the preferences name no codec that carries media");
        }
        List<SdpCodec> result = new ArrayList<>(chosen);
        for (SdpCodec c : known.available(kind)) {
            if (rtx && c.isRtx() && chosen.stream().anyMatch(m -> m.payloadType() == c.associatedPayloadType())) {
                result.add(c);
            }
        }
        return result;
    }
}
