package dev.jvmrtc.fuzz;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.dtls.DtlsEvent;
import dev.jvmrtc.dtls.DtlsIdentity;
import dev.jvmrtc.dtls.DtlsRole;
import dev.jvmrtc.dtls.Fingerprint;
import dev.jvmrtc.dtls.HandshakeExecutor;
import dev.jvmrtc.dtls.bc.BcDtlsEngine;
import dev.jvmrtc.dtls.bc.SelfSigned;
import dev.jvmrtc.wire.LentBytes;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Two live engines, a client and a server, on whose path an attacker writes any bytes, altered and repeated copies of
 * what passes. In the handshake, which protects itself only at its end, he may make it fail. Once there are keys
 * nothing that he writes may do anything: no end, no alert, no data, and data goes on in both directions.
 */
public final class DtlsFuzz {
    private static final ExecutorService THREADS = Executors.newCachedThreadPool(r -> {
        Thread t = new Thread(r, "fuzzed handshake");
        t.setDaemon(true);
        return t;
    });
    private static final HandshakeExecutor EXECUTOR = task -> {
        THREADS.execute(task);
        return true;
    };
    private static final Instant BEGINS = Instant.now().minusSeconds(60);
    private static final DtlsIdentity[] IDENTITIES = {identity(1), identity(2)};

    private final FuzzInput in;
    private final List<ArrayDeque<byte[]>> sent = List.of(new ArrayDeque<>(), new ArrayDeque<>());
    private final BcDtlsEngine[] engines = new BcDtlsEngine[2];
    private final boolean[] connected = new boolean[2];
    private final boolean[] ended = new boolean[2];
    private final int[] received = new int[2];
    /** What has passed, for copies. */
    private final List<byte[]> passed = new ArrayList<>();

    private long outBytes;
    private long inBytes;

    private DtlsFuzz(FuzzInput in) {
        this.in = in;
    }

    private static DtlsIdentity identity(int seed) {
        return SelfSigned.ecdsa(BEGINS, BEGINS.plusSeconds(86_400), RandomSource.seeded(seed));
    }

    public static void fuzzerTestOneInput(byte[] data) {
        FuzzInput in = new FuzzInput(data);
        DtlsFuzz f = new DtlsFuzz(in);
        boolean inTheHandshake = in.flag();
        f.start();
        try {
            f.shake(inTheHandshake);
            if (!inTheHandshake) {
                f.live();
            }
        } finally {
            f.engines[0].close();
            f.engines[1].close();
        }
    }

    private void start() {
        for (int i = 0; i < 2; i++) {
            ArrayDeque<byte[]> out = sent.get(i);
            engines[i] = new BcDtlsEngine(
                    IDENTITIES[i],
                    (d, o, n) -> {
                        out.add(Arrays.copyOfRange(d, o, o + n));
                        outBytes += n;
                    },
                    EXECUTOR,
                    RandomSource.seeded(10 + i));
        }
        long now = System.nanoTime();
        engines[1].start(now, DtlsRole.SERVER, List.of(Fingerprint.of("sha-256", IDENTITIES[0].certificateDer())));
        engines[0].start(now, DtlsRole.CLIENT, List.of(Fingerprint.of("sha-256", IDENTITIES[1].certificateDer())));
    }

    private void shake(boolean hostile) {
        for (int turn = 0; turn < 30 && !(connected[0] && connected[1]) && !ended[0] && !ended[1]; turn++) {
            for (int i = 0; i < 2; i++) {
                for (byte[] d = sent.get(i).poll(); d != null; d = sent.get(i).poll()) {
                    if (hostile && !in.isEmpty() && in.next() < 128) {
                        attack(1 - i, d);
                    }
                    give(1 - i, d);
                }
            }
        }
        if (!hostile && !(connected[0] && connected[1])) {
            throw new IllegalStateException("an undisturbed handshake does not end");
        }
        if (hostile) {
            // A server's answer to a stranger's bytes is at most what the handshake of one client is.
            FuzzBounds.atMost(60_000 + 4 * inBytes, outBytes, "bytes sent for " + inBytes);
        }
    }

