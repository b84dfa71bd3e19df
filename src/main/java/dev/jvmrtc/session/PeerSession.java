package dev.jvmrtc.session;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.core.DatagramSink;
import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.datachannel.ChannelParameters;
import dev.jvmrtc.datachannel.DataChannelEvent;
import dev.jvmrtc.datachannel.DataChannels;
import dev.jvmrtc.dtls.DtlsEngine;
import dev.jvmrtc.dtls.DtlsIdentity;
import dev.jvmrtc.ice.Candidate;
import dev.jvmrtc.ice.CandidatePair;
import dev.jvmrtc.ice.IceCredentials;
import dev.jvmrtc.ice.IceState;
import dev.jvmrtc.jsep.JsepTransceiver;
import dev.jvmrtc.jsep.SessionPlan;
import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.rtp.congestion.BitrateShares;
import dev.jvmrtc.rtp.congestion.SendRateEstimate;
import dev.jvmrtc.rtp.payload.OutgoingFrame;
import dev.jvmrtc.rtp.stream.OutgoingPacket;
import dev.jvmrtc.rtp.stream.Pacer;
import dev.jvmrtc.rtp.stream.PacketPool;
import dev.jvmrtc.rtp.stream.QueuedPacket;
import dev.jvmrtc.rtp.stream.ReceiveMemory;
import dev.jvmrtc.rtp.stream.RepeatedPacket;
import dev.jvmrtc.rtp.stream.RtpReceiveStream;
import dev.jvmrtc.rtp.stream.RtpSendStream;
import dev.jvmrtc.sctp.Association;
import dev.jvmrtc.sctp.SctpConfig;
import dev.jvmrtc.sctp.rx.HeldBytes;
import dev.jvmrtc.wire.ByteWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Everything of a peer connection below the W3C slots, without I/O: transports, media and data, composed as a {@link SessionPlan} says. Two of these and a
 * function that carries datagrams between them are a whole call.
 */
public final class PeerSession implements ProtocolCore<SessionEvent>, Transport.Upper {

    /** The wall clock, once: RTCP sender reports need it. {@code atNanos} is the monotonic time of that moment. */
    public record WallClock(long epochMillis, long atNanos) {
        long ntp(long now) {
            long nanos = now - atNanos;
            long millis = epochMillis + 2_208_988_800_000L + Math.floorDiv(nanos, 1_000_000L);
            long fraction = (millis % 1_000 * 1_000_000 + Math.floorMod(nanos, 1_000_000L)) * 4_294_967_296L / 1_000_000_000L;
            return millis / 1_000 << 32 | fraction & 0xffffffffL;
        }
    }

    /** Messages and channels asked for before the SCTP association exists. */
    private record PendingOpen(int handle, ChannelParameters parameters, Integer streamId) {
    }


    private final DtlsIdentity identity;
    private final DtlsEngine.Factory dtlsFactory;
    private final RandomSource random;
    private final WallClock wallClock;
    private final String cname;
    private final int maxMessageSize;
    private final Counters drops = new Counters();
    private final ArrayDeque<SessionEvent> events = new ArrayDeque<>();
    private final Map<Integer, Transport> transports = new LinkedHashMap<>();
    /** The same, unchanging: transports come and go while it is gone through. */
    private List<Transport> transportsNow = List.of();
    private final Map<Integer, MediaRouter> routers = new LinkedHashMap<>();
    private final Map<Integer, RtcpReporter> reporters = new LinkedHashMap<>();
    private final Map<JsepTransceiver, MediaSection> sections = new LinkedHashMap<>();
    private final Map<JsepTransceiver, List<SourceFormat>> sources = new LinkedHashMap<>();
    private final Set<JsepTransceiver> rawReceivers = new LinkedHashSet<>();
    private final Set<JsepTransceiver> unheard = new LinkedHashSet<>();
    private final Map<Integer, SendRateEstimate> sendRates = new LinkedHashMap<>();
    /** Of {@code low}, which is what an encoding has that asks for nothing (webrtc-priority §4.1). */
    private static final int USUAL_WEIGHT = 256;

    /** What a sender's encoding asks of its share. */
    private record Share(long maxBitrate, int weight) {
        static final Share USUAL = new Share(Long.MAX_VALUE, USUAL_WEIGHT);
    }

    private final Map<JsepTransceiver, Share> wantedShares = new LinkedHashMap<>();
    private final Map<Integer, Pacer> pacers = new LinkedHashMap<>();
    private final PacketPool pool = new PacketPool();
    private final ReceiveMemory receiveMemory = new ReceiveMemory();
    private final List<PendingOpen> pendingOpens = new ArrayList<>();
    private final List<Long> byes = new ArrayList<>();
    private final RtpPacket forwarded = new RtpPacket();

