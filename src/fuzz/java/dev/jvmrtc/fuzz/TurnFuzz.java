package dev.jvmrtc.fuzz;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.stun.StunAttribute;
import dev.jvmrtc.stun.StunClass;
import dev.jvmrtc.stun.StunMessage;
import dev.jvmrtc.turn.TurnClient;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.LentBytes;
import dev.jvmrtc.wire.MalformedException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A client of a TURN server that answers anything: with the right password or without, on time or late, with any
 * attributes, errors, indications and channel data.
 */
public final class TurnFuzz {
    private static final InetSocketAddress PEER = new InetSocketAddress("10.0.0.2", 5);
    private static final int[] ATTRIBUTES = {
        0x01, 0x06, 0x09, 0x0c, 0x0d, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x19, 0x1c, 0x1d, 0x20, 0x8001, 0x8002,
        0x8003, 0x8023, 0x7fff
    };
    private static final byte[] KEY = key();

    private final FuzzInput in;
    private final TurnClient client;
    private final List<byte[]> asked = new ArrayList<>();
    private long now = 1_000_000_000L;
    private long toServer;
    private long inputs;

    private TurnFuzz(FuzzInput in) {
        this.in = in;
        client = new TurnClient("u", "p", in.flag(), RandomSource.seeded(3));
    }

    private static byte[] key() {
        try {
            return MessageDigest.getInstance("MD5").digest("u:r:p".getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    public static void fuzzerTestOneInput(byte[] data) {
        FuzzInput in = new FuzzInput(data);
        TurnFuzz f = new TurnFuzz(in);
        f.client.start(f.now);
        f.settle();
        while (!in.isEmpty()) {
            f.step();
            f.settle();
        }
        f.client.close();
        f.settle();
    }

    private void step() {
        inputs++;
        switch (in.next(10)) {
            case 0 -> now += in.next() * 100_000_000L;
            case 1 ->
                client.send(
                        now,
                        in.flag() ? PEER : new InetSocketAddress("10.0.0." + in.next(), 5),
                        new byte[in.next()],
                        0,
                        0,
                        (d, o, n) -> toServer++);
            case 2 -> client.bind(now, PEER);
            case 3, 4 -> give(in.block());
            case 5 -> give(channelData());
            case 6 -> give(message(7, StunClass.INDICATION));
            default -> answer();
        }
    }

    private byte[] channelData() {
        byte[] body = in.bytes(in.next(64));
        byte[] d = new byte[4 + body.length];
        d[0] = 0x40;
        d[1] = (byte) in.next(4);
        int said = in.next() < 200 ? body.length : in.u16();
        d[2] = (byte) (said >> 8);
        d[3] = (byte) said;
        System.arraycopy(body, 0, d, 4, body.length);
        return d;
    }

    private byte[] message(int method, StunClass kind) {
        StunMessage.Writer w =
                StunMessage.write(method, kind, dev.jvmrtc.stun.TransactionId.random(RandomSource.seeded(in.next())));
        attributes(w);
        return w.bytes();
    }

    private void attributes(StunMessage.Writer w) {
        for (int n = in.next(5); n > 0; n--) {
            int type = ATTRIBUTES[in.next(ATTRIBUTES.length)];
            boolean address = type == StunAttribute.XOR_RELAYED_ADDRESS
                    || type == StunAttribute.XOR_PEER_ADDRESS
                    || type == StunAttribute.XOR_MAPPED_ADDRESS;
            if (address && in.flag()) {
                w.xorAddress(type, PEER);
            } else {
                w.attribute(type, in.bytes(in.next(24)));
            }
        }
    }

    private void answer() {
        if (asked.isEmpty()) {
            return;
        }
        byte[] q = asked.get(in.next() % asked.size());
        try {
            StunMessage m = StunMessage.parse(q, 0, q.length);
            int how = in.next();
            StunMessage.Writer w;
            if ((how & 1) != 0) {
                w = StunMessage.write(m.method(), StunClass.ERROR_RESPONSE, m.transactionId());
                int code = (how & 2) != 0 ? 401 : 300 + in.next() * 2;
                w.error(code, "reason");
                if (code == 401 || code == 438) {
                    w.text(StunAttribute.REALM, "r").attribute(StunAttribute.NONCE, in.bytes(in.next(8)));
                }
            } else {
                w = StunMessage.write(m.method(), StunClass.SUCCESS_RESPONSE, m.transactionId());
                if ((how & 2) == 0) {
                    w.xorAddress(StunAttribute.XOR_RELAYED_ADDRESS, new InetSocketAddress("198.51.100.1", 9))
                            .xorMappedAddress(PEER)
                            .u32(StunAttribute.LIFETIME, (how & 4) == 0 ? 600 : in.u32());
                }
            }
            attributes(w);
            give((how & 0x78) == 0 ? w.bytes() : w.integrity(KEY).fingerprinted());
        } catch (MalformedException e) {
            throw new IllegalStateException("what we ask is malformed", e);
        }
    }

    private void give(byte[] d) {
        FuzzBounds.work(
                d.length,
                () -> client.handleMessage(
                        now,
                        LentBytes.of(d),
                        (n, relay, peer, x) -> {
                            if (x.offset() < 0 || x.length() < 0 || x.offset() + x.length() > x.array().length) {
                                throw new IllegalStateException("data outside of its array");
                            }
                        },
                        (x, o, l) -> toServer++));
    }

    private void settle() {
        client.handleTimeout(now);
        for (byte[] m = client.pollTransmit(); m != null; m = client.pollTransmit()) {
            toServer++;
            if (asked.size() < 16) {
                asked.add(m);
            } else {
                asked.set((int) (toServer % 16), m);
            }
        }
        for (Object e = client.pollEvent(); e != null; e = client.pollEvent()) {
            e.toString();
        }
        FuzzBounds.atMost(300 + 20 * inputs, toServer, "messages to the server after " + inputs + " inputs");
        FuzzBounds.noInternalError(client.drops().snapshot());
    }

    /** What {@link SeedMaker} writes as this target's first inputs. */
    static Map<String, byte[]> seeds() {
        // Challenged, allocated, a permission and a channel asked for and given, data in both forms, refreshed.
        byte[] allocate = {0, 7, 0, 3, 4, 1, 2, 3, 4, 0, 7, 1, (byte) 0x80, 0};
        byte[] talk = {
            1,
            1,
            5,
            2,
            7,
            2,
            (byte) 0x80,
            0,
            7,
            3,
            (byte) 0x80,
            0,
            5,
            8,
            1,
            2,
            3,
            4,
            5,
            6,
            7,
            8,
            0,
            0,
            6,
            3,
            2,
            9,
            1,
            5,
            4,
            1,
            2,
            3,
            4
        };
        byte[] time = {0, 100, 7, 4, (byte) 0x80, 0, 0, (byte) 255, 0, (byte) 255};
        return Map.of(
                "allocated",
                new ByteWriter().bytes(allocate).bytes(talk).bytes(time).toByteArray(),
                "refused",
                new byte[] {1, 7, 0, 1, 3, 0, 7, 0, 1, 100, 0, 0, 50});
    }
}
