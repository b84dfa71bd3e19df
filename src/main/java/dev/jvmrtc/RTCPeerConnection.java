package dev.jvmrtc;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.dom.Event;
import dev.jvmrtc.dom.EventTarget;
import dev.jvmrtc.dom.EventType;
import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.dom.RTCTypeError;
import dev.jvmrtc.engine.IceServerUrl;
import dev.jvmrtc.jsep.Description;
import dev.jvmrtc.jsep.Direction;
import dev.jvmrtc.jsep.JsepTransceiver;
import dev.jvmrtc.jsep.SignalingState;
import dev.jvmrtc.media.MediaStream;
import dev.jvmrtc.media.MediaStreamTrack;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A connection to a peer (webrtc-pc §4.4): media and data channels, negotiated by offers and answers that the
 * application carries.
 *
 * <p>Any thread may call any method. Events and the completion of futures come on the connection's executor, one at a
 * time and in the specification's order; inside them every method may be called, only waiting (get, join) for a future
 * of the same connection fails, because it could never end.
 */
public class RTCPeerConnection extends EventTarget implements AutoCloseable {
    /** An offer has to be made (webrtc-pc §4.7.3). */
    public static final EventType<Event> NEGOTIATION_NEEDED = EventType.of("negotiationneeded", Event.class);
    /** A candidate of ours was gathered (webrtc-pc §4.8.2). */
    public static final EventType<RTCPeerConnectionIceEvent> ICE_CANDIDATE =
            EventType.of("icecandidate", RTCPeerConnectionIceEvent.class);
    /** A STUN or TURN server could not be used (webrtc-pc §4.8.3). */
    public static final EventType<RTCPeerConnectionIceErrorEvent> ICE_CANDIDATE_ERROR =
            EventType.of("icecandidateerror", RTCPeerConnectionIceErrorEvent.class);
    /** Not of W3C. */
    public static final EventType<RTCIceRestartNeededEvent> ICE_RESTART_NEEDED =
            EventType.of("icerestartneeded", RTCIceRestartNeededEvent.class);

    /** {@link #getSignalingState} has changed. */
    public static final EventType<Event> SIGNALING_STATE_CHANGE = EventType.of("signalingstatechange", Event.class);
    /** {@link #getIceConnectionState} has changed. */
    public static final EventType<Event> ICE_CONNECTION_STATE_CHANGE =
            EventType.of("iceconnectionstatechange", Event.class);
    /** {@link #getIceGatheringState} has changed. */
    public static final EventType<Event> ICE_GATHERING_STATE_CHANGE =
            EventType.of("icegatheringstatechange", Event.class);
    /** {@link #getConnectionState} has changed. */
    public static final EventType<Event> CONNECTION_STATE_CHANGE = EventType.of("connectionstatechange", Event.class);
    /** The peer sends a track (webrtc-pc §5.7). */
    public static final EventType<RTCTrackEvent> TRACK = EventType.of("track", RTCTrackEvent.class);
    /** The peer has created a data channel (webrtc-pc §6.3). */
    public static final EventType<RTCDataChannelEvent> DATA_CHANNEL =
            EventType.of("datachannel", RTCDataChannelEvent.class);
    /** Legacy. */
    public static final EventType<MediaStreamEvent> ADD_STREAM = EventType.of("addstream", MediaStreamEvent.class);
    /** Legacy. */
    public static final EventType<MediaStreamEvent> REMOVE_STREAM =
            EventType.of("removestream", MediaStreamEvent.class);

    /** Who sets a handler of these late reads the state, and would take an old change for a new one. */
    private static final Set<EventType<?>> STATE_CHANGES = Set.of(
            SIGNALING_STATE_CHANGE, ICE_CONNECTION_STATE_CHANGE, ICE_GATHERING_STATE_CHANGE, CONNECTION_STATE_CHANGE);

    final ConnectionSlots slots;
    private final DescriptionSlots descriptions;

    /** A connection without ICE servers: for peers on the same network. */
    public RTCPeerConnection() {
        this(RTCConfiguration.builder().build());
    }

    /**
     * A connection of the {@linkplain RTCPeerConnectionFactory#getDefault() default factory}.
     *
     * @param configuration ICE servers and more
     * @throws RTCException {@code SyntaxError} for a URL of an ICE server that cannot be understood;
     *     {@code InvalidAccessError} for a TURN server without credentials or a certificate that has expired
     * @throws RTCTypeError where {@code iceCandidatePoolSize} is not 0 … 255
     */
    public RTCPeerConnection(RTCConfiguration configuration) {
        this(
                RTCPeerConnectionFactory.getDefault(),
                RTCPeerConnectionFactory.getDefault().executor(),
                configuration);
    }

    RTCPeerConnection(RTCPeerConnectionFactory factory, Executor executor, RTCConfiguration configuration) {
        validate(configuration);
        this.slots = new ConnectionSlots(this, factory, executor, configuration);
        this.descriptions = new DescriptionSlots(slots, this);
        holdEvents(slots.tasks::post);
    }

