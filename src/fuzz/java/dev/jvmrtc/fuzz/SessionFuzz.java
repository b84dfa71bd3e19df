package dev.jvmrtc.fuzz;

import dev.jvmrtc.core.DatagramSink;
import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.core.WallClock;
import dev.jvmrtc.datachannel.ChannelParameters;
import dev.jvmrtc.datachannel.DataChannelEvent;
import dev.jvmrtc.datachannel.DataChannels;
import dev.jvmrtc.dtls.DtlsIdentity;
import dev.jvmrtc.dtls.Fingerprint;
import dev.jvmrtc.engine.SessionPlans;
import dev.jvmrtc.ice.Candidate;
import dev.jvmrtc.ice.IceCredentials;
import dev.jvmrtc.jsep.BundlePolicy;
import dev.jvmrtc.jsep.Credentials;
import dev.jvmrtc.jsep.Direction;
import dev.jvmrtc.jsep.JsepException;
import dev.jvmrtc.jsep.JsepTransceiver;
import dev.jvmrtc.jsep.LocalSettings;
import dev.jvmrtc.jsep.Negotiator;
import dev.jvmrtc.jsep.SdpType;
import dev.jvmrtc.jsep.SignalingState;
import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.rtp.format.OutgoingFrame;
import dev.jvmrtc.sctp.SctpConfig;
import dev.jvmrtc.session.PeerSession;
import dev.jvmrtc.session.plan.SessionEvent;
import dev.jvmrtc.session.plan.SessionSnapshot;
import dev.jvmrtc.session.plan.SourceFormat;
import dev.jvmrtc.srtp.ProtectedPacket;
import dev.jvmrtc.srtp.SrtpReceiver;
import dev.jvmrtc.srtp.SrtpSender;
import dev.jvmrtc.srtp.SrtpSuite;
import dev.jvmrtc.stun.StunClass;
import dev.jvmrtc.stun.StunMessage;
import dev.jvmrtc.stun.TransactionId;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.LentBytes;
import dev.jvmrtc.wire.MalformedException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A whole call with audio, video and data whose peer has been authenticated and means it: what he sends is altered
 * under the keys, and he adds SCTP, RTP, RTCP, checks, candidates and descriptions of any shape. Nothing may be thrown,
 * swallowed, held or sent beyond the bounds.
 */
public final class SessionFuzz {
    private static final int WINDOW = 300_000;
    private static final int TRANSPORT = 1;
    private static final long MILLI = 1_000_000L;
    /** What one input may draw from us: what its own schedule sends in the time that passes is in it. */
    private static final int MAX_SENT_AT_ONCE = 3_000;

    private static final int ROOM = 64;
    private static final InetSocketAddress STRANGER = new InetSocketAddress("10.9.9.9", 99);
    private static final int[] PAYLOAD_TYPES = {96, 97, 98, 102, 111, 120, 0, 13, 127};

    /** Of it frames are made, and so many in a row are in no datagram with media. */
    private static final byte CANARY = 0x43;

    private static final int SONG = 16;

    private static boolean isInTheClear(byte[] data, int offset, int length) {
        int run = 0;
        for (int i = offset; i < offset + length && run < SONG; i++) {
            run = data[i] == CANARY ? run + 1 : 0;
        }
        return run == SONG;
    }

    /** One end. */
    private final class Side {
        final InetSocketAddress address;
        final Negotiator negotiator;
        final PeerSession session;
        final DtlsIdentity identity;
        final ArrayDeque<byte[]> out = new ArrayDeque<>();
        Side other;
        long delivered;
        boolean opened;
        private final DatagramSink sink = new DatagramSink() {
            @Override
            public void send(InetSocketAddress local, InetSocketAddress remote, byte[] data, int offset, int length) {
                if ((data[offset] & 0xc0) == 0x80 && isInTheClear(data, offset, length)) {
                    throw new IllegalStateException("media leaves in the clear");
                }
                if (remote.equals(other.address)) {
                    out.add(Arrays.copyOfRange(data, offset, offset + length));
                }
                sent++;
            }
        };
        private int sent;