    private DataChannels data;
    private int nextIncomingChannel = -1;
    private Integer dataTransport;
    private SessionPlan.Data dataPlan;
    private boolean dataEnded;
    private int nextStreamId;
    private boolean relayOnly;
    /** See {@link #setReleaseAfterFailure}. */
    public static final long DEFAULT_RELEASE_AFTER_NANOS = 30_000_000_000L;
    private boolean lite;
    private long releaseAfterNanos = DEFAULT_RELEASE_AFTER_NANOS;
    private Predicate<InetSocketAddress> remoteFilter = a -> true;
    private SctpConfig.CongestionControl congestionControl = SctpConfig.CongestionControl.CUBIC;
    private int receiveWindow = SctpConfig.DEFAULT_RECEIVE_WINDOW;
    private int maxDataChannels = DataChannels.DEFAULT_MAX_INCOMING;
    /** What the peer's data makes us hold, whichever association it came on. */
    private HeldBytes heldForData;
    private boolean closed;

    public PeerSession(DtlsIdentity identity, DtlsEngine.Factory dtlsFactory, RandomSource random, WallClock wallClock, String cname, int maxMessageSize) {
        this.identity = identity;
        this.dtlsFactory = dtlsFactory;
        this.random = random;
        this.wallClock = wallClock;
        this.cname = cname;
        this.maxMessageSize = maxMessageSize;
    }

    // ---------------------------------------------------------------- negotiation

    /** Takes on a plan: opens, changes and closes transports, sections and the data association until they are as it says. */
    public void apply(long now, SessionPlan plan) {
        if (closed) {
            return;
        }
        for (SessionPlan.Transport t : plan.transports()) {
            Transport transport = transports.get(t.id());
            if (transport == null) {
                transport = open(t, false);
            } else if (transport.isPooled()) {
                transport.adopt(now, t);
            }
            transport.apply(now, t);
        }
        applyMedia(now, plan);
        applyData(now, plan.data());
        transportsNow.forEach(t -> t.requireSrtp(now));
        for (Integer id : List.copyOf(transports.keySet())) {
            boolean waiting = transports.get(id).isPooled() && plan.transports().isEmpty();
            if (!waiting && plan.transports().stream().noneMatch(t -> t.id() == id)) {
                closeTransport(now, id, null);
            }
        }
    }

    private Transport open(SessionPlan.Transport t, boolean pooled) {
        Transport transport = new Transport(t, identity, dtlsFactory, random, () -> ++nextStreamId, relayOnly, lite, pooled, new LettingGo(releaseAfterNanos), this, events, drops);
        transport.ice.setRemoteFilter(remoteFilter);
        transports.put(t.id(), transport);
        transportsNow = List.copyOf(transports.values());
        sendRates.put(t.id(), new SendRateEstimate());
        routers.put(t.id(), new MediaRouter(drops, sendRates.get(t.id())));
        reporters.put(t.id(), new RtcpReporter(random, cname));
        pacers.put(t.id(), new Pacer());
        return transport;
    }

    /**
     * Transports of a plan to come, which gather ahead (RTCConfiguration.iceCandidatePoolSize): those that have the ids 1 … {@code size}. What was gathered for
     * such ones before is given up. Nothing happens once a plan has brought transports.
     */
    public void gatherAhead(long now, int size) {
        if (closed || transports.values().stream().anyMatch(t -> !t.isPooled())) {
            return;
        }
        for (Integer id : List.copyOf(transports.keySet())) {
            closeTransport(now, id, null);
        }
        for (int id = 1; id <= size; id++) {
            IceCredentials unknown = IceCredentials.random(random); // those that count come with the plan; until then nobody knows these
            open(new SessionPlan.Transport(id, List.of(), unknown.usernameFragment(), unknown.password(), null, null, false, false, null, List.of(), null),
                true);
        }
    }

    private void applyMedia(long now, SessionPlan plan) {
        Map<JsepTransceiver, MediaSection> old = new LinkedHashMap<>(sections);
        sections.clear();
        for (SessionPlan.Media m : plan.media()) {
            MediaSection s = old.remove(m.transceiver());
            boolean wasSending = s != null && s.plan.send();
            if (s == null) {
                s = new MediaSection(m, random, pool, receiveMemory, events, drops);
                s.setSource(sources.getOrDefault(m.transceiver(), List.of()));
                s.setRawRtp(rawReceivers.contains(m.transceiver()));
                s.setHeard(!unheard.contains(m.transceiver()));
            } else {
                s.apply(m);
            }
            if (wasSending && !m.send()) {
                byes.add(m.transceiver().ssrc);
            }
            sections.put(m.transceiver(), s);
        }
        old.values().forEach(MediaSection::forgetSources);
        old.values().stream().filter(s -> s.plan.send()).forEach(s -> byes.add(s.transceiver.ssrc));
        for (Map.Entry<Integer, MediaRouter> e : routers.entrySet()) {
            List<MediaSection> own = sections.values().stream().filter(s -> s.plan.transportId() == e.getKey()).toList();
            e.getValue().setSections(now, own, reporters.get(e.getKey()));
            startMedia(now, e.getKey());
        }
    }