    private static void validate(RTCConfiguration c) {
        for (RTCCertificate certificate : c.certificates()) {
            if (certificate.getExpires() < System.currentTimeMillis()) {
                throw new RTCException(
                        "InvalidAccessError", "a certificate has expired: make a new one with generateCertificate()");
            }
        }
        for (RTCIceServer s : c.iceServers()) {
            if (s.urls().isEmpty()) {
                throw new RTCException("SyntaxError", "an ICE server has one URL or more");
            }
            for (String url : s.urls()) {
                try {
                    IceServerUrl parsed = IceServerUrl.parse(url);
                    if (parsed.scheme().startsWith("turn") && (s.username() == null || s.credential() == null)) {
                        throw new RTCException("InvalidAccessError", url + " needs a username and a credential");
                    }
                } catch (IllegalArgumentException e) {
                    throw new RTCException("SyntaxError", e.getMessage());
                }
            }
        }
        if (c.iceCandidatePoolSize() < 0 || c.iceCandidatePoolSize() > 255) {
            throw new RTCTypeError("iceCandidatePoolSize is 0 … 255");
        }
    }

    /**
     * Runs something as a task of the connection: on its executor, after what waits there, and never at the same time
     * as its events and the completion of its futures. Code that looks at a state and then acts on it, as perfect
     * negotiation does, is right from any thread so: nothing of the connection changes by a task in between, and what a
     * future of an operation begun here completes, in {@code thenRun} and its kin, runs in the very task that has
     * changed the state. Signals keep their order if all come this way. It always runs, after {@link #close()} too,
     * where methods fail as they say. What it throws is logged. Not of W3C.
     *
     * @param task runs once, whatever happens to the connection
     */
    public void execute(Runnable task) {
        slots.tasks.postSettlement(Objects.requireNonNull(task, "task"));
    }

    // ---------------------------------------------------------------- configuration

    /** {@return the configuration in force, with the certificate that was made where none was given} */
    public RTCConfiguration getConfiguration() {
        return slots.call(() -> slots.configuration.toBuilder()
                .certificates(slots.certificates())
                .build());
    }

    /**
     * Changes what may change: ICE servers and, for gathering from now on, the transport policy (webrtc-pc §4.4.1.6).
     *
     * @param configuration the whole of it, the rest as it was
     * @throws RTCException {@code InvalidStateError} after close; {@code InvalidModificationError} where bundlePolicy,
     *     rtcpMuxPolicy or certificates differ, or iceCandidatePoolSize does after setLocalDescription; else as the
     *     constructor
     */
    public void setConfiguration(RTCConfiguration configuration) {
        slots.locked(() -> {
            slots.requireOpen();
            validate(configuration);
            RTCConfiguration old = slots.configuration;
            if (!configuration.certificates().isEmpty()
                    && !configuration.certificates().equals(slots.certificates())) {
                throw new RTCException("InvalidModificationError", "certificates cannot be changed");
            }
            if (configuration.bundlePolicy() != old.bundlePolicy()
                    || configuration.rtcpMuxPolicy() != old.rtcpMuxPolicy()) {
                throw new RTCException("InvalidModificationError", "bundlePolicy and rtcpMuxPolicy cannot be changed");
            }
            if (configuration.iceCandidatePoolSize() != old.iceCandidatePoolSize()
                    && slots.negotiator.local() != null) {
                throw new RTCException(
                        "InvalidModificationError", "iceCandidatePoolSize cannot be changed after setLocalDescription");
            }
            slots.configuration = configuration;
            boolean changed = !configuration.iceServers().equals(old.iceServers())
                    || configuration.iceTransportPolicy() != old.iceTransportPolicy()
                    || configuration.iceCandidatePoolSize() != old.iceCandidatePoolSize();
            slots.driver.configure(
                    ConnectionSlots.iceServers(configuration),
                    configuration.iceTransportPolicy() == RTCIceTransportPolicy.RELAY,
                    changed,
                    configuration.iceCandidatePoolSize());
        });
    }

    /**
     * Makes a key with its certificate, valid for 30 days, on the calling thread (webrtc-pc §4.9.1).
     *
     * @param algorithm {@code ECDSA} (P-256) or {@code RSA} (2048 bits)
     * @return complete at once; fails with {@code NotSupportedError} for another algorithm
     */
    public static CompletableFuture<RTCCertificate> generateCertificate(String algorithm) {
        return generateCertificate(algorithm, RTCCertificate.DEFAULT_LIFETIME);
    }

