package dev.jvmrtc;

import dev.jvmrtc.core.SafeText;
import dev.jvmrtc.dom.Event;
import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.ice.Candidate;
import dev.jvmrtc.ice.CandidateRefusal;
import dev.jvmrtc.jsep.Changes;
import dev.jvmrtc.jsep.Description;
import dev.jvmrtc.jsep.JsepException;
import dev.jvmrtc.jsep.JsepTransceiver;
import dev.jvmrtc.jsep.Negotiator;
import dev.jvmrtc.jsep.SdpType;
import dev.jvmrtc.jsep.SignalingState;
import dev.jvmrtc.media.MediaStream;
import dev.jvmrtc.media.MediaStreamTrack;
import dev.jvmrtc.sdp.Attribute;
import dev.jvmrtc.sdp.Section;
import dev.jvmrtc.task.ApiFuture;
import dev.jvmrtc.wire.MalformedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets descriptions and adds candidates (webrtc-pc §4.4.1.5, §4.4.1.7): each in one task that changes slots, fires
 * events and settles the future, in this order.
 */
final class DescriptionSlots {

    private static final Logger LOG = LoggerFactory.getLogger(DescriptionSlots.class);

    /** What a description changes that others must hear of. */
    private static final class Effects {
        final List<MediaStreamTrack.Control> mute = new ArrayList<>();
        final List<StreamChange> removals = new ArrayList<>();
        final List<StreamChange> additions = new ArrayList<>();
        final List<RTCTrackEvent> tracks = new ArrayList<>();
        final List<RTCRtpTransceiver> stopped = new ArrayList<>();
        final List<RTCDataChannel> refusedChannels = new ArrayList<>();
        final List<MediaStream> newStreams = new ArrayList<>();
        final List<MediaStream> goneStreams = new ArrayList<>();
    }

    private record StreamChange(MediaStream.Control stream, MediaStreamTrack track) {}

    private final ConnectionSlots slots;
    private final RTCPeerConnection connection;
    private final Map<String, MediaStream.Control> remoteStreams = new LinkedHashMap<>();

    DescriptionSlots(ConnectionSlots slots, RTCPeerConnection connection) {
        this.slots = slots;
        this.connection = connection;
    }

    /** An operation of the chain. A null type or an empty text is filled in, see §4.4.1.3. */
    void setLocal(RTCSdpType type, String sdp, ApiFuture<Void> future) {
        SdpType t = type == null ? null : SdpType.valueOf(type.name());
        String[] text = {sdp == null ? "" : sdp};
        SdpType chosen = slots.call(() -> {
            SdpType c = t != null ? t : implicitType();
            if (c != SdpType.ROLLBACK && text[0].isEmpty()) {
                boolean offer = c == SdpType.OFFER;
                if (!offer
                        && slots.negotiator.state() != SignalingState.HAVE_REMOTE_OFFER
                        && slots.negotiator.state() != SignalingState.HAVE_LOCAL_PRANSWER) {
                    throw new RTCException("InvalidStateError", "an answer needs a remote offer first");
                }
                // §4.4.1.3: an empty text stands for what createOffer or createAnswer gave last, or would give now.
                text[0] = offer ? slots.negotiator.createOffer(false) : slots.negotiator.createAnswer();
            }
            return c;
        });
        apply(true, chosen, text[0], future);
    }

    private SdpType implicitType() {
        return switch (slots.negotiator.state()) {
            case STABLE, HAVE_LOCAL_OFFER, HAVE_REMOTE_PRANSWER -> SdpType.OFFER;
            case HAVE_REMOTE_OFFER, HAVE_LOCAL_PRANSWER -> SdpType.ANSWER;
        };
    }

    /** An operation of the chain. */
    void setRemote(RTCSdpType type, String text, ApiFuture<Void> future) {
        SdpType t = SdpType.valueOf(type.name());
        String sdp = text == null ? "" : text;
        boolean glare =
                t == SdpType.OFFER && slots.call(() -> slots.negotiator.state() == SignalingState.HAVE_LOCAL_OFFER);
        if (!glare) {
            apply(false, t, sdp, future);
            return;
        }
        try {
            Description offer = Negotiator.read(false, t, sdp); // what cannot be taken must not cost our offer
            locked(() -> slots.negotiator.validate(false, offer));
        } catch (JsepException e) {
            throw ConnectionSlots.translate(e);
        }
        // §4.4.1.5: a remote offer over a local one rolls ours back first.
        ApiFuture<Void> rollback = new ApiFuture<>(slots.tasks);
        rollback.whenComplete((ok, failed) -> {
            if (failed != null) {
                future.settleFailed(failed);
            } else {
                slots.tasks.postNext(() -> slots.chain.guarded(future, () -> apply(false, t, sdp, future)));
            }
        });
        apply(true, SdpType.ROLLBACK, "", rollback);
    }