    private void startMedia(long now, int transportId) {
        Transport t = transports.get(transportId);
        List<MediaSection> own = routers.get(transportId).sections();
        if (t.hasKeys() && !own.isEmpty()) {
            own.forEach(MediaSection::maybeStartSending);
            reporters.get(transportId).start(now);
            divideBitrate(transportId);
        }
    }

    /** Tells the senders of a transport what each may send of what the path carries. */
    private void divideBitrate(int transportId) {
        List<MediaSection> sending = routers.get(transportId).sections().stream().filter(MediaSection::isSending).toList();
        boolean[] video = new boolean[sending.size()];
        long[] limits = new long[sending.size()];
        int[] weights = new int[sending.size()];
        for (int i = 0; i < limits.length; i++) {
            video[i] = sending.get(i).video;
            Share wanted = wantedShares.getOrDefault(sending.get(i).transceiver, Share.USUAL);
            limits[i] = Math.min(sending.get(i).plan.maxBitrate(), wanted.maxBitrate);
            weights[i] = wanted.weight;
        }
        long[] shares = BitrateShares.divide(sendRates.get(transportId).mediaBitsPerSecond(), video, limits, weights);
        for (int i = 0; i < shares.length; i++) {
            sending.get(i).setTargetBitrate(shares[i]);
        }
    }

    private void applyData(long now, SessionPlan.Data plan) {
        if (plan == null) {
            if (data != null && dataPlan != null && !dataEnded) {
                data.abort("data section removed");
                pumpData();
            }
            dataPlan = null;
            return;
        }
        dataPlan = plan;
        dataTransport = plan.transportId();
        Transport t = transports.get(dataTransport);
        if (t != null && t.connection() != null) {
            startData(now, t);
        }
    }

    /** The data section was refused: channels that wait for an association are forgotten without an event, since their owner has ended them. */
    public void dataRefused() {
        pendingOpens.clear();
    }

    private void startData(long now, Transport t) {
        if (data != null || dataPlan == null) {
            return;
        }
        SctpConfig config = SctpConfig.of(dataPlan.localPort(), dataPlan.remotePort()).withMaxMessageSize(maxMessageSize)
            .withReceiveWindow(receiveWindow).withCongestionControl(congestionControl);
        if (heldForData == null) {
            heldForData = new HeldBytes(receiveWindow);
        }
        data = new DataChannels(config, t.isDtlsClient(), random, nextIncomingChannel, maxDataChannels, heldForData);
        for (PendingOpen p : pendingOpens) {
            data.open(p.handle, p.parameters, p.streamId);
        }
        pendingOpens.clear();
        data.association().setPath(t.packetLimit(), t.isInsideMachine());
        data.connect(now);
    }

    // ---------------------------------------------------------------- addresses and candidates

    /** Changes a transport, if it is still there, and passes on what that leads to. */
    private void change(long now, int transportId, Consumer<Transport> change) {
        Transport t = transports.get(transportId);
        if (t != null) {
            change.accept(t);
            t.afterChange(now);
        }
    }

    /** A socket was bound for a transport; {@code localPreference} 0 … 65535, the larger the better. */
    public void addLocalAddress(long now, int transportId, InetSocketAddress address, int localPreference) {
        addLocalAddress(now, transportId, address, address, localPreference);
    }

    /** As above, where peers reach the socket under {@code advertised}. */
    public void addLocalAddress(long now, int transportId, InetSocketAddress address, InetSocketAddress advertised, int localPreference) {
        change(now, transportId, t -> t.addLocalAddress(now, address, advertised, localPreference));
    }

    /** An address of ours that other connections use too: servers cannot be asked from it. */
    public void addSharedAddress(long now, int transportId, InetSocketAddress address, InetSocketAddress advertised, int localPreference) {
        Transport t = transports.get(transportId);
        if (t != null && !t.isRelayOnly()) {
            t.ice.addLocalAddress(now, address, advertised, localPreference);
            t.afterChange(now);
        }
    }

    /** A socket that TURN servers may be asked from, and that is no candidate itself. */
    public void addRelayBase(int transportId, InetSocketAddress address) {
        Transport t = transports.get(transportId);
        if (t != null) {
            t.relays.addBase(address, 0);
        }
    }

    /** Whether a transport has no path that it goes by: then addresses of ours that come now may find one. */
    public boolean seeksPath() {
        for (Transport t : transports.values()) {
            if (!t.isPooled() && !t.isClosed() && t.ice.seeksPath()) {
                return true;
            }
        }
        return false;
    }

    /** Whether a server has given a transport nothing so far, and is not being asked: it is to be added where it can be reached. */
    public boolean lacksServer(int transportId, String url) {
        Transport t = transports.get(transportId);
        return t != null && !t.ice.hasServer(url) && !t.relays.hasServer(url);
    }

    /** Whether transports opened from now on use relays only (webrtc-pc RTCIceTransportPolicy). */
    public void setRelayOnly(boolean only) {
        relayOnly = only;
    }

