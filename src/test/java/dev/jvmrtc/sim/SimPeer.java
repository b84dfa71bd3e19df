package dev.jvmrtc.sim;

import dev.jvmrtc.core.DatagramSink;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.datachannel.ChannelParameters;
import dev.jvmrtc.datachannel.DataChannelEvent;
import dev.jvmrtc.dtls.DtlsEngine;
import dev.jvmrtc.dtls.DtlsIdentity;
import dev.jvmrtc.dtls.Fingerprint;
import dev.jvmrtc.jsep.Description;
import dev.jvmrtc.jsep.JsepException;
import dev.jvmrtc.jsep.JsepTransceiver;
import dev.jvmrtc.jsep.LocalSettings;
import dev.jvmrtc.jsep.Negotiator;
import dev.jvmrtc.jsep.SdpType;
import dev.jvmrtc.rtp.stream.ReceivedFrame;
import dev.jvmrtc.session.PeerSession;
import dev.jvmrtc.session.SessionEvent;
import dev.jvmrtc.session.TurnServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** One side of a simulated call: a negotiator and a session on a {@link VirtualNetwork}. Signalling is reliable and takes 20 ms. */
public final class SimPeer {
    private static final long SIGNALLING_NANOS = 20_000_000L;

    public final String name;
    public final Negotiator negotiator;
    public final PeerSession session;
    public final List<SessionEvent> events = new ArrayList<>();
    public final Map<Integer, List<byte[]>> messages = new HashMap<>();
    public final Map<Integer, String> labels = new HashMap<>();
    public final List<ReceivedFrame> frames = new ArrayList<>();
    public final List<JsepTransceiver> keyFrameRequests = new ArrayList<>();
    private final VirtualNetwork network;
    private final String ip;
    private final Map<Integer, InetSocketAddress> addresses = new HashMap<>();
    private final List<Runnable> afterRemote = new ArrayList<>();
    private final List<InetSocketAddress> stun = new ArrayList<>();
    private final List<TurnServer> turn = new ArrayList<>();
    private final List<InetSocketAddress> turnAddresses = new ArrayList<>();
    private final Map<Integer, Consumer<byte[]>> streams = new HashMap<>();
    private SimPeer remote;
    private int nextPort = 5_000;

    public SimPeer(String name, String ip, VirtualNetwork network, RandomSource random, DtlsIdentity identity, DtlsEngine.Factory dtls, String bundlePolicy) {
        this.name = name;
        this.ip = ip;
        this.network = network;
        Fingerprint f = Fingerprint.of("sha-256", identity.certificateDer());
        this.negotiator = new Negotiator(new LocalSettings(bundlePolicy, List.of(f.algorithm() + " " + f.value()),
            () -> new String[] {random.nextIceChars(4), random.nextIceChars(24)}, () -> random.nextInt() & 0xffffffffL, () -> random.nextIceChars(8),
            "cname-" + name, Long.toString(random.nextLong() >>> 1), 1 << 20, false));
        this.session = new PeerSession(identity, dtls, random, new PeerSession.WallClock(1_700_000_000_000L, network.now()), "cname-" + name, 1 << 20);
    }

    /** An identity without a key, enough for the stand-in. */
    public static DtlsIdentity fakeIdentity(RandomSource random) {
        byte[] der = new byte[64];
        random.nextBytes(der);
        return new DtlsIdentity(false, null, der, Instant.MAX);
    }

    /** Uses a STUN server. */
    public void useStun(InetSocketAddress server) {
        stun.add(server);
    }

    /** Uses a TURN server, over UDP or TCP. */
    public void useTurn(InetSocketAddress server, TurnServer.Transport transport) {
        turn.add(new TurnServer("turn:" + server + "?transport=" + transport, "sim", transport, TurnServerSim.USER, TurnServerSim.PASSWORD));
        turnAddresses.add(server);
    }