    /** In a task. Long texts are parsed without the lock. */
    private void apply(boolean local, SdpType type, String sdp, ApiFuture<Void> future) {
        if (slots.isClosed()) {
            return;
        }
        Effects effects = new Effects();
        boolean stateChanged;
        try {
            Description d = type == SdpType.ROLLBACK ? null : read(local, type, sdp);
            stateChanged = change(local, d, effects);
            ConnectionLines.applied(slots.log, local, type, d);
        } catch (JsepException e) {
            ConnectionLines.refused(slots.log, local, type, e);
            throw ConnectionSlots.translate(e);
        }
        if (slots.isClosed()) {
            return; // meanwhile
        }
        announce(stateChanged, effects);
        future.settle(null);
    }

    private interface Step {
        void run() throws JsepException;
    }

    private void locked(Step step) throws JsepException {
        JsepException[] error = {null};
        slots.locked(() -> {
            try {
                step.run();
            } catch (JsepException e) {
                error[0] = e;
            }
        });
        if (error[0] != null) {
            throw error[0];
        }
    }

    private Description read(boolean local, SdpType type, String sdp) throws JsepException {
        locked(() -> slots.negotiator.requireState(local, type));
        return Negotiator.read(local, type, sdp);
    }

    /** With null, a rollback. Returns whether the signaling state is another one. */
    private boolean change(boolean local, Description d, Effects effects) throws JsepException {
        boolean[] changed = {false};
        locked(() -> {
            if (slots.isClosed()) {
                return;
            }
            Negotiator n = slots.negotiator;
            SignalingState before = n.state();
            if (d == null) {
                rollback(local, effects);
            } else {
                n.validate(local, d);
                applyDescription(local, d, effects);
            }
            if (n.state() == SignalingState.STABLE) {
                slots.clearNegotiationNeeded();
                slots.updateNegotiationNeeded();
            }
            changed[0] = n.state() != before;
        });
        return changed[0];
    }

    /** §4.4.1.5, the end of "set a session description": the events, in this order. */
    private void announce(boolean stateChanged, Effects e) {
        if (stateChanged) {
            connection.fireEvent(RTCPeerConnection.SIGNALING_STATE_CHANGE, new Event("signalingstatechange"));
        }
        e.mute.forEach(t -> t.setMuted(true));
        e.removals.forEach(r -> r.stream.fireRemoveTrack(r.track));
        e.additions.forEach(a -> a.stream.fireAddTrack(a.track));
        e.newStreams.forEach(s -> connection.fireEvent(RTCPeerConnection.ADD_STREAM, new MediaStreamEvent(s)));
        e.goneStreams.forEach(s -> connection.fireEvent(RTCPeerConnection.REMOVE_STREAM, new MediaStreamEvent(s)));
        e.tracks.forEach(t -> connection.fireEvent(RTCPeerConnection.TRACK, t));
        e.stopped.forEach(t -> t.getReceiver().end());
        e.refusedChannels.forEach(c -> c.announceClosed(new RTCError(
                RTCErrorDetailType.DATA_CHANNEL_FAILURE,
                null,
                null,
                null,
                null,
                "the data section was refused in the answer")));
    }

    private void rollback(boolean local, Effects effects) throws JsepException {
        Changes changes = slots.negotiator.rollback(local);
        takeStopped(changes, effects);
        takeReceptions(changes, effects);
        slots.applyPlan();
    }

    private void applyDescription(boolean local, Description d, Effects effects) throws JsepException {
        Negotiator n = slots.negotiator;
        boolean answer = d.type() != SdpType.OFFER;
        Changes changes = local ? n.applyLocal(d) : n.applyRemote(d);
        takeReceptions(changes, effects);
        takeStopped(changes, effects);
        if (local || answer) {
            slots.applyPlan();
        }
        if (changes.dataRefused()) {
            effects.refusedChannels.addAll(slots.data.refused());
        }
        if (!local) {
            tellOpenSetups(d);
            addCandidatesOf(d);
        } else if (answer) {
            addCandidatesOfMovedTags(n.remote());
        }
    }