    /** Whether transports opened from now on answer checks only (RFC 8445 §2.5). The descriptions must say so. */
    public void setIceLite(boolean only) {
        lite = only;
    }

    /** Which addresses of the peer are wanted, for transports opened from now on; see {@link dev.jvmrtc.ice.IceAgent#setRemoteFilter}. */
    public void setRemoteFilter(Predicate<InetSocketAddress> wanted) {
        remoteFilter = wanted;
    }

    /** How long after its failure a transport opened from now on lets go of its sockets; {@link ProtocolCore#NEVER} for never. */
    public void setReleaseAfterFailure(long nanos) {
        releaseAfterNanos = nanos;
    }

    /** How data of channels is sent, how many bytes of the peer's may wait to be consumed, and how many channels it may open; before the first description. */
    public void setDataLimits(SctpConfig.CongestionControl control, int receiveBuffer, int maxChannels) {
        congestionControl = control;
        receiveWindow = receiveBuffer;
        maxDataChannels = maxChannels;
    }

    /** Our credentials of a transport's present generation; null where it is gone. */
    public IceCredentials localCredentials(int transportId) {
        Transport t = transports.get(transportId);
        return t == null ? null : t.ice.localCredentials();
    }

    /** Whether the STUN message that a transport has handled last has proved to be the peer's. */
    public boolean wasAuthentic(int transportId) {
        Transport t = transports.get(transportId);
        return t != null && !t.isClosed() && t.ice.wasAuthentic();
    }

    /** The pair that a transport's data goes over; null where there is none. */
    public CandidatePair selectedPair(int transportId) {
        Transport t = transports.get(transportId);
        return t == null ? null : t.ice.selectedPair();
    }

    /** A TURN server by one of its addresses. The sockets that it may be asked from have been added before. */
    public void addTurnServer(long now, int transportId, TurnServer server, InetSocketAddress address) {
        change(now, transportId, t -> t.relays.addServer(now, server, address));
    }

    // ---------------------------------------------------------------- streams

    /** The stream that was asked for is open, over TLS if that was asked for. */
    public void streamOpened(long now, int streamId) {
        Transport t = transportOfStream(streamId);
        if (t != null) {
            t.streamOpened(now, streamId);
        }
    }

    /** Bytes of a stream, cut anyhow. */
    public void streamReceived(long now, int streamId, byte[] data, int offset, int length) {
        Transport t = transportOfStream(streamId);
        if (t != null) {
            t.streamReceived(now, streamId, data, offset, length);
        }
    }

    /** The stream could not be opened, or has ended without our asking. */
    public void streamClosed(long now, int streamId, String reason) {
        Transport t = transportOfStream(streamId);
        if (t != null) {
            t.streamClosed(now, streamId, reason);
        }
    }

    private Transport transportOfStream(int streamId) {
        for (Transport t : transports.values()) {
            if (t.hasStream(streamId)) {
                return t;
            }
        }
        return null;
    }

    /** Somebody has opened a stream to a listener of a transport; its number, or 0 where it is to be closed. */
    public int streamAccepted(long now, int transportId, InetSocketAddress listener, InetSocketAddress remote) {
        Transport t = transports.get(transportId);
        return t == null ? 0 : t.streamAccepted(now, listener, remote);
    }

    // ---------------------------------------------------------------- candidates

    /** An address that TCP streams may be opened from, and how peers see it. */
    public void addActiveTcpAddress(long now, int transportId, InetAddress address, InetAddress advertised, int localPreference) {
        change(now, transportId, t -> t.addActiveTcpAddress(now, address, advertised, localPreference));
    }

    /** A TCP listener, and how peers reach it; see {@link #streamAccepted}. */
    public void addPassiveTcpAddress(long now, int transportId, InetSocketAddress listener, InetSocketAddress advertised, int localPreference) {
        change(now, transportId, t -> t.addPassiveTcpAddress(now, listener, advertised, localPreference));
    }

    /** No TCP stream can start or end at the address any more. */
    public void removeTcpAddress(long now, int transportId, InetAddress address) {
        change(now, transportId, t -> t.ice.removeTcpAddress(now, address));
    }

    /** From now on the peer is told the name in place of the address, which somebody answers for. */
    public void hideAddress(int transportId, InetAddress address, String name) {
        Transport t = transports.get(transportId);
        if (t != null) {
            t.ice.hideAddress(address, name);
        }
    }

    /** A socket has gone with its address: the call goes on over another one, if there is one. */
    public void removeLocalAddress(long now, int transportId, InetSocketAddress address) {
        change(now, transportId, t -> {
            t.ice.removeLocalAddress(now, address);
            t.relays.removeBase(now, address);
        });
    }

    public void addStunServer(long now, int transportId, String url, InetSocketAddress address) {
        change(now, transportId, t -> t.ice.addServer(now, url, address));
    }

    /** No more addresses or servers will be added to the transport. */
    public void localAddressesComplete(long now, int transportId) {
        change(now, transportId, t -> t.ice.localAddressesComplete());
    }

