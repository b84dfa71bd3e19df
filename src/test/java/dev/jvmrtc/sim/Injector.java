package dev.jvmrtc.sim;

import dev.jvmrtc.stun.StunClass;
import dev.jvmrtc.stun.StunMessage;
import dev.jvmrtc.stun.TransactionId;
import dev.jvmrtc.wire.Bytes;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;

/**
 * Somebody on the path who reads everything, has no keys, and adds to what passes: altered, cut, lengthened, repeated
 * and made-up packets, from the sender's address, from others', and back to the sender. Nothing may come of it that he
 * could not have by dropping packets.
 *
 * <p>What a server says before it knows the client is not authenticated in TURN and STUN (RFC 8489 §9.2.5, RFC 8656
 * §5): such answers can be forged by design, and are left alone unless {@link #forgesServers} is set, where a call then
 * need not come about.
 */
public final class Injector {
    private static final int KEPT = 64;
    private static final long LATE = 2_000_000_000L;
    private static final int KINDS = 13;

    private record Passed(InetSocketAddress from, InetSocketAddress to, byte[] data) {}

    private final Random random;
    private final int percent;
    private final Passed[] kept = new Passed[KEPT];
    private int next;
    /** Whether answers of servers that nothing authenticates are forged too. */
    public boolean forgesServers;
    /**
     * Whether messages of a DTLS handshake are left alone: real ones are not authenticated before the last (RFC 6347
     * §4.2.6).
     */
    public boolean sparesHandshakes;

    public long injected;

    /** @param percent of the datagrams that pass, how many are followed by one of his */
    public Injector(long seed, int percent) {
        this.random = new Random(seed ^ 0xbad);
        this.percent = percent;
    }

    /** A datagram is on its way from {@code from}, seen as {@code seen} by who gets it, to {@code to}. */
    void passes(
            VirtualNetwork network, InetSocketAddress from, InetSocketAddress to, InetSocketAddress seen, byte[] data) {
        if (data.length == 0) {
            return;
        }
        if (random.nextInt(100) < percent) {
            add(network, from, to, seen, data);
        }
        if (random.nextInt(8) == 0) {
            kept[next] = new Passed(from, to, data);
            next = (next + 1) % KEPT;
        }
    }

    private void add(
            VirtualNetwork network, InetSocketAddress from, InetSocketAddress to, InetSocketAddress seen, byte[] data) {
        boolean stun = StunMessage.isStun(data, 0, data.length);
        if (sparesHandshakes && data[0] == 22) {
            return;
        }
        boolean server = network.isServer(from) && stun;
        injected++;
        byte[] d = data.clone();
        InetSocketAddress claimed = seen;
        long delay = random.nextInt(4) == 0 ? (long) (random.nextDouble() * LATE) : random.nextInt(60_000_000);
        switch (server && !forgesServers ? random.nextInt(4) : random.nextInt(KINDS)) {
            case 0 -> delay += 1;
            case 1 -> d = Arrays.copyOf(d, random.nextInt(d.length));
            case 2 -> alter(d, 0);
            case 3 -> {
                int n = d.length;
                d = Arrays.copyOf(d, n + 1 + random.nextInt(64));
                alter(d, n);
            }
            case 4 -> {
                byte[] junk = new byte[1 + random.nextInt(200)];
                random.nextBytes(junk);
                System.arraycopy(d, 0, junk, 0, Math.min(Math.min(d.length, junk.length), 1 + random.nextInt(16)));
                d = junk;
            }
            case 5 -> d = Arrays.copyOf(d, Math.min(d.length, 1 + random.nextInt(24)));
            case 6 -> {
                Passed p = kept[random.nextInt(KEPT)];
                if (p != null && !network.isServer(p.from)) {
                    d = p.data.clone();
                    claimed = random.nextBoolean() ? p.from : seen;
                }
            }
            case 7 -> claimed = stranger(from, to);
            case 8 -> {
                alter(d, 0);
                claimed = stranger(from, to);
            }
            case 9 -> {
                network.injectBack(delay, from, random.nextBoolean() ? to : stranger(from, to), d);
                return;
            }
            case 10 -> {
                alter(d, 0);
                if (stun) {
                    fingerprint(d);
                }
            }
            case 11 -> {
                if (stun && !network.isServer(to)) {
                    forgeAnswer(network, from, to, d);
                    return;
                }
                d[random.nextInt(Math.min(d.length, 16))] = (byte) random.nextInt();
            }
            default -> {
                // A made-up packet with a first byte of each protocol's (RFC 7983), short, as parsers like least.
                d = new byte[1 + random.nextInt(40)];
                random.nextBytes(d);
                d[0] = (byte) new int[] {0, 1, 3, 20, 21, 22, 23, 25, 63, 64, 79, 128, 144, 191, 200, 255}
                        [random.nextInt(16)];
                if (d.length > 3 && random.nextBoolean()) {
                    d[1] = (byte) 0xfe;
                    d[2] = (byte) 0xfd;
                }
            }
        }
        if (!network.isServer(to)) {
            network.inject(delay, from, to, seen, claimed, d);
        }
    }