    private void takeReceptions(Changes changes, Effects effects) {
        for (Changes.Reception r : changes.receptions()) {
            RTCRtpTransceiver t = slots.transceiver(r.transceiver(), List.of());
            if (!r.receives()) {
                removeRemoteTrack(t, effects);
                continue;
            }
            setRemoteStreams(t, r.streamIds(), effects);
            if (!t.firedReceiving) {
                t.firedReceiving = true;
                effects.tracks.add(new RTCTrackEvent(
                        t.getReceiver(),
                        t.getReceiver().getTrack(),
                        t.getReceiver().streams.stream()
                                .map(MediaStream.Control::stream)
                                .toList(),
                        t));
            }
        }
    }

    private void takeStopped(Changes changes, Effects effects) {
        for (JsepTransceiver t : changes.stopped()) {
            RTCRtpTransceiver gone = slots.transceiver(t, List.of());
            removeRemoteTrack(gone, effects);
            effects.stopped.add(gone);
            gone.getSender().stopSending();
            slots.driver.command((session, now) -> session.media().forget(t.id));
            slots.forget(t);
        }
    }

    private void tellOpenSetups(Description d) {
        for (Section s : d.sections()) {
            if (d.type() != SdpType.OFFER && d.leavesSetupOpen(s)) {
                LOG.debug(
                        "{} media section {} of the answer has {}, where active or passive was to be said: taken for active",
                        slots.log,
                        s.index(),
                        s.setup() == null ? "no a=setup" : "a=setup:" + s.setup());
            }
        }
    }

    /** §5.1.1, "set the associated remote streams". */
    private void setRemoteStreams(RTCRtpTransceiver t, List<String> ids, Effects effects) {
        MediaStreamTrack track = t.getReceiver().getTrack();
        Set<String> wanted = new LinkedHashSet<>(ids);
        List<MediaStream.Control> now = new ArrayList<>();
        for (MediaStream.Control old : t.getReceiver().streams) {
            if (!wanted.contains(old.stream().getId())) {
                removeFrom(old, track, effects);
            }
        }
        for (String id : wanted) {
            MediaStream.Control stream = remoteStreams.get(id);
            if (stream == null) {
                stream = MediaStream.create(id);
                remoteStreams.put(id, stream);
                effects.newStreams.add(stream.stream());
            }
            if (stream.add(track)) {
                effects.additions.add(new StreamChange(stream, track));
            }
            now.add(stream);
        }
        t.getReceiver().streams = now;
        t.getReceiver().control().synchronizeWith(now.isEmpty() ? null : now.get(0).stream());
    }

    private void removeFrom(MediaStream.Control stream, MediaStreamTrack track, Effects effects) {
        if (stream.remove(track)) {
            effects.removals.add(new StreamChange(stream, track));
        }
        if (stream.stream().getTracks().isEmpty()
                && remoteStreams.remove(stream.stream().getId()) != null) {
            effects.goneStreams.add(stream.stream());
        }
    }

    /** §5.1.1, "process the removal of a remote track". */
    private void removeRemoteTrack(RTCRtpTransceiver t, Effects effects) {
        if (!t.firedReceiving) {
            return;
        }
        t.firedReceiving = false;
        MediaStreamTrack track = t.getReceiver().getTrack();
        List<MediaStream.Control> streams = t.getReceiver().streams;
        t.getReceiver().streams = List.of();
        streams.forEach(s -> removeFrom(s, track, effects));
        effects.mute.add(t.getReceiver().control());
    }

    List<MediaStream> remoteStreams() {
        return remoteStreams.values().stream().map(MediaStream.Control::stream).toList();
    }

    // ---------------------------------------------------------------- candidates

    private static final int MAX_QUOTED = 120;
    /** Reasons of drops. */
    private static final String TOO_MANY = "remote candidate too many for its media section, or too long";

    private static final String UNKNOWN_UFRAG = "remote candidate with the ufrag of no description in force";

    private void countDrop(String reason) {
        slots.driver.command((session, now) -> session.countDrop(reason));
    }