    /** A candidate of the peer. Names are handed to the driver to be resolved. */
    public void addRemoteCandidate(long now, int transportId, Candidate candidate) {
        Transport t = transports.get(transportId);
        if (t == null) {
            drops.count("remote candidate for a transport that is gone");
        } else if (candidate.isName()) {
            events.add(new SessionEvent.ResolveCandidate(transportId, candidate));
        } else {
            t.ice.addRemoteCandidate(now, candidate);
            t.afterChange(now);
        }
    }

    public void endOfRemoteCandidates(long now, int transportId) {
        change(now, transportId, t -> t.ice.endOfRemoteCandidates(now));
    }

    // ---------------------------------------------------------------- data channels

    public void openChannel(int handle, ChannelParameters parameters, Integer streamId) {
        if (data != null) {
            data.open(handle, parameters, streamId);
            pumpData();
        } else {
            pendingOpens.add(new PendingOpen(handle, parameters, streamId));
        }
    }

    public void sendMessage(long now, int handle, boolean binary, byte[] message) {
        sendMessage(now, handle, binary, ByteBuffer.wrap(message), DataChannels.NO_RECEIPT);
    }

    /** The same for what remains in a buffer; for {@code receipt} see {@link DataChannels#send(long, int, boolean, ByteBuffer, long)}. */
    public void sendMessage(long now, int handle, boolean binary, ByteBuffer message, long receipt) {
        if (data == null) {
            drops.count("message before the association");
            if (receipt != DataChannels.NO_RECEIPT) {
                events.add(new SessionEvent.DataChannel(new DataChannelEvent.Finished(receipt, false)));
            }
            return;
        }
        data.send(now, handle, binary, message, receipt);
        pumpData();
    }

    /** The application has taken events that {@linkplain DataChannelEvent#held held} so many bytes; the peer's window opens by as much. */
    public void messagesConsumed(long bytes) {
        if (data != null) {
            data.association().consumed(bytes);
        } else if (heldForData != null) {
            heldForData.taken(bytes); // of an association that is gone
        }
    }

    public void closeChannel(int handle) {
        if (data != null) {
            data.close(handle);
            pumpData();
        } else if (pendingOpens.removeIf(p -> p.handle == handle)) {
            events.add(new SessionEvent.DataChannel(new DataChannelEvent.Closed(handle, null, null)));
        }
    }

    private void pumpData() {
        for (DataChannelEvent e = data.pollEvent(); e != null; e = data.pollEvent()) {
            dataEnded |= e instanceof DataChannelEvent.TransportClosed;
            events.add(new SessionEvent.DataChannel(e));
        }
    }

    // ---------------------------------------------------------------- media

    /** What the track of a sender can deliver; empty for no track. */
    public void setSource(JsepTransceiver transceiver, List<SourceFormat> formats) {
        sources.put(transceiver, formats);
        MediaSection s = sections.get(transceiver);
        if (s != null) {
            s.setSource(formats);
            Transport t = transports.get(s.plan.transportId());
            if (t != null && t.hasKeys()) {
                s.maybeStartSending();
                divideBitrate(t.id);
            }
        }
    }

    /**
     * How much of what the path carries a sender is told to send.
     *
     * @param maxBitrate the most, in bits per second; {@code Long.MAX_VALUE} for no limit
     * @param weight beside other senders of video
     */
    public void setShare(JsepTransceiver transceiver, long maxBitrate, int weight) {
        wantedShares.put(transceiver, new Share(maxBitrate, weight));
        MediaSection s = sections.get(transceiver);
        Transport t = s == null ? null : transports.get(s.plan.transportId());
        if (t != null && t.hasKeys()) {
            divideBitrate(t.id);
        }
    }

    /** Whether anybody takes what a receiver receives, as is assumed until this is called; while nobody does, no key frames are asked for. */
    public void setHeard(JsepTransceiver transceiver, boolean heard) {
        if (heard) {
            unheard.remove(transceiver);
        } else {
            unheard.add(transceiver);
        }
        MediaSection s = sections.get(transceiver);
        if (s != null) {
            s.setHeard(heard);
        }
    }

    /** Asks for the packets of a receiver besides its frames. */
    public void setRawRtp(JsepTransceiver transceiver, boolean raw) {
        if (raw) {
            rawReceivers.add(transceiver);
        } else {
            rawReceivers.remove(transceiver);
        }
        MediaSection s = sections.get(transceiver);
        if (s != null) {
            s.setRawRtp(raw);
        }
    }

    /**
     * Sends a frame of the chosen codec; counted and dropped while nothing can be sent.
     *
     * @param captureNanos when it was taken, by the clock of {@code now}
     */
    public void sendFrame(long now, JsepTransceiver transceiver, OutgoingFrame frame, long captureNanos) {
        MediaSection s = sections.get(transceiver);
        Transport t = s == null ? null : transports.get(s.plan.transportId());
        if (t == null || !t.hasKeys() || !s.sendFrame(now, frame, captureNanos, pacers.get(t.id))) {
            drops.count("frame to send while nothing can be sent");
        }
    }