    private void alter(byte[] d, int from) {
        for (int i = 1 + random.nextInt(4); i > 0 && d.length > from; i--) {
            d[from + random.nextInt(d.length - from)] ^= (byte) (1 << random.nextInt(8));
        }
    }

    private InetSocketAddress stranger(InetSocketAddress from, InetSocketAddress to) {
        return switch (random.nextInt(4)) {
            case 0 -> to; // the receiver's own
            case 1 -> new InetSocketAddress(from.getAddress(), 1_024 + random.nextInt(60_000));
            case 2 -> SimPeer.address("10.0.0." + (1 + random.nextInt(254)), from.getPort());
            default -> SimPeer.address("203.0.113." + (1 + random.nextInt(254)), 1_024 + random.nextInt(60_000));
        };
    }

    /** RFC 8489 §14.7, so that a message is altered that the cheap check lets pass. */
    private static void fingerprint(byte[] d) {
        int n = d.length;
        if (n >= 28 && Bytes.u16(d, n - 8) == 0x8028) {
            CRC32 crc = new CRC32();
            crc.update(d, 0, n - 8);
            Bytes.put32(d, n - 4, (int) crc.getValue() ^ 0x5354554e);
        }
    }

    /** An error in answer to a check, from the right address, with the right transaction, without integrity. */
    private void forgeAnswer(VirtualNetwork network, InetSocketAddress from, InetSocketAddress to, byte[] request) {
        try {
            StunMessage m = StunMessage.parse(request, 0, request.length);
            if (m.messageClass() != StunClass.REQUEST) {
                return;
            }
            TransactionId id = m.transactionId();
            int code = new int[] {300, 400, 401, 403, 420, 438, 487, 500}[random.nextInt(8)];
            StunMessage.Writer w = random.nextInt(4) == 0
                    ? StunMessage.write(m.method(), StunClass.SUCCESS_RESPONSE, id)
                            .xorMappedAddress(stranger(from, to))
                    : StunMessage.write(m.method(), StunClass.ERROR_RESPONSE, id)
                            .error(code, "no");
            network.injectBack(random.nextInt(10_000_000), from, to, w.fingerprinted());
        } catch (dev.jvmrtc.wire.MalformedException e) {
            return; // one of his own, that a relay has passed on
        }
    }

    /**
     * A message to follow one in a stream, or null. Its length field is right: else the stream would be lost, as by
     * dropping.
     */
    byte[] inStream(byte[] data, boolean ofServer) {
        if (random.nextInt(100) >= percent || data.length < 8) {
            return null;
        }
        if (ofServer && StunMessage.isStun(data, 0, data.length)) {
            return null;
        }
        injected++;
        byte[] d = data.clone();
        alter(d, ofServer ? 4 : 2);
        return d;
    }
}