        Side(int seed, String ip) {
            address = new InetSocketAddress(ip, 5_000);
            RandomSource random = RandomSource.seeded(seed);
            byte[] certificate = new byte[64];
            random.nextBytes(certificate);
            identity = new DtlsIdentity(false, null, certificate, Instant.MAX);
            Fingerprint f = Fingerprint.of("sha-256", certificate);
            negotiator = new Negotiator(new LocalSettings(
                    BundlePolicy.MAX_BUNDLE,
                    List.of(f.algorithm() + " " + f.value()),
                    () -> new Credentials(random.nextIceChars(8), random.nextIceChars(24)),
                    () -> random.nextInt() & 0xffffffffL,
                    () -> random.nextIceChars(8),
                    "cname" + seed,
                    Integer.toString(seed),
                    WINDOW / 2,
                    false));
            session = new PeerSession(
                    identity,
                    (id, out) -> new OpenDtls(out, other.identity.certificateDer()),
                    random,
                    new WallClock(1_700_000_000_000L, now),
                    "cname" + seed,
                    WINDOW / 2);
            session.data().setDataLimits(SctpConfig.CongestionControl.CUBIC, WINDOW, DataChannels.DEFAULT_MAX_INCOMING);
        }

        void apply(boolean local, SdpType type, String sdp) throws JsepException {
            if (local) {
                negotiator.applyLocal(negotiator.parse(true, type, sdp));
            } else {
                negotiator.applyRemote(negotiator.parse(false, type, sdp));
            }
            if (local || type != SdpType.OFFER) {
                session.apply(now, SessionPlans.of(negotiator.plan()));
            }
        }

        /** Takes its output and its events until there are none. */
        void turn() {
            session.drain(now, sink);
            for (SessionEvent e = session.pollEvent(); e != null; e = session.pollEvent()) {
                if (e instanceof SessionEvent.TransportOpened t) {
                    session.transports().addLocalAddress(now, t.transportId(), address, 65_535);
                    session.transports().localAddressesComplete(now, t.transportId());
                } else if (e instanceof SessionEvent.LocalCandidate c && c.transportId() == TRANSPORT) {
                    other.session.transports().addRemoteCandidate(now, TRANSPORT, c.candidate());
                } else if (e instanceof SessionEvent.DataChannel d) {
                    data(d.event());
                } else if (e instanceof SessionEvent.FrameReceived f) {
                    delivered += f.frame().data().length;
                }
            }
            session.drain(now, sink);
        }

        private void data(DataChannelEvent e) {
            session.data().messagesConsumed(e.held());
            if (e instanceof DataChannelEvent.Message m) {
                delivered += m.data().length;
            } else if (e instanceof DataChannelEvent.Opened || e instanceof DataChannelEvent.Incoming) {
                opened = true;
            }
        }
    }

    private final FuzzInput in;
    private long now = 1_000_000_000L;
    private final Side victim = new Side(1, "10.0.0.1");
    private final Side peer = new Side(2, "10.0.0.2");
    private final SrtpReceiver fromPeer =
            new SrtpReceiver(SrtpSuite.AEAD_AES_128_GCM, OpenDtls.secret(16), OpenDtls.secret(12));
    private final SrtpSender toVictim =
            new SrtpSender(SrtpSuite.AEAD_AES_128_GCM, OpenDtls.secret(16), OpenDtls.secret(12));
    private byte[] sctpHeader = new byte[12];
    private RecordedCall recording;
    private int alter;
    private int frames;
    private int sequence = 1_000;
    private int channels = 10;

    private SessionFuzz(FuzzInput in) {
        this.in = in;
        victim.other = peer;
        peer.other = victim;
    }

    public static void fuzzerTestOneInput(byte[] data) {
        FuzzInput in = new FuzzInput(data);
        SessionFuzz f = new SessionFuzz(in);
        f.call();
        while (!in.isEmpty()) {
            f.step();
            f.settle(2);
        }
        f.settle(20);
        f.victim.session.close(f.now, f.victim.sink);
        f.victim.turn();
        FuzzBounds.noInternalError(f.victim.session.dropCounts());
    }