    /** A server could not be asked at all, for what the driver knows of it. */
    public void serverFailed(long now, int transportId, String url, int code, String text) {
        Transport t = transports.get(transportId);
        if (t != null) {
            t.serverFailed(now, url, null, code, text);
        }
    }

    /** Something was dropped before it came here. */
    public void countDrop(String reason) {
        drops.count(reason);
    }

    /** A source was faster than we are, and so much of it never came here: a picture has to begin anew. */
    public void mediaDropped(long now, JsepTransceiver transceiver, long count) {
        drops.count("media of a source that is faster than it can be sent", count);
        MediaSection s = sections.get(transceiver);
        if (s != null) {
            s.keyFrameRequests.request(now);
        }
    }

    /**
     * Forwards an RTP packet in the clear.
     *
     * @param skipped the sequence number of the last packet before it that was dropped here, or −1: only what was missing after that one shows as a gap
     */
    public void sendRtp(long now, JsepTransceiver transceiver, byte[] packet, int skipped) {
        MediaSection s = sections.get(transceiver);
        Transport t = s == null ? null : transports.get(s.plan.transportId());
        if (!forwarded.wrap(packet, 0, packet.length)) {
            drops.count("malformed RTP packet to send");
            return;
        }
        if (s != null && skipped >= 0) {
            s.skipPacket(skipped);
        }
        if (t == null || !t.hasKeys() || !s.sendPacket(forwarded, now, pacers.get(t.id))) {
            drops.count("RTP packet to send while nothing can be sent");
            if (s != null) {
                s.skipPacket(forwarded.sequenceNumber());
            }
        }
    }

    /** Asks the sender of a receiver's picture for a key frame. */
    public void requestKeyFrame(JsepTransceiver transceiver) {
        MediaSection s = sections.get(transceiver);
        if (s != null) {
            s.requestKeyFrame();
        }
    }

    // ---------------------------------------------------------------- input from below

    public void handleDatagram(long now, int transportId, InetSocketAddress local, InetSocketAddress remote, byte[] bytes, int offset, int length) {
        Transport t = transports.get(transportId);
        if (t != null) {
            t.handleDatagram(now, local, remote, bytes, offset, length);
        }
    }

    @Override
    public void rtp(long now, Transport from, byte[] bytes, int offset, int length) {
        routers.get(from.id).handleRtp(now, bytes, offset, length, reporters.get(from.id));
    }

    @Override
    public void rtcp(long now, Transport from, byte[] bytes, int offset, int length) {
        routers.get(from.id).handleRtcp(now, bytes, offset, length, wallClock.ntp(now), from.roundTripNanos(), pacers.get(from.id));
        divideBitrate(from.id);
    }

    @Override
    public void applicationData(long now, Transport from, byte[] bytes, int length) {
        if (data == null && dataPlan != null && from.id == dataTransport) {
            startData(now, from);
        }
        if (data == null) {
            drops.count("SCTP without a data section");
            return;
        }
        data.handlePacket(now, bytes, 0, length);
        pumpData();
    }

    @Override
    public void dtlsConnected(long now, Transport from) {
        if (dataPlan != null && dataTransport == from.id) {
            startData(now, from);
        }
        startMedia(now, from.id);
    }

    @Override
    public boolean carriesMedia(Transport transport) {
        return sections.values().stream().anyMatch(s -> s.plan.transportId() == transport.id && (s.plan.send() || s.plan.receive()));
    }

    @Override
    public void dtlsClosed(long now, Transport from) {
        if (data != null && dataTransport == from.id && !dataEnded) {
            data.abort("DTLS closed");
            pumpData();
        }
    }

    @Override
    public void pathSelected(Transport from) {
        if (data != null && dataTransport == from.id && !dataEnded) {
            data.association().setPath(from.packetLimit(), from.isInsideMachine());
        }
        sections.values().stream().filter(s -> s.plan.transportId() == from.id).forEach(MediaSection::pathSelected);
    }

    /**
     * What the link under a direct path takes.
     *
     * @param mtu the link's, in bytes of IP packets
     * @param insideMachine whether the peer is on this machine
     */
    public void setLink(int transportId, InetSocketAddress local, InetSocketAddress remote, int mtu, boolean insideMachine) {
        Transport t = transports.get(transportId);
        if (t != null && t.setLink(local, remote, mtu, insideMachine)) {
            pathSelected(t);
        }
    }

    @Override
    public void pathChanged(long now, Transport from) {
        if (data != null && dataTransport == from.id && !dataEnded) {
            data.association().pathChanged(now);
        }
    }

