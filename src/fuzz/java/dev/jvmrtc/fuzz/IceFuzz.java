package dev.jvmrtc.fuzz;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.core.Transmit;
import dev.jvmrtc.ice.Candidate;
import dev.jvmrtc.ice.IceAgent;
import dev.jvmrtc.ice.IceCredentials;
import dev.jvmrtc.stun.StunClass;
import dev.jvmrtc.stun.StunMessage;
import dev.jvmrtc.stun.TransactionId;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.LentBytes;
import dev.jvmrtc.wire.MalformedException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An agent whose peer and STUN server send any bytes: raw ones, requests with the right password and any attributes,
 * answers to what the agent asked, from anywhere, over UDP and streams; with any candidates. What it sends of its own
 * is bounded.
 */
public final class IceFuzz {
    private static final IceCredentials OURS = new IceCredentials("abcdabcd", "abcdefghijklmnopqrstuvwx");
    private static final IceCredentials THEIRS = new IceCredentials("efghefgh", "efghefghefghefghefghefgh");
    private static final InetSocketAddress LOCAL = new InetSocketAddress("10.0.0.1", 5_000);
    private static final InetSocketAddress REMOTE = new InetSocketAddress("10.0.0.2", 6_000);
    private static final InetSocketAddress SERVER = new InetSocketAddress("192.0.2.1", 3_478);
    private static final int[] ATTRIBUTES = {
        0x01, 0x06, 0x08, 0x09, 0x0a, 0x14, 0x15, 0x20, 0x24, 0x25, 0x8023, 0x8029, 0x802a, 0x802c, 0xc001, 0x7fff
    };

    private final FuzzInput in;
    private final IceAgent agent;
    private final List<byte[]> asked = new ArrayList<>();
    private long now = 1_000_000_000L;
    private int streams;
    private int nextStream;

    private IceFuzz(FuzzInput in) {
        this.in = in;
        int how = in.next();
        agent = new IceAgent(OURS, (how & 1) != 0, (how & 6) == 6, RandomSource.seeded(5), () -> ++nextStream);
        agent.addLocalAddress(now, LOCAL, 65_535);
        agent.addPassiveTcpAddress(now, LOCAL, LOCAL, 100);
        agent.addActiveTcpAddress(now, LOCAL.getAddress(), LOCAL.getAddress(), 100);
        agent.addServer(now, "stun:server", SERVER);
        agent.setRemoteCredentials(now, THEIRS, (how & 8) != 0);
        agent.localAddressesComplete();
        candidate("candidate:1 1 udp 2130706431 10.0.0.2 6000 typ host");
    }

    public static void fuzzerTestOneInput(byte[] data) {
        FuzzInput in = new FuzzInput(data);
        IceFuzz f = new IceFuzz(in);
        f.settle(0);
        while (!in.isEmpty()) {
            f.step();
        }
        f.agent.close();
        f.settle(0);
    }

    private void step() {
        int op = in.next(9);
        if (op == 0) {
            now += in.next() * 20_000_000L;
            settle(0);
        } else if (op == 1) {
            candidate(in.text());
            settle(0);
        } else if (op == 2) {
            int id = agent.streamAccepted(now, LOCAL, from());
            streams = Math.max(streams, id);
            settle(0);
        } else if (op == 3) {
            agent.restart(now, new IceCredentials("ijklijkl", OURS.password()));
            agent.setRemoteCredentials(now, THEIRS, false);
            settle(0);
        } else {
            byte[] d = op < 6 ? in.block() : message();
            InetSocketAddress from = from();
            boolean overStream = in.next() < 30;
            int stream = in.next(8);
            FuzzBounds.work(d.length, () -> {
                if (overStream) {
                    agent.handleStream(now, stream, LentBytes.of(d));
                } else {
                    agent.handleDatagram(now, LOCAL, from, LentBytes.of(d));
                }
            });
            settle(d.length);
        }
    }

    private InetSocketAddress from() {
        int which = in.next();
        return which < 160
                ? REMOTE
                : which < 200 ? SERVER : new InetSocketAddress("10.0.1." + which, 1 + in.u16() % 65_535);
    }

    private void candidate(String text) {
        FuzzBounds.work(text.length(), () -> {
            try {
                Candidate c = Candidate.parse(text);
                if (!c.isName()) {
                    agent.addRemoteCandidate(now, c);
                }
            } catch (MalformedException e) {
                // refused
            }
        });
    }

