package dev.jvmrtc.jsep;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.rtp.header.HeaderExtensions;
import dev.jvmrtc.sdp.ExtMap;
import dev.jvmrtc.sdp.SdpCodec;
import dev.jvmrtc.sdp.Section;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the descriptions in force come to. */
final class Agreements {
    /** RFC 8285 §4.2: bytes of an element in the one-byte form. */
    private static final int ONE_BYTE_EXTENSION = 16;

    private final JsepState state;

    private final Codecs codecs;

    Agreements(JsepState state, Codecs codecs) {
        this.state = state;
        this.codecs = codecs;
    }

    /** What the descriptions in force ask of the layers below. */
    Agreement make() {
        Description local = state.local();
        if (local == null) {
            return new Agreement(List.of(), List.of(), null);
        }
        boolean answered = state.currentLocal != null && state.pendingLocal == null && state.pendingRemote == null
                || local.type() != SdpType.OFFER
                || state.pendingRemote != null && state.pendingRemote.type() == SdpType.PRANSWER;
        Description remote = local == state.pendingLocal && local.type() == SdpType.OFFER && !answered
                ? state.currentRemote
                : answeredRemote();
        Map<Integer, List<String>> midsByTransport = new LinkedHashMap<>();
        for (Section s : local.sections()) {
            assert Steps.count();
            Integer id = state.transports.of(s.mid());
            if (!s.rejected() && id != null) {
                midsByTransport.computeIfAbsent(id, k -> new ArrayList<>()).add(s.mid());
            }
        }
        List<Agreement.Transport> planned = new ArrayList<>();
        boolean restartable = local == state.pendingLocal
                && local.type() == SdpType.OFFER
                && state.currentLocal != null
                && remote == state.currentRemote;
        Map<Integer, Section> ours = state.taggedSections(local);
        Map<Integer, Section> theirs = state.taggedSections(remote);
        Map<Integer, Section> before = restartable ? state.taggedSections(state.currentLocal) : Map.of();
        midsByTransport.forEach(
                (id, mids) -> planned.add(planTransport(id, mids, ours.get(id), theirs.get(id), before.get(id))));
        List<Agreement.Media> media = new ArrayList<>();
        Agreement.Data data = null;
        // Media and data run by the last complete agreement; a pending offer changes transports only.
        Description agreedLocal =
                local.type() == SdpType.OFFER && remote == state.currentRemote && state.pendingLocal == local
                        ? state.currentLocal
                        : local;
        if (agreedLocal != null && remote != null) {
            for (int i = 0;
                    i
                            < Math.min(
                                    agreedLocal.sections().size(),
                                    remote.sections().size());
                    i++) {
                assert Steps.count();
                Section l = agreedLocal.sections().get(i);
                Section r = remote.sections().get(i);
                Integer id = state.transports.of(l.mid());
                if (l.rejected() || r.rejected() || id == null) {
                    continue;
                }
                if (l.isData()) {
                    data = new Agreement.Data(
                            id,
                            l.sctpPort() == null ? LocalSettings.SCTP_PORT : l.sctpPort(),
                            r.sctpPort(),
                            r.maxMessageSize());
                } else if (l.media().isMedia()) {
                    JsepTransceiver t = state.byIndex(i);
                    if (t != null && !t.stopped && t.currentDirection != null) {
                        media.add(planMedia(t, l, r, id));
                    }
                }
            }
        }
        return new Agreement(planned, media, data);
    }

    private Description answeredRemote() {
        return state.pendingRemote != null
                        && (state.pendingRemote.type() != SdpType.OFFER
                                || state.pendingLocal != null && state.pendingLocal.type() == SdpType.PRANSWER)
                ? state.pendingRemote
                : state.currentRemote;
    }

    /** {@code before} is our section in the agreement that a pending offer of ours wants to change, or null. */
    private Agreement.Transport planTransport(int id, List<String> mids, Section l, Section r, Section before) {
        String ufrag = l.iceUfrag() != null ? l.iceUfrag() : state.credentials.ufrag();
        String pwd = l.icePwd() != null ? l.icePwd() : state.credentials.pwd();
        // While our offer with a restart is pending, the peer's old credentials belong to the generation that ends.
        boolean restartPending = before != null && !ufrag.equals(before.iceUfrag());
        boolean known = r != null && r.iceUfrag() != null && !restartPending;
        return new Agreement.Transport(
                id,
                mids,
                ufrag,
                pwd,
                known ? r.iceUfrag() : null,
                known ? r.icePwd() : null,
                known && r.iceLite(),
                state.initialOfferer == null || state.initialOfferer,
                state.transports.dtlsClient(id),
                known ? r.fingerprints() : List.of(),
                known ? r.tlsId() : null);
    }

    /** The extensions of one side that the other has, too, with the numbers of the first. */
    private static List<ExtMap> common(Section of, Section with) {
        Set<String> uris = new HashSet<>();
        with.extensions().forEach(e -> uris.add(e.uri()));
        List<ExtMap> common = new ArrayList<>();
        for (ExtMap e : of.extensions()) {
            assert Steps.count();
            if (e.isUsable() && uris.contains(e.uri())) {
                common.add(e);
            }
        }
        return common;
    }

    private Agreement.Media planMedia(JsepTransceiver t, Section l, Section r, int transportId) {
        Set<String> ours = new HashSet<>();
        l.codecs().forEach(c -> ours.add(codecs.key(c)));
        Map<String, SdpCodec> theirs = new HashMap<>();
        List<SdpCodec> send = new ArrayList<>();
        for (SdpCodec c : r.codecs()) {
            assert Steps.count();
            theirs.putIfAbsent(codecs.key(c), c);
            if (c.isRtx() || ours.contains(codecs.key(c))) {
                send.add(c.withFeedback(codecs.acceptedFeedback(t.kind, c.feedback())));
            }
        }
        // All that we announced, also what the answer left out: Chromium goes on sending the offer's first codec when
        // its own preferences name another.
        List<SdpCodec> receive = new ArrayList<>();
        for (SdpCodec c : l.codecs()) {
            assert Steps.count();
            SdpCodec agreed = c.isRtx() ? null : theirs.get(codecs.key(c));
            receive.add(Codecs.asSentBy(agreed, c)
                    .withFeedback(codecs.acceptedFeedback(t.kind, agreed == null ? c.feedback() : agreed.feedback())));
        }
        List<ExtMap> sendExtensions = common(r, l);
        if (!l.hasMidLine()
                || !r.hasMidLine()
                || l.mid().length() > ONE_BYTE_EXTENSION && !(l.mixedExtensions() && r.mixedExtensions())) {
            // RFC 8285 §4.1.2: only two-byte extensions can carry it, and they do not go together with others unless
            // both sides have agreed to that.
            sendExtensions = sendExtensions.stream()
                    .filter(e -> !e.uri().equals(HeaderExtensions.MID))
                    .toList();
        }
        List<ExtMap> receiveExtensions = common(l, r);
        return new Agreement.Media(
                t,
                l.mid(),
                transportId,
                t.currentDirection.sends(),
                t.currentDirection.receives(),
                send,
                receive,
                sendExtensions,
                receiveExtensions,
                r.ssrcs(),
                r.fidGroups(),
                r.rtcpReducedSize(),
                r.maxBitrate(),
                r.ptime());
    }
}