    @Override
    public void dtlsRestarted(long now, Transport from) {
        if (data != null && dataTransport == from.id) {
            data.abandon("the peer has been replaced by another");
            pumpData();
            nextIncomingChannel = data.nextIncomingHandle();
            data = null;
            dataEnded = false;
        }
        pacers.get(from.id).clear(pool);
        sendRates.put(from.id, new SendRateEstimate());
        routers.put(from.id, new MediaRouter(drops, sendRates.get(from.id)));
        List<MediaSection> own = sections.values().stream().filter(s -> s.plan.transportId() == from.id).toList();
        own.forEach(MediaSection::restart);
        routers.get(from.id).setSections(now, own, reporters.get(from.id));
    }

    // ---------------------------------------------------------------- time

    @Override
    public void handleTimeout(long now) {
        if (closed) {
            return;
        }
        for (Transport t : transportsNow) {
            t.handleTimeout(now);
        }
        routers.values().forEach(r -> r.handleTimeout(now));
        if (isDataFlowing()) {
            data.handleTimeout(now);
            pumpData();
        }
    }

    /** May change after any other call. */
    @Override
    public long nextTimeoutNanos() {
        if (closed) {
            return NEVER;
        }
        long next = NEVER;
        for (Transport t : transports.values()) {
            next = ProtocolCore.soonest(next, t.nextTimeoutNanos());
            if (t.hasLetGo()) {
                continue; // there is nothing to send from
            }
            if (t.hasKeys()) { // without them no report and no feedback can leave: what is due would be due for ever, and the loop would spin
                next = ProtocolCore.soonest(next, reporters.get(t.id).nextTimeoutNanos());
                next = ProtocolCore.soonest(next, routers.get(t.id).nextTimeoutNanos());
            }
            next = ProtocolCore.soonest(next, pacers.get(t.id).nextTimeoutNanos());
        }
        return dataEnded || !isDataFlowing() ? next : ProtocolCore.soonest(next, data.nextTimeoutNanos());
    }

    /** Whether packets of the association can leave. Where not, as while its transport is being replaced, its clock stands: no timer could do anything. */
    private boolean isDataFlowing() {
        Transport t = data == null ? null : transports.get(dataTransport);
        return t != null && t.connection() != null;
    }

    // ---------------------------------------------------------------- output

    /** Sends all that may leave now. */
    public void drain(long now, DatagramSink sink) {
        for (Transport t : transportsNow) {
            t.beginDrain(now, sink);
            if (data != null && t.id == dataTransport && t.connection() != null) {
                data.drain(now, t::sendApplicationData);
                pumpData();
            }
            drainMedia(now, t);
            t.endDrain();
            t.afterChange(now);
        }
    }

    private void drainMedia(long now, Transport t) {
        Pacer pacer = pacers.get(t.id);
        SendRateEstimate sendRate = sendRates.get(t.id);
        pacer.setPathRate(now, sendRate.bitsPerSecond());
        for (QueuedPacket q = pacer.poll(now); q != null; q = pacer.poll(now)) {
            sendRate.handleSent(now, q.length());
            if (q instanceof OutgoingPacket p) {
                p.stream().beforeProtect(p, t.sentNumbers, now);
                t.sendRtp(p.data(), p.length(), p.stream().keepsProtected());
                pool.release(p);
            } else if (q instanceof RepeatedPacket r) {
                t.repeatRtp(r.ssrc(), r.sequence());
            }
        }
        if (t.hasKeys()) {
            RtcpReporter reporter = reporters.get(t.id);
            reporter.run(now, wallClock.ntp(now), routers.get(t.id), w -> sendRtcp(t, w));
            byes.forEach(ssrc -> reporter.bye(ssrc & 0xffffffffL, w -> sendRtcp(t, w)));
            byes.clear();
        }
    }

    private static void sendRtcp(Transport t, ByteWriter w) {
        int length = w.length();
        w.zeros(32); // room for the index and the tag
        t.sendRtcp(w.array(), length);
    }

    // ---------------------------------------------------------------- the end

    private void closeTransport(long now, int id, DatagramSink sink) {
        Transport t = transports.get(id);
        t.close(now, sink);
        transports.remove(id); // where that throws, it is left for abandon()
        transportsNow = List.copyOf(transports.values());
        routers.remove(id);
        reporters.remove(id);
        sendRates.remove(id);
        pacers.remove(id).clear(pool);
    }

    /**
     * Gives back what handshakes hold outside the session, their threads, where the session has failed or its {@link #close} has: says nothing to anybody, tells no event, and
     * throws nothing. Can be called again, and after {@code close}. Nothing but this may be called afterwards.
     *
     * @param thrown is told what keeps one of them from its end, such as an Error of a full heap; the others end all the same
     */
    public void abandon(Consumer<Throwable> thrown) {
        closed = true;
        for (Transport t : transports.values()) {
            try {
                t.abandon();
            } catch (Throwable e) {
                thrown.accept(e);
            }
        }
    }

