package dev.jvmrtc.sim;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.datachannel.ChannelParameters;
import dev.jvmrtc.datachannel.DataChannelEvent;
import dev.jvmrtc.datachannel.DataChannels;
import dev.jvmrtc.dtls.DtlsIdentity;
import dev.jvmrtc.ice.IceState;
import dev.jvmrtc.jsep.BundlePolicy;
import dev.jvmrtc.jsep.Codecs;
import dev.jvmrtc.jsep.Direction;
import dev.jvmrtc.jsep.JsepTransceiver;
import dev.jvmrtc.jsep.SignalingState;
import dev.jvmrtc.rtp.format.OutgoingFrame;
import dev.jvmrtc.rtp.receive.ReceivedFrame;
import dev.jvmrtc.sdp.SdpCodec;
import dev.jvmrtc.session.plan.SessionEvent;
import dev.jvmrtc.session.plan.SourceFormat;
import dev.jvmrtc.session.plan.TurnServer;
import dev.jvmrtc.wire.Bytes;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * A call that a seed makes up: how the two reach each other, what they send, what they change meanwhile, what the
 * network and an attacker on the path do to it, and how it ends. Whatever the seed, {@link #run} checks what
 * docs/testing.md lists.
 */
public final class SimulatedCall {
    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1_000 * MILLI;
    private static final String TURN_SERVER = "10.9.9.9";

    /** How the two reach each other. */
    private enum Way {
        DIRECT,
        TRANSLATED,
        RELAYED,
        RELAYED_BY_TCP,
        TCP
    }

    private enum Source {
        NONE,
        FRAMES,
        PACKETS
    }

    /** A data channel as the one who opened it knows it. */
    private static final class Channel {
        final String label;
        final ChannelParameters parameters;
        final SimPeer opener;
        final Map<SimPeer, Integer> sent = new HashMap<>();
        SimPeer closer;
        boolean lost;

        Channel(String label, ChannelParameters parameters, SimPeer opener) {
            this.label = label;
            this.parameters = parameters;
            this.opener = opener;
        }

        boolean isReliable() {
            return parameters.maxRetransmits() == null && parameters.maxPacketLifeTimeMillis() == null;
        }
    }

    /** What a side sends by a transceiver. */
    private static final class Sending {
        Source source = Source.NONE;
        boolean wantsKey = true;
        int frames;
        int sequence;
    }

    /**
     * The call does not come about or ends, and that is no fault: who forges a server's answers can have that by
     * dropping them.
     */
    private static final class Excused extends RuntimeException {
        private static final long serialVersionUID = 1;

        Excused(String what) {
            super(what);
        }
    }

    private final long seed;
    private final Random random;
    private final VirtualNetwork network;
    private final WireTap tap;
    private final Injector injector;
    private final Way way;
    private final boolean lossy;
    private final TurnServerSim server;
    private final List<Channel> channels = new ArrayList<>();
    private final Map<SimPeer, Map<Integer, Sending>> sending = new HashMap<>();
    private final Map<SimPeer, Set<Integer>> opening = new HashMap<>();
    private final Map<SimPeer, Set<Long>> receipts = new HashMap<>();
    private final Map<SimPeer, Integer> checkedEvents = new HashMap<>();
    private final StringBuilder story = new StringBuilder();
    private SimPeer a;
    private SimPeer b;
    private int peers;
    private int nextHandle = 1;
    private long nextReceipt;
    private int moves;
    private boolean replaced;
    private boolean ending;

    public SimulatedCall(long seed) {
        this.seed = seed;
        random = new Random((seed ^ 0x5eed) * 0x9e3779b97f4a7c15L); // neighbours begin alike otherwise
        way = pick(
                Way.DIRECT,
                Way.DIRECT,
                Way.DIRECT,
                Way.DIRECT,
                Way.TRANSLATED,
                Way.RELAYED,
                Way.RELAYED_BY_TCP,
                Way.TCP);
        lossy = random.nextInt(4) != 0;
        network = new VirtualNetwork(
                seed,
                lossy
                        ? new VirtualNetwork.Conditions(
                                random.nextInt(12),
                                random.nextInt(6),
                                (1 + random.nextInt(80)) * MILLI,
                                random.nextInt(20) * MILLI)
                        : VirtualNetwork.Conditions.PERFECT);
        network.withoutTrace();
        tap = new WireTap(seed);
        network.setTap(tap);
        injector = random.nextInt(2) == 0 ? new Injector(seed, pick(5, 20, 60)) : null;
        network.setInjector(injector);
        server = way == Way.TRANSLATED || way == Way.RELAYED || way == Way.RELAYED_BY_TCP
                ? new TurnServerSim(TURN_SERVER, network, RandomSource.seeded(seed ^ 0x7e57))
                : null;
        if (server != null) {
            server.sha256 = random.nextBoolean();
            if (injector != null) {
                injector.forgesServers = random.nextInt(4) == 0;
            }
        }
    }

    @SafeVarargs
    private <T> T pick(T... of) {
        return of[random.nextInt(of.length)];
    }

    private <T> T pick(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    /** Plays the call; an error tells the seed and what had been done. */
    public SimulatedCall run() {
        try {
            try {
                play();
            } catch (Excused e) {
                story.append(" (").append(e.getMessage()).append(')');
                end();
            }
        } catch (Throwable t) {
            throw new AssertionError(
                    "seed " + seed + ", replay with -Dsim.seed=" + seed + ": " + t.getMessage() + " [" + way
                            + (lossy ? ", lossy" : "")
                            + (injector == null ? "" : ", " + injector.injected + " injected") + ":" + story + "]",
                    t);
        }
        return this;
    }

    public long datagrams() {
        return network.datagrams();
    }

    public long injected() {
        return injector == null ? 0 : injector.injected;
    }

    public long mostSteps() {
        return Math.max(a.mostSteps, b.mostSteps);
    }

    /** What the seed has chosen, in words. */
    public String story() {
        return way + story.toString();
    }

    // ---------------------------------------------------------------- the two

    private SimPeer peer(String name, String ip) {
        RandomSource own = RandomSource.seeded(seed * 31 + peers++);
        DtlsIdentity identity = SimPeer.fakeIdentity(own);
        SimPeer p = new SimPeer(
                name,
                ip,
                network,
                own,
                identity,
                (id, out) -> new StandInDtls(id, out, own),
                pick(BundlePolicy.MAX_BUNDLE, BundlePolicy.BALANCED, BundlePolicy.MAX_COMPAT));
        p.setTap(tap);
        p.answersAll = false;
        p.useTransports(way != Way.TCP, way == Way.TCP || way == Way.DIRECT && random.nextInt(8) == 0);
        if (server != null) {
            p.useStun(server.address);
            if (way != Way.RELAYED_BY_TCP) {
                p.useTurn(server.address, TurnServer.Transport.UDP);
            }
            if (way == Way.RELAYED_BY_TCP || random.nextInt(4) == 0) {
                p.useTurn(server.address, TurnServer.Transport.TCP);
            }
        }
        sending.put(p, new LinkedHashMap<>());
        opening.put(p, new HashSet<>());
        receipts.put(p, new HashSet<>());
        checkedEvents.put(p, 0);
        p.listener = e -> heard(p, e);
        return p;
    }

    private void translator(String prefix, String publicIp) {
        if (way == Way.TRANSLATED) {
            Nat.Dependence mapping = pick(Nat.Dependence.values());
            network.addNat(new Nat(
                    prefix,
                    publicIp,
                    mapping,
                    mapping == Nat.Dependence.ENDPOINT_INDEPENDENT ? pick(Nat.Dependence.values()) : mapping,
                    false,
                    false));
        } else if (way == Way.RELAYED || way == Way.RELAYED_BY_TCP) {
            network.addNat(new Nat(
                    prefix,
                    publicIp,
                    Nat.Dependence.ADDRESS_AND_PORT,
                    Nat.Dependence.ADDRESS_AND_PORT,
                    false,
                    way == Way.RELAYED_BY_TCP));
        }
    }

    private void heard(SimPeer p, SessionEvent e) {
        if (e instanceof SessionEvent.KeyFrameRequested k) {
            of(p, k.mediaId()).wantsKey = true;
        } else if (e instanceof SessionEvent.DataChannel d) {
            if (d.event() instanceof DataChannelEvent.Opened o) {
                opening.get(p).remove(o.channel());
            } else if (d.event() instanceof DataChannelEvent.Closed c) {
                opening.get(p).remove(c.channel());
            } else if (d.event() instanceof DataChannelEvent.Finished f
                    && !receipts.get(p).remove(f.receipt())) {
                throw new AssertionError(p.name + ": a receipt that nobody waits for");
            }
        } else if (e instanceof SessionEvent.FrameReceived f) {
            check(p, f.frame());
        }
    }

    private Sending of(SimPeer p, int t) {
        return sending.get(p).computeIfAbsent(t, x -> new Sending());
    }

    private static final int KEY_FRAME = 4_000;
    private static final int DELTA_FRAME = 900;
    private static final int AUDIO = 90;

    private void check(SimPeer p, ReceivedFrame f) {
        if (!tap.isMarked(f.data())) {
            throw new AssertionError(
                    p.name + ": a frame of " + f.codec() + " that nobody sent, " + f.data().length + " bytes");
        }
    }

    private List<SimPeer> both() {
        return List.of(a, b);
    }

    private SimPeer other(SimPeer p) {
        return p == a ? b : a;
    }

    // ---------------------------------------------------------------- the play

    private void play() {
        translator("192.168.1.", "10.1.0.1");
        translator("192.168.2.", "10.2.0.1");
        boolean inside = way == Way.TRANSLATED || way == Way.RELAYED || way == Way.RELAYED_BY_TCP;
        a = peer("a", inside ? "192.168.1.2" : "10.0.0.1");
        b = peer("b", inside ? "192.168.2.2" : "10.0.0.2");
        a.connectTo(b);
        b.connectTo(a);
        boolean data = random.nextInt(5) != 0;
        if (data) {
            open(a);
        }
        if (!data || random.nextInt(4) != 0) {
            addMedia(a, random.nextBoolean() ? MediaKind.AUDIO : MediaKind.VIDEO);
            if (random.nextBoolean()) {
                addMedia(a, MediaKind.VIDEO);
            }
        }
        String setup = pick("actpass", "active", "passive");
        story.append(" offer ").append(setup);
        a.negotiate(o -> o.replace("a=setup:actpass", "a=setup:" + setup));
        waitFor("the connection", 60, () -> stable() && connected(a) && connected(b));
        startSources(b);
        int steps = random.nextInt(20) == 0 ? 40 + random.nextInt(60) : 3 + random.nextInt(12);
        for (int i = 0; i < steps; i++) {
            act();
            live(20 + random.nextInt(150));
        }
        live(200);
        settle();
        end();
    }

    private boolean isExcused() {
        return injector != null && injector.forgesServers;
    }

    private boolean stable() {
        return a.negotiator.state() == SignalingState.STABLE
                && b.negotiator.state() == SignalingState.STABLE
                && a.negotiator.remote() != null
                && b.negotiator.remote() != null;
    }

    private static boolean connected(SimPeer p) {
        return p.connectedTransports() > 0 && p.connectedTransports() == p.openTransports();
    }

    private void waitFor(String what, int seconds, BooleanSupplier condition) {
        if (!SimPeer.runUntil(network, both(), seconds * SECOND, condition)) {
            if (isExcused()) {
                throw new Excused("in vain for " + what);
            }
            throw new AssertionError("waited " + seconds + " s in vain for " + what + "; a " + a.session.dropCounts()
                    + " " + a.session.snapshot().sctp() + " b " + b.session.dropCounts() + " "
                    + b.session.snapshot().sctp());
        }
        watch();
    }

    /** Lets the call go on for a while, with audio and video. */
    private void live(long millis) {
        long end = network.now() + millis * MILLI;
        while (network.now() < end) {
            if (random.nextInt(3) != 0) {
                both().forEach(this::sendMedia);
            }
            SimPeer.runUntil(network, both(), Math.min(end - network.now(), 40 * MILLI), () -> false);
            network.advanceTo(Math.min(end, network.now() + 40 * MILLI));
        }
        watch();
    }

    /** Nothing of a call that nobody ends may end, and nothing may have been thrown. */
    private void watch() {
        for (SimPeer p : both()) {
            for (int i = checkedEvents.get(p); i < p.events.size(); i++) {
                SessionEvent e = p.events.get(i);
                boolean over = e instanceof SessionEvent.IceStateChanged s && s.state() == IceState.FAILED
                        || e instanceof SessionEvent.DtlsStateChanged d && d.state() == SessionEvent.DtlsState.FAILED
                        || e instanceof SessionEvent.DtlsStateChanged c
                                && c.state() == SessionEvent.DtlsState.CLOSED
                                && !p.events.contains(new SessionEvent.TransportClosed(c.transportId()))
                        || e instanceof SessionEvent.DataChannel x
                                && x.event() instanceof DataChannelEvent.TransportClosed;
                if (over && !ending && isExcused()) {
                    throw new Excused("ends");
                }
                if (over && !ending) {
                    throw new AssertionError(p.name + " ends: " + e);
                }
            }
            checkedEvents.put(p, p.events.size());
            if (p.internalErrors() != 0) {
                throw new AssertionError(p.name + ": an internal error, " + p.session.dropCounts());
            }
            p.checkHeld();
        }
    }

    // ---------------------------------------------------------------- what the two do

    private void act() {
        SimPeer p = random.nextBoolean() ? a : b;
        switch (random.nextInt(20)) {
            case 0 -> open(p);
            case 1 -> closeSomeChannel(p);
            case 2, 3 -> changeDirection(p);
            case 4, 5 -> changeSource(p);
            case 6 -> {
                if (p.negotiator.transceivers().size() < 5) {
                    story.append(" ").append(p.name).append(" adds");
                    addMedia(p, pick(MediaKind.AUDIO, MediaKind.VIDEO));
                    negotiate(p);
                }
            }
            case 7 -> stopSome(p);
            case 8 -> {
                story.append(" ").append(p.name).append(" restarts ICE");
                p.negotiator.wantIceRestart();
                negotiate(p);
            }
            case 9 -> {
                if (way == Way.DIRECT && moves < 3) {
                    story.append(" ").append(p.name).append(" moves");
                    p.moveTo("10.0.1." + (1 + moves++));
                }
            }
            case 10 -> outage();
            case 11 -> dropRtx(p);
            case 12 ->
                p.negotiator.transceivers().forEach(t -> p.session.media().requestKeyFrame(t.id));
            case 13 -> {
                if (!replaced && random.nextInt(3) == 0) {
                    replace();
                }
            }
            default -> sendMessages(p);
        }
        both().forEach(SimPeer::turn);
    }

    private void addMedia(SimPeer p, MediaKind kind) {
        JsepTransceiver t = p.negotiator.addTransceiver(
                kind,
                pick(Direction.SENDRECV, Direction.SENDRECV, Direction.SENDONLY, Direction.RECVONLY),
                false,
                "t" + p.negotiator.transceivers().size());
        setSource(p, t, pick(Source.FRAMES, Source.FRAMES, Source.PACKETS));
    }

    private void startSources(SimPeer p) {
        for (JsepTransceiver t : p.negotiator.transceivers()) {
            if (!sending.get(p).containsKey(t)) {
                setSource(p, t, pick(Source.FRAMES, Source.FRAMES, Source.PACKETS, Source.NONE));
            }
        }
        p.turn();
    }

    private void setSource(SimPeer p, JsepTransceiver t, Source source) {
        Sending s = of(p, t.id);
        s.source = source;
        s.wantsKey = true;
        p.session
                .media()
                .setSource(
                        t.id,
                        source == Source.NONE
                                ? List.of()
                                : source == Source.PACKETS
                                        ? List.of(SourceFormat.ANY)
                                        : List.of(new SourceFormat(
                                                t.kind == MediaKind.AUDIO ? "opus" : "VP8", Map.of())));
    }

    private void changeSource(SimPeer p) {
        if (!p.negotiator.transceivers().isEmpty()) {
            JsepTransceiver t = pick(p.negotiator.transceivers());
            Source s = of(p, t.id).source == Source.NONE ? pick(Source.FRAMES, Source.PACKETS) : Source.NONE;
            story.append(" ").append(p.name).append(" sends ").append(s);
            setSource(p, t, s);
        }
    }

    private void changeDirection(SimPeer p) {
        if (!p.negotiator.transceivers().isEmpty()) {
            JsepTransceiver t = pick(p.negotiator.transceivers());
            t.direction = pick(Direction.SENDRECV, Direction.SENDONLY, Direction.RECVONLY, Direction.INACTIVE);
            story.append(" ").append(p.name).append(" ").append(t.direction);
            negotiate(p);
        }
    }

    private void stopSome(SimPeer p) {
        if (p.negotiator.transceivers().size() > 1) {
            JsepTransceiver t = pick(p.negotiator.transceivers());
            t.stopping = true;
            story.append(" ").append(p.name).append(" stops");
            negotiate(p);
        }
    }

    /** The next description has the video without retransmission of its own, or with it again. */
    private void dropRtx(SimPeer p) {
        for (JsepTransceiver t : p.negotiator.transceivers()) {
            if (t.kind == MediaKind.VIDEO) {
                List<SdpCodec> without = Codecs.STANDARD.supported(MediaKind.VIDEO).stream()
                        .filter(c -> !c.isRtx())
                        .toList();
                t.preferences = t.preferences.isEmpty() ? without : List.of();
                story.append(" ").append(p.name).append(t.preferences.isEmpty() ? " with RTX" : " without RTX");
                negotiate(p);
                return;
            }
        }
    }

    private void negotiate(SimPeer p) {
        p.negotiate();
        for (int i = 0; i < 4 && !stable() || i == 0; i++) {
            live(45);
        }
        if (!stable()) {
            throw new AssertionError("negotiation stands still");
        }
        both().forEach(x -> {
            for (JsepTransceiver t : x.negotiator.transceivers()) {
                if (!sending.get(x).containsKey(t) && t.direction == Direction.RECVONLY && random.nextBoolean()) {
                    t.direction = Direction.SENDRECV; // from the next negotiation on
                }
            }
            startSources(x);
        });
    }

    /** Nothing passes for a while, or much less. */
    private void outage() {
        story.append(" outage");
        VirtualNetwork.Conditions before = network.conditions();
        network.setConditions(new VirtualNetwork.Conditions(
                pick(30, 70, 100), before.duplicatePercent(), before.latencyNanos(), before.jitterNanos()));
        live(100 + random.nextInt(1_500));
        network.setConditions(before);
    }

    /** In place of b there is another from now on, who knows nothing of what was: a new DTLS association (RFC 8842). */
    private void replace() {
        replaced = true;
        story.append(" b is replaced");
        boolean aIsClient = Boolean.TRUE.equals(a.isDtlsClient());
        channels.forEach(c -> c.lost = true);
        b.vanish();
        boolean inside = server != null;
        b = peer("b2", inside ? "192.168.2.3" : "10.0.0.3");
        b.connectTo(a);
        a.connectTo(b);
        a.negotiator.wantIceRestart();
        String setup = aIsClient ? "active" : "passive";
        a.negotiate(o -> o.replace("a=setup:actpass", "a=setup:" + setup));
        // A nomination whose check is lost each time that it is sent, as happens through two relays, is given up after
        // a minute, and made again.
        waitFor("the connection to who came in place of b", 150, () -> stable() && connected(a) && connected(b));
        startSources(b);
    }

    // ---------------------------------------------------------------- data

    private void open(SimPeer p) {
        if (channels.size() > 12) {
            return;
        }
        int kind = random.nextInt(5);
        String label = "channel " + channels.size() + " " + tap.text();
        ChannelParameters parameters = new ChannelParameters(
                label,
                random.nextBoolean() ? "" : tap.text(),
                random.nextBoolean(),
                kind == 1 ? random.nextInt(3) : null,
                kind == 2 ? random.nextInt(500) : null,
                false);
        story.append(" ").append(p.name).append(" opens");
        Channel c = new Channel(label, parameters, p);
        channels.add(c);
        boolean first = p.negotiator.dataTransport() == null;
        opening.get(p).add(nextHandle);
        p.openChannel(nextHandle++, parameters, null);
        if (first && p.negotiator.remote() != null) {
            negotiate(p);
        }
        p.turn();
    }

    private void closeSomeChannel(SimPeer p) {
        for (Channel c : channels) {
            Integer handle = handle(p, c);
            if (c.closer == null && !c.lost && handle != null && random.nextBoolean()) {
                story.append(" ").append(p.name).append(" closes");
                c.closer = p;
                p.session.data().closeChannel(handle);
                return;
            }
        }
    }

    private Integer handle(SimPeer p, Channel c) {
        for (Map.Entry<Integer, String> e : p.labels.entrySet()) {
            if (e.getValue().equals(c.label)) {
                return opening.get(p).contains(e.getKey()) ? null : e.getKey();
            }
        }
        return null;
    }

    private void sendMessages(SimPeer p) {
        for (Channel c : channels) {
            Integer handle = handle(p, c);
            if (handle == null || c.closer != null || c.lost) {
                continue;
            }
            for (int i = random.nextInt(4); i > 0; i--) {
                int length = 4 + (random.nextInt(12) == 0 ? random.nextInt(30_000) : random.nextInt(1_500));
                byte[] message = tap.mark(new byte[length], 4);
                int number = c.sent.merge(p, 1, Integer::sum) - 1;
                Bytes.put32(message, 0, number);
                long receipt = random.nextInt(3) == 0 ? ++nextReceipt : DataChannels.NO_RECEIPT;
                if (receipt != DataChannels.NO_RECEIPT) {
                    receipts.get(p).add(receipt);
                }
                p.session.data().sendMessage(network.now(), handle, true, ByteBuffer.wrap(message), receipt);
            }
        }
    }

    private boolean arrived(SimPeer from, Channel c) {
        SimPeer to = other(from);
        return !c.isReliable()
                || c.lost
                || c.closer == to
                || to.messagesOf(c.label).size() >= c.sent.getOrDefault(from, 0);
    }

    /** Each once, in order where that was asked for, intact, and all of them where nothing excuses a loss. */
    private void checkChannel(SimPeer from, Channel c) {
        SimPeer to = other(from);
        List<byte[]> got = to.messagesOf(c.label);
        int sent = c.sent.getOrDefault(from, 0);
        Set<Integer> seen = new HashSet<>();
        int last = -1;
        for (byte[] m : got) {
            int number = m.length < 4 ? -1 : Bytes.i32(m, 0);
            if (number < 0 || number >= sent || !seen.add(number)) {
                throw new AssertionError(to.name + ": message " + number + " of " + sent + " on " + c.parameters
                        + " comes twice or was never sent");
            }
            if (c.parameters.ordered() && number < last) {
                throw new AssertionError(
                        to.name + ": message " + number + " on " + c.parameters + " comes after " + last);
            }
            last = number;
            byte[] expected = tap.mark(new byte[m.length], 4);
            Bytes.put32(expected, 0, number);
            if (!java.util.Arrays.equals(expected, m)) {
                throw new AssertionError(
                        to.name + ": message " + number + " on " + c.parameters + " is not what was sent");
            }
        }
        if (!arrived(from, c)) {
            throw new AssertionError(to.name + ": " + got.size() + " of " + sent + " messages on " + c.parameters);
        }
    }

    // ---------------------------------------------------------------- media

    private void sendMedia(SimPeer p) {
        for (JsepTransceiver t : p.negotiator.transceivers()) {
            Sending s = of(p, t.id);
            if (s.source == Source.NONE || t.stopped) {
                continue;
            }
            boolean video = t.kind == MediaKind.VIDEO;
            if (s.source == Source.PACKETS) {
                sendPackets(p, t, s);
                continue;
            }
            boolean key = video && s.wantsKey;
            byte[] frame = tap.mark(new byte[video ? key ? KEY_FRAME : DELTA_FRAME : AUDIO], 1);
            frame[0] = (byte) (key || !video ? 0 : 1);
            s.wantsKey = false;
            p.session
                    .media()
                    .sendFrame(
                            network.now(),
                            t.id,
                            OutgoingFrame.of(frame, key || !video, network.now() / 1_000 * (video ? 90 : 48) / 1_000),
                            network.now());
            s.frames++;
        }
        p.turn();
    }

    /** Packets of another call, forwarded, with gaps and repetitions. */
    private void sendPackets(SimPeer p, JsepTransceiver t, Sending s) {
        for (int i = random.nextInt(3); i >= 0; i--) {
            byte[] packet = tap.mark(new byte[12 + 40 + random.nextInt(800)], 12);
            packet[0] = (byte) 0x80;
            packet[1] = (byte) (random.nextInt(3) == 0 ? 0xe0 : 0x60);
            s.sequence +=
                    random.nextInt(30) == 0 ? random.nextInt(1_200) : random.nextInt(20) == 0 ? -random.nextInt(5) : 1;
            Bytes.put16(packet, 2, s.sequence & 0xffff);
            Bytes.put32(packet, 4, (int) (network.now() / 11_111));
            Bytes.put32(packet, 8, 0x01020304);
            packet[12] = 0;
            p.session.media().sendRtp(network.now(), t.id, Unpooled.wrappedBuffer(packet), -1);
        }
    }

    // ---------------------------------------------------------------- the end

    /** Everything reliable arrives, and every question is answered. */
    private void settle() {
        sending.values().forEach(m -> m.values().forEach(s -> s.source = Source.NONE));
        waitFor(
                "what is reliable to arrive",
                240,
                () -> channels.stream().allMatch(c -> c.lost || arrived(a, c) && arrived(b, c))
                        && opening.get(a).isEmpty()
                        && opening.get(b).isEmpty()
                        && receipts.get(a).isEmpty()
                        && receipts.get(b).isEmpty());
        for (Channel c : channels) {
            if (!c.lost) {
                checkChannel(a, c);
                checkChannel(b, c);
            }
        }
        // What was given up the other side has to be told, so that it lets go of the pieces that it has.
        waitFor(
                "the pieces of messages to go",
                60,
                () -> a.session.held().dataUnfinished() == 0 && b.session.held().dataUnfinished() == 0);
    }

    private void end() {
        ending = true;
        SimPeer first = random.nextBoolean() ? a : b;
        SimPeer second = other(first);
        if (random.nextInt(4) == 0) {
            both().forEach(this::sendMessages); // in the middle of something
            both().forEach(SimPeer::turn);
            SimPeer.runUntil(network, both(), random.nextInt(200) * MILLI, () -> false);
        }
        first.close();
        check(first);
        SimPeer.runUntil(network, both(), random.nextInt(4) == 0 ? 40 * SECOND : SECOND, () -> false);
        if (second.internalErrors() != 0) {
            throw new AssertionError(second.name + ": an internal error, " + second.session.dropCounts());
        }
        second.close();
        check(second);
        SimPeer.runUntil(network, both(), 3 * SECOND, () -> false); // what is on its way comes to nobody
        List<?> left = server == null
                ? network.hosts()
                : network.hosts().stream()
                        .filter(h -> !h.getAddress().getHostAddress().equals(TURN_SERVER))
                        .toList();
        if (!left.isEmpty()) {
            throw new AssertionError("sockets are left: " + left);
        }
        if (network.nextDelivery() != Long.MAX_VALUE && network.nextDelivery() > network.now() + 10 * SECOND) {
            throw new AssertionError("something is still to come");
        }
    }

    private static void check(SimPeer p) {
        String left = p.leftovers();
        if (!left.isEmpty()) {
            throw new AssertionError(p.name + " has been closed, and leaves " + left);
        }
    }
}