    /** A message of the right form: a check of the peer, or an answer to what was asked. */
    private byte[] message() {
        StunClass kind = StunClass.values()[in.next(4)];
        boolean answer = kind == StunClass.SUCCESS_RESPONSE || kind == StunClass.ERROR_RESPONSE;
        byte[] question = answer && !asked.isEmpty() ? asked.get(in.next() % asked.size()) : null;
        TransactionId id = TransactionId.random(RandomSource.seeded(in.next()));
        StunMessage.Writer w = StunMessage.write(in.next() < 240 ? StunMessage.BINDING : in.next(12), kind, id);
        if (!answer && in.next() < 240) {
            w.text(6, OURS.usernameFragment() + ":" + THEIRS.usernameFragment());
        }
        for (int n = in.next(5); n > 0; n--) {
            int type = ATTRIBUTES[in.next(ATTRIBUTES.length)];
            if (type == 0x20 && in.flag()) {
                w.xorAddress(0x20, from());
            } else {
                w.attribute(type, in.bytes(in.next(24)));
            }
        }
        if (question != null) {
            // The answer's transaction has to stand there before the integrity is computed.
            byte[] plain = w.bytes();
            System.arraycopy(question, 8, plain, 8, 12);
            return resign(plain, THEIRS.password());
        }
        return in.next() < 230
                ? w.integrity(OURS.password().getBytes(StandardCharsets.UTF_8)).fingerprinted()
                : w.bytes();
    }

    /** The same attributes under the transaction that was asked. */
    private byte[] resign(byte[] plain, String password) {
        try {
            StunMessage m = StunMessage.parse(plain, 0, plain.length);
            StunMessage.Writer w = StunMessage.write(m.method(), m.messageClass(), m.transactionId());
            for (int type : ATTRIBUTES) {
                byte[] v = m.value(type);
                if (v != null) {
                    w.attribute(type, v);
                }
            }
            return in.next() < 60
                    ? w.fingerprinted()
                    : w.integrity(password.getBytes(StandardCharsets.UTF_8)).fingerprinted();
        } catch (MalformedException e) {
            return plain;
        }
    }

    /** What the agent sends after one input: answers, and what its own schedule brings. */
    private void settle(int bytes) {
        agent.handleTimeout(now);
        int sent = 0;
        for (Transmit t = agent.pollTransmit(); t != null; t = agent.pollTransmit()) {
            sent++;
            if (asked.size() < 16) {
                asked.add(t.data());
            }
        }
        FuzzBounds.atMost(200, sent, "messages after one of " + bytes + " bytes");
        for (Object e = agent.pollEvent(); e != null; e = agent.pollEvent()) {
            e.toString();
        }
        agent.pairs();
        FuzzBounds.atMost(
                IceAgent.MAX_REMOTE_CANDIDATES, agent.remoteCandidates().size(), "remote candidates");
        FuzzBounds.noInternalError(agent.drops().snapshot());
    }

    /** What {@link SeedMaker} writes as this target's first inputs. */
    static Map<String, byte[]> seeds() {
        ByteWriter call = new ByteWriter().u8(1);
        for (byte[] p : RecordedCall.first(RecordedCall.get().stun(), 6)) {
            call.u8(4).u16(p.length).bytes(p).u8(0).u8(255).u8(0).u8(0).u8(10);
        }
        byte[] other =
                "candidate:2 1 tcp 1518280447 10.0.0.3 7000 typ host tcptype passive".getBytes(StandardCharsets.UTF_8);
        ByteWriter checks = new ByteWriter().u8(0).u8(1).u16(other.length).bytes(other);
        for (int kind = 0; kind < 4; kind++) {
            checks.u8(7).u8(kind);
            if (kind > 1) {
                checks.u8(0);
            }
            checks.u8(3).u8(0);
            if (kind < 2) {
                checks.u8(0);
            }
            checks.u8(2)
                    .u8(8)
                    .u8(4)
                    .u32(0x6e0001ff)
                    .u8(12)
                    .u8(8)
                    .u32(1)
                    .u32(2)
                    .u8(0)
                    .u8(0)
                    .u8(255)
                    .u8(0)
                    .u8(0)
                    .u8(25);
        }
        return Map.of("call", call.toByteArray(), "checks", checks.toByteArray(), "stream", new byte[] {
            9, 2, 0, 5, 0, 2, 1, 1, 0, 0, 1, 0, 20, 3, 0, (byte) 200
        });
    }
}
