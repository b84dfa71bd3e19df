package dev.jvmrtc.engine;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.dtls.Fingerprint;
import dev.jvmrtc.ice.IceCredentials;
import dev.jvmrtc.jsep.Agreement;
import dev.jvmrtc.rtp.RtpCodec;
import dev.jvmrtc.rtp.format.CodecRegistry;
import dev.jvmrtc.rtp.header.HeaderExtensions;
import dev.jvmrtc.sdp.ExtMap;
import dev.jvmrtc.sdp.SdpCodec;
import dev.jvmrtc.session.plan.SessionPlan;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Between negotiation, which knows descriptions, and the session, which knows what ICE, DTLS and RTP are told. */
public final class SessionPlans {

    private SessionPlans() {}

    /** What the session is to be by an agreement on the library's own codecs. */
    public static SessionPlan of(Agreement a) {
        return of(a, CodecRegistry.STANDARD);
    }

    /** What the session is to be by an agreement; {@code known}: the codecs that there are. */
    public static SessionPlan of(Agreement a, CodecRegistry known) {
        return new SessionPlan(
                a.transports().stream().map(SessionPlans::transport).toList(),
                a.media().stream().map(m -> media(m, known)).toList(),
                a.data() == null
                        ? null
                        : new SessionPlan.Data(
                                a.data().transportId(),
                                a.data().localPort(),
                                a.data().remotePort(),
                                a.data().maxMessageSize()));
    }

    private static SessionPlan.Transport transport(Agreement.Transport t) {
        return new SessionPlan.Transport(
                t.id(),
                t.mids(),
                new IceCredentials(t.localUfrag(), t.localPwd()),
                t.remoteUfrag() == null ? null : new IceCredentials(t.remoteUfrag(), t.remotePwd()),
                t.remoteLite(),
                t.controlling(),
                t.dtlsClient(),
                t.fingerprints().stream()
                        .map(f -> new Fingerprint(f.algorithm(), f.value()))
                        .toList(),
                t.tlsId());
    }

    private static SessionPlan.Media media(Agreement.Media m, CodecRegistry known) {
        return new SessionPlan.Media(
                m.transceiver().id,
                m.transceiver().kind == MediaKind.VIDEO,
                m.mid(),
                m.transportId(),
                m.send(),
                m.receive(),
                m.transceiver().ssrc,
                m.transceiver().rtxSsrc,
                m.sendCodecs().stream().map(c -> codec(c, known)).toList(),
                m.receiveCodecs().stream().map(c -> codec(c, known)).toList(),
                extensions(m.sendExtensions()),
                extensions(m.receiveExtensions()),
                m.remoteSsrcs(),
                m.remoteFid(),
                m.reducedSizeRtcp(),
                m.maxBitrate(),
                m.ptime());
    }

    private static RtpCodec codec(SdpCodec c, CodecRegistry known) {
        return new RtpCodec(
                c.payloadType(),
                c.name(),
                c.clockRate(),
                c.channels(),
                c.parameters(),
                c.feedback(),
                c.isRtx() ? c.associatedPayloadType() : -1,
                known.find(c.name()));
    }

    private static HeaderExtensions extensions(List<ExtMap> all) {
        Map<String, Integer> ids = new HashMap<>();
        all.forEach(e -> ids.putIfAbsent(e.uri(), e.id()));
        return HeaderExtensions.of(ids);
    }
}