    /** What an honest peer sends in a call of two seconds, as it is under the keys. */
    static RecordedCall record() {
        SessionFuzz f = new SessionFuzz(new FuzzInput(new byte[0]));
        f.recording = new RecordedCall();
        f.call();
        for (int i = 0; i < 25; i++) {
            f.frame(f.victim, 300);
            f.frame(f.peer, 300);
            f.peer.session.data().sendMessage(f.now, 1, true, new byte[i]);
            f.settle(4);
        }
        f.peer.session.data().closeChannel(1);
        f.settle(10);
        return f.recording;
    }

    /** Connects the two; nobody is hostile yet. */
    private void call() {
        victim.negotiator.wantData();
        victim.session.data().openChannel(1, new ChannelParameters("x", "", true, null, null, false), null);
        JsepTransceiver audio = victim.negotiator.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV, false, "a");
        JsepTransceiver video = victim.negotiator.addTransceiver(MediaKind.VIDEO, Direction.SENDRECV, false, "v");
        victim.session.media().setSource(audio.id, List.of(new SourceFormat("opus", Map.of())));
        victim.session.media().setSource(video.id, List.of(new SourceFormat("VP8", Map.of())));
        try {
            negotiate(victim, false);
        } catch (JsepException e) {
            throw new IllegalStateException("an undisturbed negotiation fails", e);
        }
        List<JsepTransceiver> theirs = peer.negotiator.transceivers();
        peer.session.media().setSource(theirs.get(0).id, List.of(new SourceFormat("opus", Map.of())));
        peer.session.media().setSource(theirs.get(1).id, List.of(new SourceFormat("VP8", Map.of())));
        for (int i = 0; i < 100 && !(victim.opened && peer.opened); i++) {
            settle(1);
        }
        if (!victim.opened) {
            throw new IllegalStateException("an undisturbed call does not begin: " + victim.session.dropCounts());
        }
        frame(victim, 900);
        frame(peer, 900);
        settle(3);
    }

    private void negotiate(Side offerer, boolean hostile) throws JsepException {
        Side answerer = offerer.other;
        String offer = offerer.negotiator.createOffer(hostile && in.next() < 30);
        offerer.apply(true, SdpType.OFFER, offer);
        answerer.apply(false, SdpType.OFFER, hostile && offerer == peer ? altered(offer) : offer);
        if (!hostile) {
            answerer.negotiator.transceivers().forEach(t -> t.direction = Direction.SENDRECV);
        }
        String answer = answerer.negotiator.createAnswer();
        answerer.apply(true, SdpType.ANSWER, answer);
        offerer.apply(false, SdpType.ANSWER, hostile && answerer == peer ? altered(answer) : answer);
    }

    private String altered(String description) {
        return new String(in.altered(description.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }

    private void step() {
        switch (in.next(12)) {
            case 0 -> now += in.next() * 5 * MILLI;
            case 1 -> alter = 1 + in.next(8);
            case 2, 3 -> sctp();
            case 4 -> rtp();
            case 5 -> rtcp();
            case 6 -> check();
            case 7 -> give(in.next() < 200 ? peer.address : STRANGER, in.block());
            case 8 -> ours();
            case 9 -> theirs();
            case 10 -> candidate();
            default -> again();
        }
    }

    private void sctp() {
        byte[] chunks = in.block();
        byte[] d = new byte[13 + chunks.length];
        d[0] = OpenDtls.APPLICATION_DATA;
        System.arraycopy(sctpHeader, 0, d, 1, 8); // a checksum of zero is taken
        System.arraycopy(chunks, 0, d, 13, chunks.length);
        give(peer.address, d);
    }

    private void rtp() {
        JsepTransceiver of = peer.negotiator.transceivers().get(in.next(2));
        long ssrc = in.next() < 200 ? of.ssrc ^ 0x40000000L : in.u32();
        sequence += in.next() < 200 ? 1 : in.u16();
        boolean extended = in.flag();
        ByteWriter w = new ByteWriter()
                .u8(extended ? 0x90 : 0x80)
                .u8(PAYLOAD_TYPES[in.next(PAYLOAD_TYPES.length)] | (in.flag() ? 0x80 : 0))
                .u16(sequence & 0xffff)
                .u32(in.next() * 3_000L)
                .u32(ssrc);
        if (extended) {
            byte[] e = Arrays.copyOf(in.bytes(in.next(32)), 32);
            w.u16(in.flag() ? 0xbede : 0x1000).u16(8).bytes(e);
        }
        protectAndGive(false, w.bytes(in.bytes(in.next())).toByteArray());
    }

    private void rtcp() {
        byte[] body = in.block();
        byte[] d = body.length < 8 ? Arrays.copyOf(body, 8) : body;
        if (in.next() < 200) {
            d[0] = (byte) (0x80 | d[0] & 0x3f);
            d[1] = (byte) (200 + (d[1] & 7));
        }
        if (in.next() < 200 && d.length >= 12) {
            long ssrc = victim.negotiator.transceivers().get(in.next(2)).ssrc;
            for (int i = 0; i < 4; i++) {
                d[8 + i] = (byte) (ssrc >> 24 - 8 * i);
            }
        }
        protectAndGive(true, d);
    }

    private void protectAndGive(boolean rtcp, byte[] plain) {
        if (!rtcp && !new RtpPacket().wrap(plain, 0, plain.length) || rtcp && plain.length < 8) {
            give(peer.address, plain);
            return;
        }
        byte[] d = Arrays.copyOf(plain, plain.length + ROOM);
        ProtectedPacket p = rtcp ? toVictim.protectRtcp(d, 0, plain.length) : toVictim.protectRtp(d, 0, plain.length);
        if (p != null) {
            give(peer.address, Arrays.copyOf(d, p.length()));
        }
    }

    /** A check with the right password, from where he is or from elsewhere, with any attributes. */
    private void check() {
        IceCredentials c = victim.session.transports().localCredentials(TRANSPORT);
        if (c == null) {
            return;
        }
        StunMessage.Writer w = StunMessage.write(
                        StunMessage.BINDING,
                        in.next() < 200 ? StunClass.REQUEST : StunClass.INDICATION,
                        TransactionId.random(RandomSource.seeded(in.next())))
                .text(
                        6,
                        c.usernameFragment() + ":"
                                + peer.session
                                        .transports()
                                        .localCredentials(TRANSPORT)
                                        .usernameFragment());
        for (int n = in.next(4); n > 0; n--) {
            w.attribute(new int[] {0x24, 0x25, 0x8029, 0x802a, 0xc001, 0x7fff}[in.next(6)], in.bytes(in.next(12)));
        }
        byte[] d = w.integrity(c.password().getBytes(StandardCharsets.UTF_8)).fingerprinted();
        give(in.next() < 200 ? peer.address : new InetSocketAddress("10.0.1." + in.next(), 1_024 + in.next()), d);
    }

    private void ours() {
        switch (in.next(6)) {
            case 0 -> victim.session.data().sendMessage(now, 1, true, new byte[in.next() * 16]);
            case 1 ->
                victim.session
                        .data()
                        .openChannel(
                                channels++,
                                new ChannelParameters("y", "", in.flag(), in.flag() ? null : in.next(4), null, false),
                                null);
            case 2 -> victim.session.data().closeChannel(1 + in.next(channels));
            case 3 ->
                victim.session
                        .media()
                        .requestKeyFrame(victim.negotiator.transceivers().get(1).id);
            default -> frame(victim, in.next() * 20 + 1);
        }
    }

    private void theirs() {
        switch (in.next(4)) {
            case 0 -> peer.session.data().sendMessage(now, 1, true, new byte[in.next() * 16]);
            case 1 ->
                peer.session
                        .data()
                        .openChannel(channels++, new ChannelParameters("z", "", in.flag(), null, null, false), null);
            case 2 -> peer.session.data().closeChannel(1 + in.next(channels));
            default -> frame(peer, in.next() * 20 + 1);
        }
    }

    private void frame(Side side, int length) {
        byte[] video = new byte[length];
        Arrays.fill(video, CANARY);
        byte[] audio = new byte[60];
        Arrays.fill(audio, CANARY);
        boolean key = (++frames & 3) == 1;
        video[0] = (byte) (key ? 0 : 1);
        List<JsepTransceiver> t = side.negotiator.transceivers();
        side.session.media().sendFrame(now, t.get(0).id, OutgoingFrame.of(audio, true, frames * 960L), now);
        side.session.media().sendFrame(now, t.get(1).id, OutgoingFrame.of(video, key, frames * 3_000L), now);
    }

    private void candidate() {
        try {
            Candidate c = Candidate.parse(in.text());
            victim.session.transports().addRemoteCandidate(now, TRANSPORT, c);
        } catch (MalformedException e) {
            // refused
        }
    }

    /** Another round of negotiation, in which he alters what he says. */
    private void again() {
        if (victim.negotiator.state() != SignalingState.STABLE || peer.negotiator.state() != SignalingState.STABLE) {
            return;
        }
        Side offerer = in.flag() ? victim : peer;
        switch (in.next(4)) {
            case 0 -> offerer.negotiator.transceivers().forEach(t -> t.direction = Direction.values()[in.next(4)]);
            case 1 -> offerer.negotiator.wantIceRestart();
            case 2 -> {
                if (offerer.negotiator.transceivers().size() < 6) {
                    offerer.negotiator.addTransceiver(
                            in.flag() ? MediaKind.AUDIO : MediaKind.VIDEO, Direction.SENDRECV, false, "n");
                }
            }
            default -> {
                // as it is
            }
        }
        try {
            negotiate(offerer, true);
        } catch (JsepException e) {
            for (Side s : List.of(victim, peer)) {
                if (s.negotiator.state() != SignalingState.STABLE) {
                    back(s);
                }
            }
        }
    }

    private void back(Side s) {
        for (boolean local : new boolean[] {true, false}) {
            try {
                s.negotiator.rollback(local);
                s.session.apply(now, SessionPlans.of(s.negotiator.plan()));
                return;
            } catch (JsepException e) {
                // the other way
            }
        }
    }

    private void give(InetSocketAddress from, byte[] d) {
        byte[] own = Arrays.copyOf(d, d.length + ROOM); // it is decrypted in place
        FuzzBounds.work(
                d.length,
                () -> victim.session.handleDatagram(
                        now, TRANSPORT, victim.address, from, LentBytes.of(own, 0, d.length)));
        int before = victim.sent;
        victim.turn();
        FuzzBounds.atMost(MAX_SENT_AT_ONCE, victim.sent - before, "datagrams for one of " + d.length + " bytes");
    }

    /** Time passes, and what is on the way arrives. */
    private void settle(int turns) {
        for (int i = 0; i < turns; i++) {
            now += 20 * MILLI;
            for (Side s : List.of(victim, peer)) {
                int before = s.sent;
                if (s.session.nextTimeoutNanos() <= now) {
                    FuzzBounds.work(0, 100_000, () -> s.session.handleTimeout(now));
                }
                s.turn();
                FuzzBounds.atMost(MAX_SENT_AT_ONCE, s.sent - before, "datagrams in one turn");
            }
            for (byte[] d = victim.out.poll(); d != null; d = victim.out.poll()) {
                peer.session.handleDatagram(now, TRANSPORT, peer.address, victim.address, LentBytes.of(d));
            }
            peer.turn();
            for (byte[] d = peer.out.poll(); d != null; d = peer.out.poll()) {
                pass(d);
            }
            SessionSnapshot s = victim.session.snapshot();
            if (s.sctp() != null) {
                FuzzBounds.atMost(2 * WINDOW, s.sctp().heldBytes(), "bytes held");
            }
            FuzzBounds.noInternalError(s.drops());
        }
    }

    /** From the peer to the victim: all under our keys, and altered where the input wants it. */
    private void pass(byte[] d) {
        int first = d[0] & 0xff;
        boolean hostile = alter > 0 && --alter == 0;
        if (first == OpenDtls.APPLICATION_DATA) {
            if (recording != null) {
                recording.sctp().add(Arrays.copyOfRange(d, 1, d.length));
            }
            if (d.length >= 13) {
                sctpHeader = Arrays.copyOfRange(d, 1, 13);
            }
            if (hostile) {
                byte[] body = in.altered(Arrays.copyOfRange(d, Math.min(13, d.length), d.length));
                byte[] changed =
                        Arrays.copyOf(Arrays.copyOf(d, Math.min(13, d.length)), Math.min(13, d.length) + body.length);
                System.arraycopy(body, 0, changed, changed.length - body.length, body.length);
                if (changed.length >= 13) {
                    Arrays.fill(changed, 9, 13, (byte) 0);
                }
                d = changed;
            }
            give(peer.address, d);
        } else if (first >= 128 && first <= 191) {
            boolean rtcp = RtpPacket.isRtcp(d, 0, d.length);
            byte[] plain = d.clone();
            int n = rtcp ? fromPeer.unprotectRtcp(plain, 0, d.length) : fromPeer.unprotectRtp(now, plain, 0, d.length);
            if (n >= 0) {
                plain = Arrays.copyOf(plain, n);
                if (recording != null) {
                    (rtcp ? recording.rtcp() : recording.rtp()).add(plain);
                }
                protectAndGive(rtcp, hostile ? in.altered(plain) : plain);
            }
        } else {
            if (recording != null) {
                recording.stun().add(d.clone());
            }
            give(peer.address, hostile ? in.altered(d) : d);
        }
    }

    /** What {@link SeedMaker} writes as this target's first inputs. */
    static Map<String, byte[]> seeds() {
        RecordedCall call = RecordedCall.get();
        ByteWriter sctp = new ByteWriter();
        for (byte[] p : RecordedCall.first(call.sctp(), 8)) {
            sctp.u8(2)
                    .u16(p.length - 12)
                    .bytes(p, 12, p.length - 12)
                    .u8(8)
                    .u8(0)
                    .u8(20)
                    .u8(0)
                    .u8(4);
        }
        ByteWriter media = new ByteWriter();
        for (byte[] p : RecordedCall.first(call.rtcp(), 4)) {
            media.u8(5)
                    .u16(p.length)
                    .bytes(p)
                    .u8(255)
                    .u8(255)
                    .u8(8)
                    .u8(4)
                    .u8(60)
                    .u8(0)
                    .u8(4);
        }
        for (int i = 0; i < 8; i++) {
            media.u8(4)
                    .u8(1)
                    .u8(0)
                    .u8(0)
                    .u8(i & 1)
                    .u8(i)
                    .u8(i / 2)
                    .u8(1)
                    .u8(8)
                    .u32(0x10300000L)
                    .u32(0x22000000L)
                    .u8(0)
                    .u8(6)
                    .u32(0x10020304L)
                    .u16(7);
        }
        ByteWriter rounds = new ByteWriter();
        for (int i = 0; i < 4; i++) {
            rounds.u8(11)
                    .u8(i & 1)
                    .u8(i)
                    .u8(2)
                    .u8(1)
                    .u8(0)
                    .u8(255)
                    .u8(0)
                    .u8(9)
                    .u8(2)
                    .u8(50)
                    .u8(1)
                    .u8(2);
        }
        rounds.u8(6)
                .u8(0)
                .u8(1)
                .u8(1)
                .u8(0)
                .u8(4)
                .u32(0x6e0001ff)
                .u8(0)
                .u8(7)
                .u8(0)
                .u16(3)
                .u8(0)
                .u16(1)
                .u8(10)
                .u16(3)
                .u16(1)
                .u8(2);
        ByteWriter channels = new ByteWriter();
        for (int i = 0; i < 6; i++) {
            channels.u8(9)
                    .u8(1)
                    .u8(1)
                    .u8(8)
                    .u8(0)
                    .u8(100)
                    .u8(1)
                    .u8(3)
                    .u8(9)
                    .u8(0)
                    .u8(200)
                    .u8(9)
                    .u8(2)
                    .u8(i + 10);
        }
        return Map.of(
                "sctp",
                sctp.toByteArray(),
                "media",
                media.toByteArray(),
                "rounds",
                rounds.toByteArray(),
                "channels",
                channels.toByteArray());
    }
}