    private void addCandidatesOf(Description d) {
        for (Section s : d.sections()) {
            Integer transport = slots.negotiator.candidateTransport(s);
            if (transport == null) {
                continue;
            }
            if (s.ignoredCandidates() > 0) {
                countDrop(TOO_MANY);
            }
            for (String line : s.candidates()) {
                addCandidateOf(s, line, transport);
            }
            if (s.endOfCandidates()) {
                slots.transports.addRemoteCandidate(transport, null, s.iceUfrag());
            }
        }
    }

    /**
     * Our answer refused the tagged section of a BUNDLE group: candidates of the one by which the group goes on were of
     * no transport until now.
     */
    private void addCandidatesOfMovedTags(Description offer) {
        for (Section s : offer.sections()) {
            Integer transport = offer.isBundledButNotTagged(s.mid()) ? slots.negotiator.candidateTransport(s) : null;
            if (transport != null) {
                s.media()
                        .attributes
                        .all("candidate")
                        .forEach(a -> addCandidateOf(s, "candidate:" + a.value(), transport));
            }
        }
    }

    private void addCandidateOf(Section s, String line, int transport) {
        try {
            Candidate c = Candidate.parse(line);
            if (c.usernameFragment() == null || c.usernameFragment().equals(s.iceUfrag())) {
                slots.transports.addRemoteCandidate(transport, c, s.iceUfrag());
            } else {
                countDrop(UNKNOWN_UFRAG);
            }
        } catch (MalformedException e) {
            countDrop(CandidateRefusal.NOT_UNDERSTOOD.reason());
            LOG.debug(
                    "{} a candidate of media section {} cannot be understood: {}: {}",
                    slots.log,
                    s.index(),
                    e.getMessage(),
                    SafeText.quoted(line, MAX_QUOTED));
        }
    }

    /** An operation of the chain: §4.4.1.7. */
    void addCandidate(RTCIceCandidateInit init, ApiFuture<Void> future) {
        String line = trimmed(init.candidate());
        try {
            Candidate c = line.isEmpty() ? null : parse(line);
            locked(() -> addCandidate(init, line, c));
        } catch (JsepException e) {
            throw ConnectionSlots.translate(e);
        }
        future.settle(null);
    }

    /** Line ends at the end of a candidate are no part of it. */
    private static String trimmed(String line) {
        int end = line == null ? 0 : line.length();
        while (end > 0 && (line.charAt(end - 1) == '\r' || line.charAt(end - 1) == '\n')) {
            end--;
        }
        return line == null ? "" : line.substring(0, end);
    }

    /**
     * A line that goes into a description: one that would begin another line there is refused (RFC 8839 §5.1 has no
     * line ends in a candidate).
     */
    private static Candidate parse(String line) throws JsepException {
        if (!Attribute.isOneLine(line) || line.length() > Section.MAX_CANDIDATE_LENGTH) {
            throw new JsepException(
                    JsepException.Kind.OPERATION,
                    "a candidate is one line of at most " + Section.MAX_CANDIDATE_LENGTH + " characters");
        }
        try {
            return Candidate.parse(line);
        } catch (MalformedException e) {
            throw new JsepException(
                    JsepException.Kind.OPERATION, e.getMessage() + ": " + SafeText.quoted(line, MAX_QUOTED));
        }
    }

    private void addCandidate(RTCIceCandidateInit init, String line, Candidate c) throws JsepException {
        boolean named =
                init.usernameFragment() != null && !init.usernameFragment().isEmpty();
        String ufrag = named ? init.usernameFragment() : c == null ? null : c.usernameFragment();
        Section s = slots.negotiator.remoteSection(init.sdpMid(), init.sdpMLineIndex(), ufrag);
        if (c == null) {
            for (Section each : s == null ? slots.negotiator.remote().sections() : List.of(s)) {
                slots.negotiator.addRemoteEndOfCandidates(each);
                Integer transport = slots.negotiator.candidateTransport(each);
                if (transport != null) {
                    slots.transports.addRemoteCandidate(transport, null, ufrag);
                }
            }
            return;
        }
        if (s == null) {
            throw new JsepException(JsepException.Kind.OPERATION, "a candidate names its media section");
        }
        slots.negotiator.addRemoteCandidate(s, line, ufrag);
        Integer transport = slots.negotiator.candidateTransport(s);
        if (transport != null) {
            slots.transports.addRemoteCandidate(transport, c, ufrag != null ? ufrag : s.iceUfrag());
        }
    }
}