    /**
     * Makes a key with its certificate, on the calling thread (webrtc-pc §4.9.1).
     *
     * @param algorithm {@code ECDSA} (P-256) or {@code RSA} (2048 bits)
     * @param lifetime at most 365 days; what is longer is cut
     * @return complete at once; fails with {@code NotSupportedError} for another algorithm
     */
    public static CompletableFuture<RTCCertificate> generateCertificate(String algorithm, Duration lifetime) {
        try {
            Duration l = lifetime.compareTo(RTCCertificate.MAX_LIFETIME) > 0 ? RTCCertificate.MAX_LIFETIME : lifetime;
            return CompletableFuture.completedFuture(RTCCertificate.generate(algorithm, l));
        } catch (GeneralSecurityException | RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    // ---------------------------------------------------------------- offer and answer

    /**
     * As {@link #createOffer(RTCOfferOptions)}, with the defaults.
     *
     * @return the offer
     */
    public CompletableFuture<RTCSessionDescription> createOffer() {
        return createOffer(RTCOfferOptions.builder().build());
    }

    /**
     * Makes an offer of what is wanted at present; nothing changes before it is set (webrtc-pc §4.4.2). One of the
     * chained operations.
     *
     * @param options whether to restart ICE
     * @return the offer; fails with a TypeError for null
     */
    public CompletableFuture<RTCSessionDescription> createOffer(RTCOfferOptions options) {
        if (options == null) {
            return slots.failed(new RTCTypeError("options are needed, or the method without them"));
        }
        return slots.chain(future -> {
            String sdp = slots.call(() -> {
                if (slots.isClosed()) {
                    return null;
                }
                offerToReceive(MediaKind.AUDIO, options.offerToReceiveAudio());
                offerToReceive(MediaKind.VIDEO, options.offerToReceiveVideo());
                slots.lastCreatedOffer = slots.negotiator.createOffer(options.iceRestart());
                return slots.lastCreatedOffer;
            });
            if (sdp != null) {
                future.settle(new RTCSessionDescription(RTCSdpType.OFFER, sdp));
            }
        });
    }

    /** webrtc-pc §4.4.3.2. Under the lock. */
    private void offerToReceive(MediaKind kind, Boolean receive) {
        if (receive == null) {
            return;
        }
        List<JsepTransceiver> all = slots.negotiator.transceivers().stream()
                .filter(t -> t.kind == kind && !t.stopping)
                .toList();
        if (!receive) {
            all.forEach(t -> t.direction = Direction.of(t.direction.sends(), false));
        } else if (all.stream().noneMatch(t -> t.direction.receives())) {
            slots.transceiver(slots.negotiator.addTransceiver(kind, Direction.RECVONLY, false, null), List.of());
        }
    }

    /**
     * Makes an answer to the remote offer; nothing changes before it is set (webrtc-pc §4.4.2). One of the chained
     * operations.
     *
     * @return the answer; fails with {@code InvalidStateError} unless there is a remote offer to answer
     */
    public CompletableFuture<RTCSessionDescription> createAnswer() {
        return slots.chain(future -> {
            if (slots.isClosed()) {
                return;
            }
            String sdp = slots.call(() -> {
                SignalingState s = slots.negotiator.state();
                boolean possible = s == SignalingState.HAVE_REMOTE_OFFER || s == SignalingState.HAVE_LOCAL_PRANSWER;
                slots.lastCreatedAnswer = possible ? slots.negotiator.createAnswer() : "";
                return slots.lastCreatedAnswer;
            });
            if (sdp.isEmpty()) {
                future.settleFailed(new RTCException(
                        "InvalidStateError", "there is no remote offer to answer: setRemoteDescription() it first"));
            } else {
                future.settle(new RTCSessionDescription(RTCSdpType.ANSWER, sdp));
            }
        });
    }

    /**
     * Sets an offer or answer made on the spot, whichever the signaling state calls for (webrtc-pc §4.4.2). Gathering
     * begins.
     *
     * @return completes when it is set
     */
    public CompletableFuture<Void> setLocalDescription() {
        return slots.chain(future -> descriptions.setLocal(null, "", future));
    }

    /**
     * Sets a local description (webrtc-pc §4.4.2). Gathering begins. One of the chained operations.
     *
     * @param description what createOffer or createAnswer made, unchanged, or one with empty SDP; null is as none
     * @return completes when it is set; fails with {@code InvalidModificationError} for another text, and with
     *     {@code InvalidStateError} where the signaling state has no place for it
     */
    public CompletableFuture<Void> setLocalDescription(RTCSessionDescription description) {
        if (description == null) {
            return setLocalDescription();
        }
        return slots.chain(future -> descriptions.setLocal(description.getType(), description.getSdp(), future));
    }

    /**
     * Sets the peer's description (webrtc-pc §4.4.2). An offer over an offer of our own rolls ours back first. One of
     * the chained operations.
     *
     * @param description of the peer
     * @return completes when it is set; fails, and changes nothing, with {@link RTCError} {@code sdp-syntax-error},
     *     which names the line, {@code InvalidStateError} or {@code InvalidAccessError}, and with a TypeError where
     *     there is no type
     */
    public CompletableFuture<Void> setRemoteDescription(RTCSessionDescription description) {
        if (description == null || description.getType() == null) {
            return slots.failed(new RTCTypeError("a remote description has a type"));
        }
        return slots.chain(future -> descriptions.setRemote(description.getType(), description.getSdp(), future));
    }

    /**
     * As {@link #addIceCandidate(RTCIceCandidateInit)}.
     *
     * @param candidate of the peer; null or one with an empty line means that there will be no more
     * @return as there
     */
    public CompletableFuture<Void> addIceCandidate(RTCIceCandidate candidate) {
        return addIceCandidate(candidate == null ? RTCIceCandidateInit.builder().build() : candidate.toJSON());
    }

    /**
     * Adds a candidate of the peer (webrtc-pc §4.4.2). One of the chained operations.
     *
     * @param candidate of the peer; null or one with an empty line means that there will be no more
     * @return completes when it is added; fails with {@code InvalidStateError} before the remote description, with
     *     {@code OperationError} for a candidate whose ufrag is that of no remote description in force, and with a
     *     TypeError where neither sdpMid nor sdpMLineIndex is given
     */
    public CompletableFuture<Void> addIceCandidate(RTCIceCandidateInit candidate) {
        if (candidate == null) {
            return addIceCandidate(RTCIceCandidateInit.builder().build());
        }
        if (candidate.candidate() != null
                && !candidate.candidate().isEmpty()
                && candidate.sdpMid() == null
                && candidate.sdpMLineIndex() == null) {
            return slots.failed(new RTCTypeError("a candidate names its media section by sdpMid or sdpMLineIndex"));
        }
        return slots.chain(future -> descriptions.addCandidate(candidate, future));
    }

    private RTCSessionDescription description(Supplier<Description> which) {
        return slots.call(() -> of(which.get()));
    }

    static RTCSessionDescription of(Description d) {
        return d == null
                ? null
                : new RTCSessionDescription(RTCSdpType.valueOf(d.type().name()), d.text());
    }

    /** {@return the pending local description, else the current one, with the candidates gathered so far; or null} */
    public RTCSessionDescription getLocalDescription() {
        return description(slots.negotiator::local);
    }

    /**
     * The local description with all its candidates, once these are gathered: what goes to a peer that gets one text
     * and no candidates after it, as in WHIP. Operations that were asked for before are done first:
     * {@code setLocalDescription()}, then {@code gathered()}, without waiting in between. Each server may take its
     * time; {@code orTimeout} and {@link #getLocalDescription()} give what there is by then. Not of W3C.
     *
     * @return fails with {@code InvalidStateError} where no local description has been set by then, or the connection
     *     is closed meanwhile
     */
    public CompletableFuture<RTCSessionDescription> gathered() {
        return slots.gathered.gathered();
    }

    /** {@return the local description that was agreed on last, with its candidates; or null} */
    public RTCSessionDescription getCurrentLocalDescription() {
        return description(slots.negotiator::currentLocal);
    }

    /** {@return the local description that waits for an answer, or for ours; or null} */
    public RTCSessionDescription getPendingLocalDescription() {
        return description(slots.negotiator::pendingLocal);
    }

    /** {@return the pending remote description, else the current one, with the candidates added so far; or null} */
    public RTCSessionDescription getRemoteDescription() {
        return description(slots.negotiator::remote);
    }

    /** {@return the remote description that was agreed on last, with its candidates; or null} */
    public RTCSessionDescription getCurrentRemoteDescription() {
        return description(slots.negotiator::currentRemote);
    }

    /** {@return the remote description that waits for an answer, or for the peer's; or null} */
    public RTCSessionDescription getPendingRemoteDescription() {
        return description(slots.negotiator::pendingRemote);
    }

    /** The next offer restarts ICE; {@code negotiationneeded} follows. */
    public void restartIce() {
        slots.locked(() -> {
            if (!slots.isClosed()) {
                slots.negotiator.wantIceRestart();
                slots.updateNegotiationNeeded();
            }
        });
    }

    // ---------------------------------------------------------------- states

    /** {@return whose offer waits for an answer (webrtc-pc §4.3.1)} */
    public RTCSignalingState getSignalingState() {
        return slots.call(() -> slots.isClosed()
                ? RTCSignalingState.CLOSED
                : RTCSignalingState.valueOf(slots.negotiator.state().name()));
    }

    /** {@return how far gathering is, of all transports (webrtc-pc §4.3.2)} */
    public RTCIceGatheringState getIceGatheringState() {
        return slots.call(() -> slots.transports.gatheringState);
    }

    /** {@return how far ICE is, of all transports (webrtc-pc §4.3.4)} */
    public RTCIceConnectionState getIceConnectionState() {
        return slots.call(() -> slots.transports.iceConnectionState);
    }

    /** {@return how far ICE and DTLS are, of all transports (webrtc-pc §4.3.3)} */
    public RTCPeerConnectionState getConnectionState() {
        return slots.call(() -> slots.transports.connectionState);
    }

    /** {@return whether the peer takes candidates after its description; null before one} */
    public Boolean getCanTrickleIceCandidates() {
        return slots.call(slots.negotiator::remoteTrickles);
    }

    /** {@return the SCTP transport, or null before a data section has been negotiated} */
    public RTCSctpTransport getSctp() {
        return slots.call(slots.data::sctp);
    }

    // ---------------------------------------------------------------- media

    /** {@return the senders of all transceivers, the stopped ones left out} */
    public List<RTCRtpSender> getSenders() {
        return slots.call(() ->
                slots.transceivers().stream().map(RTCRtpTransceiver::getSender).toList());
    }

    /** {@return the receivers of all transceivers, the stopped ones left out} */
    public List<RTCRtpReceiver> getReceivers() {
        return slots.call(() -> slots.transceivers().stream()
                .map(RTCRtpTransceiver::getReceiver)
                .toList());
    }

    /** {@return all transceivers in the order in which they were made, the stopped ones left out} */
    public List<RTCRtpTransceiver> getTransceivers() {
        return slots.call(slots::transceivers);
    }

    /**
     * Sends a track (webrtc-pc §5.1); negotiation follows.
     *
     * @param track local or remote
     * @param streams which the peer is told that the track is part of
     * @return its sender
     * @throws RTCException {@code InvalidStateError} after close; {@code InvalidAccessError} where the track is being
     *     sent already
     */
    public RTCRtpSender addTrack(MediaStreamTrack track, MediaStream... streams) {
        MediaKind kind = requireKind(track.getKind()); // asks the source, which is never called under the lock
        return slots.call(() -> {
            slots.requireOpen();
            List<RTCRtpTransceiver> all = slots.transceivers();
            if (all.stream().anyMatch(t -> t.getSender().getTrack() == track)) {
                throw new RTCException("InvalidAccessError", "the track is being sent already");
            }
            RTCRtpTransceiver reused = all.stream()
                    .filter(t ->
                            t.kind() == kind && t.getSender().getTrack() == null && !t.jsep().stopping && !t.hasSent)
                    .findFirst()
                    .orElse(null);
            List<String> ids =
                    Arrays.stream(streams).map(MediaStream::getId).distinct().toList();
            RTCRtpTransceiver t = reused;
            if (t != null) {
                t.jsep().direction = Direction.of(true, t.jsep().direction.receives());
                t.jsep().usedByAddTrack = true;
                t.jsep().trackId = track.getId();
            } else {
                t = slots.transceiver(
                        slots.negotiator.addTransceiver(kind, Direction.SENDRECV, true, track.getId()), List.of());
            }
            t.jsep().streamIds = ids;
            t.getSender().setTrack(track);
            slots.updateNegotiationNeeded();
            return t.getSender();
        });
    }

    /**
     * Stops sending a track (webrtc-pc §5.1); negotiation follows.
     *
     * @param sender one of this connection's
     * @throws RTCException {@code InvalidStateError} after close; {@code InvalidAccessError} for a sender of another
     *     connection
     */
    public void removeTrack(RTCRtpSender sender) {
        slots.locked(() -> {
            slots.requireOpen();
            RTCRtpTransceiver t = slots.transceivers().stream()
                    .filter(x -> x.getSender() == sender)
                    .findFirst()
                    .orElseThrow(
                            () -> new RTCException("InvalidAccessError", "the sender is not one of this connection"));
            if (sender.getTrack() == null) {
                return;
            }
            sender.setTrack(null);
            t.jsep().direction = Direction.of(false, t.jsep().direction.receives());
            slots.updateNegotiationNeeded();
        });
    }

    /**
     * As {@link #addTransceiver(String, RTCRtpTransceiverInit)}, with the defaults.
     *
     * @param kind "audio" or "video"
     * @return the transceiver
     */
    public RTCRtpTransceiver addTransceiver(String kind) {
        return addTransceiver(kind, RTCRtpTransceiverInit.builder().build());
    }

    /**
     * Adds a transceiver without a track (webrtc-pc §5.1); negotiation follows.
     *
     * @param kind "audio" or "video"
     * @param init direction, streams and encoding
     * @return the transceiver
     * @throws RTCTypeError for another kind
     * @throws RTCException {@code InvalidStateError} after close; {@code NotSupportedError} for more than one encoding;
     *     {@code OperationError} for layers that cannot be had
     * @throws dev.jvmrtc.dom.RTCRangeError where an encoding's scale or frame rate is out of range
     */
    public RTCRtpTransceiver addTransceiver(String kind, RTCRtpTransceiverInit init) {
        return addTransceiver(requireKind(kind), null, init);
    }

    private static MediaKind requireKind(String word) {
        MediaKind kind = MediaKind.of(word);
        if (kind == null) {
            throw new RTCTypeError("\"" + word + "\": a transceiver is of \"audio\" or \"video\"");
        }
        return kind;
    }

    /**
     * As {@link #addTransceiver(MediaStreamTrack, RTCRtpTransceiverInit)}, with the defaults.
     *
     * @param track to be sent
     * @return the transceiver
     */
    public RTCRtpTransceiver addTransceiver(MediaStreamTrack track) {
        return addTransceiver(track, RTCRtpTransceiverInit.builder().build());
    }

    /**
     * Adds a transceiver that sends a track (webrtc-pc §5.1); negotiation follows. Errors as for one without a track.
     *
     * @param track to be sent
     * @param init direction, streams and encoding
     * @return the transceiver
     */
    public RTCRtpTransceiver addTransceiver(MediaStreamTrack track, RTCRtpTransceiverInit init) {
        return addTransceiver(requireKind(track.getKind()), track, init);
    }

    private RTCRtpTransceiver addTransceiver(MediaKind kind, MediaStreamTrack track, RTCRtpTransceiverInit init) {
        if (init.sendEncodings().size() > 1) {
            throw new RTCException("NotSupportedError", "simulcast (more than one of sendEncodings) is not built yet");
        }
        for (RTCRtpEncodingParameters e : init.sendEncodings()) {
            if (e.outOfRange() != null) {
                throw e.outOfRange();
            }
            RTCException layers = e.unsupportedLayers(kind, null);
            if (layers != null) {
                throw layers;
            }
        }
        if (init.direction() == RTCRtpTransceiverDirection.STOPPED) {
            throw new RTCTypeError("a transceiver does not begin as stopped");
        }
        return slots.call(() -> {
            slots.requireOpen();
            JsepTransceiver jsep = slots.negotiator.addTransceiver(
                    kind, Direction.ofSdp(init.direction().toString()), false, track == null ? null : track.getId());
            jsep.streamIds =
                    init.streams().stream().map(MediaStream::getId).distinct().toList();
            RTCRtpTransceiver t = slots.transceiver(jsep, init.sendEncodings());
            if (track != null) {
                t.getSender().setTrack(track);
            }
            slots.updateNegotiationNeeded();
            return t;
        });
    }

    // ---------------------------------------------------------------- data

    /**
     * As {@link #createDataChannel(String, RTCDataChannelInit)}, with the defaults: ordered and reliable.
     *
     * @param label any text of at most 65535 bytes
     * @return the channel
     */
    public RTCDataChannel createDataChannel(String label) {
        return createDataChannel(label, RTCDataChannelInit.builder().build());
    }

    /**
     * Creates a channel (webrtc-pc §6.1), open once both sides are connected. The first one needs negotiation.
     *
     * @param label any text of at most 65535 bytes
     * @param init how it behaves
     * @return the channel
     * @throws RTCException {@code InvalidStateError} after close; {@code OperationError} where the id is in use
     * @throws RTCTypeError for arguments out of range or in conflict
     */
    public RTCDataChannel createDataChannel(String label, RTCDataChannelInit init) {
        return slots.call(() -> {
            slots.requireOpen();
            RTCDataChannel channel = slots.data.create(label, init);
            slots.negotiator.wantData();
            slots.updateNegotiationNeeded();
            return channel;
        });
    }

    // ---------------------------------------------------------------- statistics

    /** {@return statistics of all of the connection (webrtc-pc §8.2)} Completes after the end too. */
    public CompletableFuture<RTCStatsReport> getStats() {
        return slots.stats(null, false);
    }

    /**
     * {@return how often the connection dropped something, by reason: packets that no media section takes, forged or
     * malformed ones, media that could not be sent} The first place to look when something does not arrive. Empty after
     * the end. Not of W3C.
     */
    public CompletableFuture<Map<String, Long>> getDropCounts() {
        return slots.dropCounts();
    }

    /**
     * {@return how the connection stands with its network at present: candidates, checks, servers, phases, and a
     * verdict in plain words} What to print when a call does not connect. Not of W3C.
     */
    public CompletableFuture<ConnectivityReport> getConnectivityReport() {
        return slots.connectivityReport();
    }

    /**
     * Statistics of what is sent or received for one track (webrtc-pc §8.2).
     *
     * @param selector the track; null for all
     * @return fails with {@code InvalidAccessError} where it is not exactly one sender's or receiver's
     */
    public CompletableFuture<RTCStatsReport> getStats(MediaStreamTrack selector) {
        if (selector == null) {
            return getStats();
        }
        List<CompletableFuture<RTCStatsReport>> found = new ArrayList<>();
        for (RTCRtpTransceiver t : getTransceivers()) {
            if (t.getSender().getTrack() == selector) {
                found.add(t.getSender().getStats());
            }
            if (t.getReceiver().getTrack() == selector) {
                found.add(t.getReceiver().getStats());
            }
        }
        return found.size() == 1
                ? found.get(0)
                : slots.failed(new RTCException(
                        "InvalidAccessError",
                        "the track belongs to " + found.size() + " senders and receivers, not one"));
    }

    // ---------------------------------------------------------------- the end

    /**
     * Ends the connection at once; nothing of it fires an event afterwards but its remote tracks' {@code ended}.
     * Idempotent, never blocks.
     */
    @Override
    public void close() {
        slots.close();
    }

    /** {@return completes when sockets, timers and buffers are gone after {@link #close()}} Not of W3C. */
    public CompletableFuture<Void> closed() {
        return slots.closedFuture();
    }

    // ---------------------------------------------------------------- handlers

    /**
     * Sets the one handler of {@code negotiationneeded}: an offer has to be made (webrtc-pc §4.7.3).
     *
     * @param handler gets nothing but the name; null clears it
     */
    public void onNegotiationNeeded(Consumer<? super Event> handler) {
        setHandler(NEGOTIATION_NEEDED, handler);
    }

    /**
     * Sets the one handler of {@code icecandidate}: a candidate of ours was gathered (webrtc-pc §4.8.2).
     *
     * @param handler gets the candidate to signal, null when gathering has ended; null clears it
     */
    public void onIceCandidate(Consumer<? super RTCPeerConnectionIceEvent> handler) {
        setHandler(ICE_CANDIDATE, handler);
    }

    /**
     * Sets the one handler of {@code icecandidateerror}: a STUN or TURN server could not be used (webrtc-pc §4.8.3).
     *
     * @param handler gets which, and why; null clears it
     */
    public void onIceCandidateError(Consumer<? super RTCPeerConnectionIceErrorEvent> handler) {
        setHandler(ICE_CANDIDATE_ERROR, handler);
    }

    /**
     * The one handler of {@code icerestartneeded}; null clears it. Fires once for each loss of the path that neither
     * its return nor another candidate pair has mended within four seconds, and when ICE fails.
     * {@code pc.onIceRestartNeeded(e -> pc.restartIce())} restarts by itself, given that {@code negotiationneeded} is
     * handled; where both ends do so, offers may cross as in any negotiation. Not of W3C.
     *
     * @param handler gets the transport that has lost its path; null clears it
     */
    public void onIceRestartNeeded(Consumer<? super RTCIceRestartNeededEvent> handler) {
        setHandler(ICE_RESTART_NEEDED, handler);
    }

    /**
     * Sets the one handler of {@code signalingstatechange}: {@link #getSignalingState} has changed.
     *
     * @param handler gets nothing but the name; null clears it
     */
    public void onSignalingStateChange(Consumer<? super Event> handler) {
        setHandler(SIGNALING_STATE_CHANGE, handler);
    }

    /**
     * Sets the one handler of {@code iceconnectionstatechange}: {@link #getIceConnectionState} has changed.
     *
     * @param handler gets nothing but the name; null clears it
     */
    public void onIceConnectionStateChange(Consumer<? super Event> handler) {
        setHandler(ICE_CONNECTION_STATE_CHANGE, handler);
    }

    /**
     * Sets the one handler of {@code icegatheringstatechange}: {@link #getIceGatheringState} has changed.
     *
     * @param handler gets nothing but the name; null clears it
     */
    public void onIceGatheringStateChange(Consumer<? super Event> handler) {
        setHandler(ICE_GATHERING_STATE_CHANGE, handler);
    }

    /**
     * Sets the one handler of {@code connectionstatechange}: {@link #getConnectionState} has changed.
     *
     * @param handler gets nothing but the name; null clears it
     */
    public void onConnectionStateChange(Consumer<? super Event> handler) {
        setHandler(CONNECTION_STATE_CHANGE, handler);
    }

    /**
     * Sets the one handler of {@code track}: the peer sends a track (webrtc-pc §5.7).
     *
     * @param handler gets the track, its receiver and its streams; null clears it
     */
    public void onTrack(Consumer<? super RTCTrackEvent> handler) {
        setHandler(TRACK, handler);
    }

    /**
     * Sets the one handler of {@code datachannel}: the peer has created a data channel (webrtc-pc §6.3).
     *
     * @param handler gets the channel, which is open already; null clears it
     */
    public void onDataChannel(Consumer<? super RTCDataChannelEvent> handler) {
        setHandler(DATA_CHANNEL, handler);
    }

    /** The connection is closed: what is held is told to nobody. */
    void forgetEvents() {
        forgetHeld();
    }

    <E> void fireEvent(EventType<E> type, E event) {
        // §4.4.2: a closed connection fires nothing.
        if (!slots.isClosed()) {
            ConnectionLines.fired(slots.log, this, type, event);
            fire(type, event);
        }
    }

    @Override
    protected final boolean takeRoom(EventType<?> type, Object event, int alreadyHeld) {
        boolean room = !STATE_CHANGES.contains(type) && super.takeRoom(type, event, alreadyHeld);
        if (event instanceof RTCDataChannelEvent e) {
            room = room && slots.earlyBytes.take(sizeOfNames(e.channel()));
            if (!room) {
                slots.data.countDrop("datachannel event that nobody has listened to yet, too many or too long");
            }
            e.channel().setUnannounced(room);
        }
        return room;
    }

    @Override
    protected final void giveRoomBack(EventType<?> type, Object event) {
        if (event instanceof RTCDataChannelEvent e) {
            slots.earlyBytes.giveBack(sizeOfNames(e.channel()));
            e.channel().setUnannounced(false);
        }
    }

    /** In bytes. The peer decides how many channels there are, and how long their names. */
    private static long sizeOfNames(RTCDataChannel channel) {
        return 2L * (channel.getLabel().length() + channel.getProtocol().length());
    }

    @Override
    protected final boolean saysItOnce(Object event) {
        return event instanceof RTCIceRestartNeededEvent || super.saysItOnce(event);
    }

    @Override
    protected final boolean isStillTrue(EventType<?> type, Object event) {
        if (slots.isClosed()) {
            return false;
        }
        if (event instanceof RTCIceRestartNeededEvent e) {
            RTCIceTransportState now = e.transport().getState();
            return now == RTCIceTransportState.DISCONNECTED || now == RTCIceTransportState.FAILED;
        }
        if (type == NEGOTIATION_NEEDED) {
            return slots.isNegotiationNeeded();
        }
        if (event instanceof RTCPeerConnectionIceEvent e) {
            return e.candidate() == null
                    ? getIceGatheringState() == RTCIceGatheringState.COMPLETE
                    : slots.isOfThisGeneration(e.candidate().getUsernameFragment());
        }
        return true;
    }

    @Override
    public String toString() {
        return "RTCPeerConnection[" + getSignalingState() + ", " + getConnectionState() + "]";
    }

    // ---------------------------------------------------------------- legacy (webrtc-pc §4.4.3, and before)

    /**
     * Calls back instead of returning the result.
     *
     * @param success gets the offer
     * @param failure gets why there is none
     * @return completes in either case
     * @deprecated use {@link #createOffer()}
     */
    @Deprecated
    public CompletableFuture<Void> createOffer(Consumer<RTCSessionDescription> success, Consumer<Throwable> failure) {
        return LegacyCallbacks.call(createOffer(), success, failure);
    }

    /**
     * Calls back instead of returning the result.
     *
     * @param success gets the offer
     * @param failure gets why there is none
     * @param options as of {@link #createOffer(RTCOfferOptions)}
     * @return completes in either case
     * @deprecated use {@link #createOffer(RTCOfferOptions)}
     */
    @Deprecated
    public CompletableFuture<Void> createOffer(
            Consumer<RTCSessionDescription> success, Consumer<Throwable> failure, RTCOfferOptions options) {
        return LegacyCallbacks.call(createOffer(options), success, failure);
    }

    /**
     * Calls back instead of returning the result.
     *
     * @param success gets the answer
     * @param failure gets why there is none
     * @return completes in either case
     * @deprecated use {@link #createAnswer()}
     */
    @Deprecated
    public CompletableFuture<Void> createAnswer(Consumer<RTCSessionDescription> success, Consumer<Throwable> failure) {
        return LegacyCallbacks.call(createAnswer(), success, failure);
    }

    /**
     * Calls back instead of returning the result.
     *
     * @param description as of {@link #setLocalDescription(RTCSessionDescription)}
     * @param success called when it is set
     * @param failure gets why it is not
     * @return completes in either case
     * @deprecated use {@link #setLocalDescription(RTCSessionDescription)}
     */
    @Deprecated
    public CompletableFuture<Void> setLocalDescription(
            RTCSessionDescription description, Runnable success, Consumer<Throwable> failure) {
        return LegacyCallbacks.call(setLocalDescription(description), v -> success.run(), failure);
    }

    /**
     * Calls back instead of returning the result.
     *
     * @param description as of {@link #setRemoteDescription(RTCSessionDescription)}
     * @param success called when it is set
     * @param failure gets why it is not
     * @return completes in either case
     * @deprecated use {@link #setRemoteDescription(RTCSessionDescription)}
     */
    @Deprecated
    public CompletableFuture<Void> setRemoteDescription(
            RTCSessionDescription description, Runnable success, Consumer<Throwable> failure) {
        return LegacyCallbacks.call(setRemoteDescription(description), v -> success.run(), failure);
    }

    /**
     * Calls back instead of returning the result.
     *
     * @param candidate as of {@link #addIceCandidate(RTCIceCandidate)}
     * @param success called when it is added
     * @param failure gets why it is not
     * @return completes in either case
     * @deprecated use {@link #addIceCandidate(RTCIceCandidate)}
     */
    @Deprecated
    public CompletableFuture<Void> addIceCandidate(
            RTCIceCandidate candidate, Runnable success, Consumer<Throwable> failure) {
        return LegacyCallbacks.call(addIceCandidate(candidate), v -> success.run(), failure);
    }

    /**
     * Sends all tracks of a stream that are not being sent yet.
     *
     * @param stream of tracks
     * @deprecated use {@link #addTrack}
     */
    @Deprecated
    public void addStream(MediaStream stream) {
        for (MediaStreamTrack t : stream.getTracks()) {
            if (getSenders().stream().noneMatch(s -> s.getTrack() == t)) {
                addTrack(t, stream);
            }
        }
    }

    /**
     * Stops sending all tracks of a stream.
     *
     * @param stream of tracks
     * @deprecated use {@link #removeTrack}
     */
    @Deprecated
    public void removeStream(MediaStream stream) {
        for (RTCRtpSender s : getSenders()) {
            if (s.getTrack() != null && stream.getTracks().contains(s.getTrack())) {
                removeTrack(s);
            }
        }
    }

    /**
     * {@return the peer's streams}
     *
     * @deprecated use {@link #getReceivers()}
     */
    @Deprecated
    public List<MediaStream> getRemoteStreams() {
        return slots.call(descriptions::remoteStreams);
    }

    /**
     * Sets the one handler of {@code addstream}: the peer has a new stream.
     *
     * @param handler gets the stream; null clears it
     * @deprecated use {@link #onTrack}
     */
    @Deprecated
    public void onAddStream(Consumer<? super MediaStreamEvent> handler) {
        setHandler(ADD_STREAM, handler);
    }

    /**
     * Sets the one handler of {@code removestream}: no track is left in a stream of the peer.
     *
     * @param handler gets the stream; null clears it
     * @deprecated use {@link MediaStream#onRemoveTrack}
     */
    @Deprecated
    public void onRemoveStream(Consumer<? super MediaStreamEvent> handler) {
        setHandler(REMOVE_STREAM, handler);
    }
}
