package dev.jvmrtc;

import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.jsep.Codecs;
import dev.jvmrtc.sdp.SdpCodec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Between the codecs of the W3C API and those of SDP. */
final class CodecTranslator {

    private CodecTranslator() {}

    static RTCRtpCapabilities capabilities(String kind) {
        Map<String, RTCRtpCodec> codecs = new LinkedHashMap<>();
        for (SdpCodec c : Codecs.available(kind)) {
            // webrtc-pc §5.2.10: RTX, RED and FEC are listed once, without the payload type that they serve.
            String fmtp = c.isRtx() || c.parameters().isEmpty() ? null : c.fmtp();
            RTCRtpCodec codec = new RTCRtpCodec(kind + "/" + c.name(), c.clockRate(), channels(kind, c), fmtp);
            codecs.putIfAbsent(codec.toString(), codec);
        }
        return new RTCRtpCapabilities(
                new ArrayList<>(codecs.values()),
                Codecs.offeredExtensions(kind).stream()
                        .map(RTCRtpHeaderExtensionCapability::new)
                        .toList());
    }

    private static Integer channels(String kind, SdpCodec c) {
        return kind.equals("audio") ? (Integer) c.channels() : null;
    }

    static RTCRtpCodecParameters parameters(String kind, SdpCodec c) {
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
    static List<SdpCodec> preferences(String kind, List<RTCRtpCodec> wanted) {
        RTCRtpCapabilities all = capabilities(kind);
        List<SdpCodec> chosen = new ArrayList<>();
        boolean rtx = wanted.stream().anyMatch(c -> c.mimeType().equalsIgnoreCase(kind + "/rtx"));
        for (RTCRtpCodec w : wanted) {
            RTCRtpCodec plain = new RTCRtpCodec(w.mimeType(), w.clockRate(), w.channels(), w.sdpFmtpLine());
            if (all.codecs().stream().noneMatch(plain::equals)) {
                throw new RTCException(
                        "InvalidModificationError",
                        w + " is not among RTCRtpReceiver.getCapabilities(\"" + kind + "\").codecs()");
            }
            for (SdpCodec ours : Codecs.available(kind)) {
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
        for (SdpCodec c : Codecs.available(kind)) {
            if (rtx && c.isRtx() && chosen.stream().anyMatch(m -> m.payloadType() == c.associatedPayloadType())) {
                result.add(c);
            }
        }
        return result;
    }
}