    /** Ends everything; close_notify leaves through the sink. */
    public void close(long now, DatagramSink sink) {
        if (closed) {
            return;
        }
        closed = true;
        for (Integer id : List.copyOf(transports.keySet())) {
            Transport t = transports.get(id);
            if (t.hasKeys()) {
                t.beginDrain(now, sink);
                for (MediaSection s : routers.get(id).sections()) {
                    if (s.plan.send() && s.sender != null) {
                        reporters.get(id).bye(s.transceiver.ssrc, w -> sendRtcp(t, w));
                    }
                }
                t.endDrain();
            }
            closeTransport(now, id, sink);
        }
        sections.clear();
    }

    @Override
    public SessionEvent pollEvent() {
        return events.poll();
    }

    // ---------------------------------------------------------------- statistics

    /** Drops by reason, of the session and its parts. */
    public Map<String, Long> dropCounts() {
        Map<String, Long> all = drops.snapshot();
        for (Transport t : transports.values()) {
            t.ice.drops().snapshot().forEach((k, v) -> all.merge(k, v, Long::sum));
            t.relays.addDropsTo(all);
            t.dtlsDrops().forEach((k, v) -> all.merge(k, v, Long::sum));
        }
        if (data != null) {
            data.drops().snapshot().forEach((k, v) -> all.merge(k, v, Long::sum));
            data.association().drops().snapshot().forEach((k, v) -> all.merge(k, v, Long::sum));
        }
        return all;
    }

    /**
     * What is held now because of the peer: docs/limits.md says how much of each there may be.
     *
     * @param data bytes of its data channels, and of these
     * @param dataUnfinished in messages that are not whole
     * @param dataUntaken in events that the application has not taken
     * @param media bytes of its packets that wait for the rest of their frames
     * @param packets of ours that wait to be sent
     */
    public record Held(long data, long dataUnfinished, long dataUntaken, long media, int packets) {
    }

    public Held held() {
        return new Held(heldForData == null ? 0 : heldForData.total(), heldForData == null ? 0 : heldForData.unfinished(),
            heldForData == null ? 0 : heldForData.untaken(), receiveMemory.held(), pool.out());
    }

    /** What getStats shows; an unchanging copy. */
    public record Snapshot(List<TransportSnapshot> transports, List<MediaSnapshot> media, Association.Snapshot sctp, int sctpTransportId, Map<String, Long> drops) {
    }

    public record TransportSnapshot(int id, IceState iceState, boolean controlling, SessionEvent.DtlsState dtlsState, String dtlsRole, String cipherSuite,
                                    String srtpProfile, byte[] localCertificate, List<byte[]> remoteCertificates, String localUfrag,
                                    CandidatePair.Snapshot selected, List<CandidatePair.Snapshot> pairs, List<Candidate> localCandidates,
                                    List<Candidate> remoteCandidates, long sendBitrate, boolean relayOnly, TransportHistory.Snapshot history) {
    }

    public record MediaSnapshot(JsepTransceiver transceiver, String mid, int transportId, RtpSendStream.Snapshot outbound,
                                List<RtpReceiveStream.Snapshot> inbound, SessionPlan.Media plan, long targetBitrate,
                                boolean stopped) {
    }

    public Snapshot snapshot() {
        List<TransportSnapshot> t = new ArrayList<>();
        for (Transport x : transports.values()) {
            if (x.isPooled()) {
                continue;
            }
            CandidatePair selected = x.ice.selectedPair();
            List<CandidatePair.Snapshot> pairs = x.ice.pairs();
            CandidatePair.Snapshot chosen = selected == null ? null : selected.snapshot(); // during an ICE restart it is none of the pairs
            t.add(new TransportSnapshot(x.id, x.ice.state(), x.ice.isControlling(), x.dtlsState(), x.connection() == null ? null : x.connection().role().name(),
                x.connection() == null ? null : x.connection().cipherSuite(), x.connection() == null || x.connection().srtpProfile() == null ? null
                : x.connection().srtpProfile().name(), identity.certificateDer(), x.connection() == null ? List.of() : x.connection().peerCertificatesDer(),
                x.ice.localCredentials().usernameFragment(), chosen, pairs, x.ice.localCandidates(), x.ice.remoteCandidates(),
                routers.get(x.id).sections().stream().anyMatch(MediaSection::isSending) ? sendRates.get(x.id).bitsPerSecond() : -1,
                x.isRelayOnly(), x.history()));
        }
        List<MediaSnapshot> m = new ArrayList<>();
        for (MediaSection s : sections.values()) {
            List<RtpReceiveStream.Snapshot> inbound = new ArrayList<>();
            s.sources().forEach(x -> inbound.add(x.snapshot()));
            m.add(new MediaSnapshot(s.transceiver, s.plan.mid(), s.plan.transportId(), s.sender == null ? null : s.sender.snapshot(), inbound, s.plan, s.isSending() ? s.targetBitrate() : -1,
                s.isStopped()));
        }
        return new Snapshot(t, m, data == null ? null : data.association().snapshot(), dataPlan == null ? -1 : dataPlan.transportId(), dropCounts());
    }
}