    /** Where the session's packets go. */
    private final DatagramSink sink = new DatagramSink() {
        @Override
        public void send(InetSocketAddress local, InetSocketAddress to, byte[] data, int offset, int length) {
            network.send(local, to, data, offset, length);
        }

        @Override
        public void sendToStream(int streamId, byte[] data, int offset, int length) {
            streams.get(streamId).accept(Arrays.copyOfRange(data, offset, offset + length));
        }
    };

    private void openStream(SessionEvent.OpenStream o) {
        network.connect(address(ip, 1), o.remote(), data -> {
            session.streamReceived(network.now(), o.streamId(), data, 0, data.length);
            turn();
        }, toServer -> {
            if (toServer == null) {
                session.streamClosed(network.now(), o.streamId(), "nobody listens");
            } else {
                streams.put(o.streamId(), toServer);
                session.streamOpened(network.now(), o.streamId());
            }
            turn();
        });
    }

    /** Ends the session. */
    public void close() {
        session.close(network.now(), sink);
    }

    /** Moves to another address: the old one is gone. */
    public void moveTo(String newIp) {
        for (Map.Entry<Integer, InetSocketAddress> e : addresses.entrySet()) {
            int transport = e.getKey();
            InetSocketAddress old = e.getValue();
            InetSocketAddress fresh = address(newIp, nextPort++);
            network.detach(old);
            e.setValue(fresh);
            network.attach(fresh, (now, local, from, data) -> {
                session.handleDatagram(now, transport, local, from, data, 0, data.length);
                turn();
            });
            session.addLocalAddress(network.now(), transport, fresh, 65_000);
            session.removeLocalAddress(network.now(), transport, old);
        }
        turn();
    }

    public void connectTo(SimPeer other) {
        remote = other;
    }

    public void openChannel(int handle, ChannelParameters parameters, Integer streamId) {
        negotiator.wantData();
        session.openChannel(handle, parameters, streamId);
        labels.put(handle, parameters.label());
    }

    /** Makes an offer, and the other side answers it. */
    public void negotiate() {
        String offer = negotiator.createOffer(false);
        apply(true, SdpType.OFFER, offer);
        network.at(network.now() + SIGNALLING_NANOS, () -> remote.answer(offer));
    }

    private void answer(String offer) {
        apply(false, SdpType.OFFER, offer);
        for (JsepTransceiver t : negotiator.transceivers()) {
            if (t.direction == dev.jvmrtc.jsep.Direction.RECVONLY) {
                t.direction = dev.jvmrtc.jsep.Direction.SENDRECV;
            }
        }
        String answer = negotiator.createAnswer();
        apply(true, SdpType.ANSWER, answer);
        network.at(network.now() + SIGNALLING_NANOS, () -> remote.apply(false, SdpType.ANSWER, answer));
    }

    private void apply(boolean local, SdpType type, String sdp) {
        try {
            Description d = negotiator.parse(local, type, sdp);
            if (local) {
                negotiator.applyLocal(d);
            } else {
                negotiator.applyRemote(d);
            }
        } catch (JsepException e) {
            throw new AssertionError(name + ": " + e.getMessage() + "\n" + sdp, e);
        }
        if (local || type != SdpType.OFFER) {
            session.apply(network.now(), negotiator.plan());
            List<Runnable> waiting = List.copyOf(afterRemote);
            if (!local || type != SdpType.OFFER) {
                afterRemote.clear();
                waiting.forEach(Runnable::run);
            }
        }
        turn();
    }

    /** Drains the session and reacts to its events, until nothing is left. */
    public void turn() {
        session.drain(network.now(), sink);
        for (SessionEvent e = session.pollEvent(); e != null; e = session.pollEvent()) {
            events.add(e);
            handle(e);
        }
        session.drain(network.now(), sink);
    }

