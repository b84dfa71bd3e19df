package dev.jvmrtc.jsep;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.sdp.AttributeList;
import dev.jvmrtc.sdp.ExtMap;
import dev.jvmrtc.sdp.MediaDescription;
import dev.jvmrtc.sdp.SdpCodec;
import dev.jvmrtc.sdp.Section;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes media sections of offers and answers (RFC 9429 §5.2, §5.3). Decides nothing about which sections there are.
 */
final class SectionWriter {
    static final String RTP_PROTOCOL = "UDP/TLS/RTP/SAVPF";
    static final String DATA_PROTOCOL = "UDP/DTLS/SCTP";

    private final LocalSettings settings;
    private final Numbering numbering;

    SectionWriter(LocalSettings settings, Numbering numbering) {
        this.settings = settings;
        this.numbering = numbering;
    }

    /**
     * ICE and DTLS lines of a section; {@code tlsId} may be null; {@code bundleOnly}: it has no transport unless the
     * peer bundles.
     */
    record TransportLines(String ufrag, String pwd, String setup, String tlsId, boolean bundleOnly) {}

    MediaDescription offerMedia(JsepTransceiver t, String mid, TransportLines transport) {
        List<SdpCodec> codecs = numbering.number(t.kind, settings.codecs().of(t));
        MediaDescription m = media(t.kind, transport.bundleOnly ? 0 : 9, RTP_PROTOCOL, codecs);
        writeTransport(m.attributes, transport);
        m.attributes.add("mid", mid);
        for (String uri : OfferedExtensions.of(t.kind)) {
            ExtMap e = numbering.extension(uri);
            if (e != null) {
                m.attributes.add("extmap", e.toString());
            }
        }
        m.attributes.flag(t.direction.toSdp());
        writeMsid(m.attributes, t, t.direction.sends());
        m.attributes.flag("rtcp-mux").flag("rtcp-rsize");
        codecs.forEach(c -> c.write(m.attributes));
        writeSsrcs(m.attributes, t, t.direction.sends(), codecs);
        return m;
    }

    /**
     * RFC 9429 §5.3.1 has a=mid in an answer "if present in the offer": a peer that has none knows the section by its
     * place.
     */
    MediaDescription answerMedia(
            JsepTransceiver t, Section offer, Direction direction, List<SdpCodec> codecs, TransportLines transport) {
        MediaDescription m = media(t.kind, 9, offer.media().protocol, codecs);
        writeTransport(m.attributes, transport);
        if (offer.hasMidLine()) {
            m.attributes.add("mid", offer.mid());
        }
        for (ExtMap e : offer.extensions()) {
            assert Steps.count();
            if (e.isUsable() && OfferedExtensions.accepts(t.kind, e.uri())) {
                m.attributes.add("extmap", new ExtMap(e.id(), answerDirection(e.direction()), e.uri()).toString());
            }
        }
        m.attributes.flag(direction.toSdp());
        writeMsid(m.attributes, t, direction.sends());
        m.attributes.flag("rtcp-mux");
        if (offer.rtcpReducedSize()) {
            m.attributes.flag("rtcp-rsize");
        }
        codecs.forEach(c -> c.write(m.attributes));
        writeSsrcs(m.attributes, t, direction.sends(), codecs);
        return m;
    }

    private static String answerDirection(String offered) {
        return offered == null ? null : Direction.ofSdp(offered).reversed().toSdp();
    }

    private static MediaDescription media(MediaKind kind, int port, String protocol, List<SdpCodec> codecs) {
        List<String> formats = new ArrayList<>();
        codecs.forEach(c -> formats.add(Integer.toString(c.payloadType())));
        MediaDescription m = new MediaDescription(kind.toString(), port, protocol, formats, 0);
        m.connection = "IN IP4 0.0.0.0";
        m.attributes.add("rtcp", "9 IN IP4 0.0.0.0");
        return m;
    }

    /**
     * {@code offer} is null when we offer. A peer's that has the form of drafts of RFC 8841 alone is answered in it
     * (aiortc offers it).
     */
    MediaDescription data(String mid, Section offer, TransportLines transport) {
        boolean oldForm = offer != null
                && !offer.media().attributes.has("sctp-port")
                && offer.media().attributes.has("sctpmap");
        String protocol = offer == null ? DATA_PROTOCOL : offer.media().protocol;
        List<String> formats = oldForm ? offer.media().formats : List.of("webrtc-datachannel");
        MediaDescription m =
                new MediaDescription(MediaDescription.APPLICATION, transport.bundleOnly ? 0 : 9, protocol, formats, 0);
        m.connection = "IN IP4 0.0.0.0";
        writeTransport(m.attributes, transport);
        if (mid != null) {
            m.attributes.add("mid", mid);
        }
        if (oldForm) {
            m.attributes.add("sctpmap", formats.get(0) + " webrtc-datachannel 65535");
        } else {
            m.attributes.add("sctp-port", Integer.toString(LocalSettings.SCTP_PORT));
        }
        m.attributes.add("max-message-size", Integer.toString(settings.maxMessageSize()));
        return m;
    }

    /** A section that is refused, removed or not used any more: port 0. */
    static MediaDescription rejected(MediaDescription like, String mid) {
        MediaDescription m = new MediaDescription(like.kind, 0, like.protocol, like.formats, 0);
        m.connection = "IN IP4 0.0.0.0";
        if (mid != null) {
            m.attributes.add("mid", mid);
        }
        if (like.isMedia()) {
            m.attributes.flag("inactive");
        }
        return m;
    }

    private void writeTransport(AttributeList a, TransportLines t) {
        // Against RFC 9429 §5.2.1, "Bundle-only "m=" sections MUST NOT contain any ICE credentials", and RFC 9143
        // §7.1.3, which have these lines in the tagged
        // section alone: Chromium 156 takes the first section without them and rejects all that follow. Port 0 and
        // a=bundle-only stay, which say what is meant.
        if (t.bundleOnly) {
            a.flag("bundle-only");
        }
        a.add("ice-ufrag", t.ufrag).add("ice-pwd", t.pwd).add("ice-options", "trickle");
        settings.fingerprints().forEach(f -> a.add("fingerprint", f));
        a.add("setup", t.setup);
        if (t.tlsId != null) {
            a.add("tls-id", t.tlsId);
        }
    }

    private static void writeMsid(AttributeList a, JsepTransceiver t, boolean sends) {
        if (!sends) {
            return;
        }
        if (t.streamIds.isEmpty()) {
            a.add("msid", "- " + t.trackId);
        }
        t.streamIds.forEach(s -> a.add("msid", s + " " + t.trackId));
    }

    /** RFC 9429 needs no a=ssrc lines; peers that find a stream by its SSRC before they look at MID do. */
    private void writeSsrcs(AttributeList a, JsepTransceiver t, boolean sends, List<SdpCodec> codecs) {
        if (!sends) {
            return;
        }
        boolean rtx = codecs.stream().anyMatch(SdpCodec::isRtx);
        if (rtx) {
            a.add("ssrc-group", "FID " + t.ssrc + " " + t.rtxSsrc);
        }
        String msid = (t.streamIds.isEmpty() ? "-" : t.streamIds.get(0)) + " " + t.trackId;
        for (long ssrc : rtx ? new long[] {t.ssrc, t.rtxSsrc} : new long[] {t.ssrc}) {
            a.add("ssrc", ssrc + " cname:" + settings.cname());
            a.add("ssrc", ssrc + " msid:" + msid);
        }
    }
}