    private void attack(int to, byte[] next) {
        switch (in.next(4)) {
            case 0 -> give(to, in.block());
            case 1 -> give(to, passed.isEmpty() ? next : in.altered(passed.get(in.next() % passed.size())));
            case 2 -> give(to, next);
            default -> give(to, in.altered(next));
        }
    }

    private void live() {
        byte[] message = "a message".getBytes();
        while (!in.isEmpty()) {
            int to = in.next(2);
            switch (in.next(4)) {
                case 0 -> give(to, in.block());
                case 1 -> give(to, header(in.next(), in.block()));
                case 2 -> {
                    if (!passed.isEmpty()) {
                        give(to, in.altered(passed.get(in.next() % passed.size())));
                    }
                }
                default -> talk(1 - to, message);
            }
        }
        talk(0, message);
        talk(1, message);
    }

    /** A record as from a peer with keys, which has none. */
    private byte[] header(int how, byte[] body) {
        byte[] d = new byte[13 + body.length];
        d[0] = (byte) (20 + (how & 7));
        d[1] = (byte) 0xfe;
        d[2] = (byte) ((how & 8) == 0 ? 0xfd : in.next());
        d[4] = (byte) ((how & 16) == 0 ? 1 : in.next());
        d[10] = (byte) in.next();
        int said = (how & 32) == 0 ? body.length : in.u16();
        d[11] = (byte) (said >> 8);
        d[12] = (byte) said;
        System.arraycopy(body, 0, d, 13, body.length);
        return d;
    }

    private void talk(int from, byte[] message) {
        int before = received[1 - from];
        if (!engines[from].send(message, 0, message.length)) {
            throw new IllegalStateException("nothing can be sent any more");
        }
        for (byte[] d = sent.get(from).poll(); d != null; d = sent.get(from).poll()) {
            give(1 - from, d);
        }
        if (received[1 - from] != before + 1) {
            throw new IllegalStateException("a message does not arrive any more: " + engines[1 - from].dropCounts());
        }
    }

    private void give(int to, byte[] d) {
        inBytes += d.length;
        if (passed.size() < 32) {
            passed.add(d.clone());
        }
        FuzzBounds.work(d.length, () -> engines[to].handleDatagram(System.nanoTime(), LentBytes.of(d)));
        for (int i = 0; i < 2; i++) {
            boolean live = connected[0] && connected[1];
            for (DtlsEvent e = engines[i].pollEvent(); e != null; e = engines[i].pollEvent()) {
                if (e instanceof DtlsEvent.Connected) {
                    connected[i] = true;
                } else if (e instanceof DtlsEvent.Closed c) {
                    ended[i] = true;
                    if (live) {
                        throw new IllegalStateException("ended by a stranger: " + c);
                    }
                } else if (e instanceof DtlsEvent.Data data) {
                    received[i]++;
                    if (!new String(data.plaintext().copy()).equals("a message")) {
                        throw new IllegalStateException("data that nobody sent");
                    }
                }
            }
            FuzzBounds.noInternalError(engines[i].dropCounts());
        }
    }

    /** What {@link SeedMaker} writes as this target's first inputs. */
    static Map<String, byte[]> seeds() {
        return Map.of(
                "handshake",
                new byte[] {1, 0, 3, 1, 0, 20, 0, 9, 0, 2, 0, 3, 2, 0, 30, 3, 1, 3, 0, 16, 0, 1, 1, 2, 1, 0, 40, 0, 7},
                "records",
                new byte[] {
                    0, 0, 1, 1, 0, 4, 1, 2, 3, 4, 0, 1, 1, 23, 0, 30, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 1, 3, 0, 2, 0, 1, 0, 15, 0, 1, 1, 2, 5, 1, 0, 2, 3, 1, 3, 0, 0,
                    1, 2
                });
    }
}