    private void handle(SessionEvent e) {
        if (e instanceof SessionEvent.TransportOpened t) {
            InetSocketAddress address = address(ip, nextPort++);
            addresses.put(t.transportId(), address);
            network.attach(address, (now, local, from, data) -> {
                session.handleDatagram(now, t.transportId(), local, from, data, 0, data.length);
                turn();
            });
            session.addLocalAddress(network.now(), t.transportId(), address, 65_535);
            stun.forEach(s -> session.addStunServer(network.now(), t.transportId(), "stun:" + s, s));
            for (int i = 0; i < turn.size(); i++) {
                session.addTurnServer(network.now(), t.transportId(), turn.get(i), turnAddresses.get(i));
            }
            session.localAddressesComplete(network.now(), t.transportId());
        } else if (e instanceof SessionEvent.OpenStream o) {
            openStream(o);
        } else if (e instanceof SessionEvent.TransportClosed t) {
            network.detach(addresses.remove(t.transportId()));
        } else if (e instanceof SessionEvent.LocalCandidate c) {
            String mid = negotiator.firstSectionOf(negotiator.local(), c.transportId()) == null ? null
                : negotiator.firstSectionOf(negotiator.local(), c.transportId()).mid();
            network.at(network.now() + SIGNALLING_NANOS, () -> remote.addCandidate(mid, c));
        } else if (e instanceof SessionEvent.DataChannel d) {
            handleData(d.event());
        } else if (e instanceof SessionEvent.FrameReceived f) {
            frames.add(f.frame());
        } else if (e instanceof SessionEvent.KeyFrameRequested k) {
            keyFrameRequests.add(k.transceiver());
        }
    }

    private void handleData(DataChannelEvent e) {
        if (e instanceof DataChannelEvent.Incoming in) {
            labels.put(in.channel(), in.parameters().label());
        } else if (e instanceof DataChannelEvent.Message m) {
            messages.computeIfAbsent(m.channel(), k -> new ArrayList<>()).add(m.data());
        }
    }

    private void addCandidate(String mid, SessionEvent.LocalCandidate c) {
        Runnable add = () -> {
            Integer id = negotiator.transportOf(mid);
            if (id != null) {
                session.addRemoteCandidate(network.now(), id, c.candidate());
            }
        };
        if (negotiator.local() == null || negotiator.remote() == null || negotiator.state() != dev.jvmrtc.jsep.SignalingState.STABLE) {
            afterRemote.add(add);
        } else {
            add.run();
            turn();
        }
    }

    /** Messages received on the channel of a label. */
    public List<byte[]> messagesOf(String label) {
        List<byte[]> all = new ArrayList<>();
        labels.forEach((handle, l) -> {
            if (l.equals(label)) {
                all.addAll(messages.getOrDefault(handle, List.of()));
            }
        });
        return all;
    }

    public boolean has(Class<?> event) {
        return events.stream().anyMatch(event::isInstance);
    }

    public static InetSocketAddress address(String ip, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByName(ip), port);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Runs the network and both peers until the condition holds or the virtual time is over; says which. */
    public static boolean runUntil(VirtualNetwork network, List<SimPeer> peers, long maxNanos, java.util.function.BooleanSupplier condition) {
        long end = network.now() + maxNanos;
        int idle = 0;
        while (!condition.getAsBoolean()) {
            long next = network.nextDelivery();
            for (SimPeer p : peers) {
                next = Math.min(next, p.session.nextTimeoutNanos());
            }
            if (next > end) {
                return false;
            }
            idle = next <= network.now() ? idle + 1 : 0;
            if (idle > 100_000) {
                StringBuilder who = new StringBuilder();
                peers.forEach(p -> who.append(p.name).append(' ').append(p.session.nextTimeoutNanos() - network.now()).append(p.session.snapshot()));
                throw new AssertionError("time stands still at " + network.now() + ": " + who);
            }
            network.advanceTo(next);
            for (SimPeer p : peers) {
                if (p.session.nextTimeoutNanos() <= network.now()) {
                    p.session.handleTimeout(network.now());
                    p.turn();
                }
            }
        }
        return true;
    }
}
