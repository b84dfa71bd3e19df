package dev.jvmrtc.sim;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.crypto.ReplayWindow;
import dev.jvmrtc.dtls.DtlsEngine;
import dev.jvmrtc.dtls.DtlsEvent;
import dev.jvmrtc.dtls.DtlsIdentity;
import dev.jvmrtc.dtls.DtlsRole;
import dev.jvmrtc.dtls.Fingerprint;
import dev.jvmrtc.dtls.SrtpProfile;
import dev.jvmrtc.wire.ByteReader;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.Bytes;
import dev.jvmrtc.wire.LentBytes;
import dev.jvmrtc.wire.MalformedException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A replayable stand-in for DTLS: hellos with certificates that are compared with fingerprints, keys from both randoms,
 * and records that are scrambled, numbered and checked under them. It withstands what an attacker without the keys can
 * do to real DTLS: altered, cut, repeated and foreign datagrams are dropped. For simulations only: its arithmetic
 * protects nothing from anybody who thinks.
 */
public final class StandInDtls implements DtlsEngine {
    private static final int HANDSHAKE = 22;
    private static final int DATA = 23;
    private static final int ALERT = 21;
    private static final int CLIENT_HELLO = 1;
    private static final int SERVER_HELLO = 2;
    private static final int CLIENT_FINISHED = 3;
    private static final int SERVER_FINISHED = 4;
    private static final int RANDOM = 16;
    /** In front of a record's content: kind, type, number; behind it: the check. */
    private static final int RECORD_HEADER = 10;

    private static final int CHECK = 8;
    private static final long RESEND = 300_000_000L;
    /**
     * Client hellos that a server considers: which one was no copy of an older one shows when the client has the keys.
     */
    private static final int MAX_PEERS = 4;

    /** A peer as its hello tells it, and what follows from it. */
    private record Peer(
            byte[] random, byte[] certificate, boolean trusted, byte[] keys, long[] client, long[] server) {}

    private final DtlsIdentity identity;
    private final Output output;
    private final byte[] ownRandom = new byte[RANDOM];
    private final ArrayDeque<DtlsEvent> events = new ArrayDeque<>();
    private final ArrayDeque<byte[]> held = new ArrayDeque<>();
    private final List<Peer> peers = new ArrayList<>();
    private final ReplayWindow seen = new ReplayWindow();
    private final Map<String, Long> drops = new TreeMap<>();
    private DtlsRole role;
    private List<Fingerprint> fingerprints;
    private Peer peer;
    private long nextNumber;
    private SrtpProfile profile = SrtpProfile.AEAD_AES_128_GCM;
    private boolean acknowledged;
    private boolean done;
    private long resendAt = NEVER;

    public StandInDtls(DtlsIdentity identity, Output output, RandomSource random) {
        this.identity = identity;
        this.output = output;
        random.nextBytes(ownRandom);
    }

    /** As with a peer that knows no use_srtp. */
    StandInDtls withoutSrtp() {
        profile = null;
        return this;
    }

    @Override
    public void start(long now, DtlsRole newRole, List<Fingerprint> peerFingerprints) {
        role = newRole;
        fingerprints = peerFingerprints;
        if (role == DtlsRole.CLIENT) {
            hello(CLIENT_HELLO, new byte[RANDOM]);
            resendAt = now + RESEND;
        }
        for (byte[] d = held.poll(); d != null; d = held.poll()) {
            handleDatagram(now, LentBytes.of(d));
        }
    }

    private void hello(int type, byte[] answered) {
        byte[] certificate = identity.certificateDer();
        ByteWriter w = new ByteWriter()
                .u8(HANDSHAKE)
                .u8(type)
                .bytes(ownRandom)
                .bytes(answered)
                .u16(certificate.length)
                .bytes(certificate);
        long check = check(type, type, 0, w.array(), 0, w.length());
        w.u64(check);
        output.send(w.array(), 0, w.length());
    }

    private void drop(String reason) {
        drops.merge("stand-in DTLS: " + reason, 1L, Long::sum);
    }

    @Override
    public Map<String, Long> dropCounts() {
        return drops;
    }

    @Override
    public void handleDatagram(long now, LentBytes datagram) {
        byte[] data = datagram.array();
        int offset = datagram.offset();
        int length = datagram.length();
        if (done) {
            return;
        }
        if (role == null) {
            if (held.size() < 8) {
                held.add(Arrays.copyOfRange(data, offset, offset + length));
            }
            return;
        }
        int type = length < 2 ? 0 : data[offset + 1];
        if (length >= 2 && data[offset] == HANDSHAKE && (type == CLIENT_HELLO || type == SERVER_HELLO)) {
            try {
                handleHello(now, type, data, offset, length);
            } catch (MalformedException e) {
                drop("malformed hello");
            }
        } else {
            handleRecord(now, data, offset, length);
        }
    }

    private void handleHello(long now, int type, byte[] data, int offset, int length) throws MalformedException {
        if (peer != null
                || type != (role == DtlsRole.SERVER ? CLIENT_HELLO : SERVER_HELLO)
                || length < CHECK
                || Bytes.i64(data, offset + length - CHECK) != check(type, type, 0, data, offset, length - CHECK)) {
            drop("hello that is not for us");
            return;
        }
        ByteReader r = new ByteReader(data, offset + 2, length - 2 - CHECK);
        byte[] theirs = r.bytes(RANDOM);
        byte[] answered = r.bytes(RANDOM);
        byte[] certificate = r.bytes(r.u16());
        if (role == DtlsRole.CLIENT && !Arrays.equals(answered, ownRandom)) {
            drop("hello that answers another");
            return;
        }
        if (role == DtlsRole.SERVER) {
            if (peers.stream().noneMatch(p -> Arrays.equals(p.random, theirs))) {
                if (peers.size() == MAX_PEERS) {
                    peers.remove(0);
                }
                peers.add(peer(theirs, certificate));
            }
            hello(SERVER_HELLO, theirs);
        } else {
            complete(peer(theirs, certificate));
            record(HANDSHAKE, CLIENT_FINISHED, new byte[0], 0, 0);
            resendAt = done ? NEVER : now + RESEND;
        }
    }

    private Peer peer(byte[] theirRandom, byte[] certificate) {
        byte[] client = role == DtlsRole.CLIENT ? ownRandom : theirRandom;
        byte[] server = role == DtlsRole.CLIENT ? theirRandom : ownRandom;
        byte[] secret = new byte[96];
        try {
            for (int i = 0; i < 3; i++) {
                MessageDigest d = MessageDigest.getInstance("SHA-256");
                d.update((byte) i);
                d.update(client);
                d.update(server);
                System.arraycopy(d.digest(), 0, secret, 32 * i, 32);
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        return new Peer(
                theirRandom,
                certificate,
                fingerprints.stream().anyMatch(f -> f.matches(certificate)),
                Arrays.copyOf(secret, 56),
                new long[] {Bytes.i64(secret, 56), Bytes.i64(secret, 64)},
                new long[] {Bytes.i64(secret, 72), Bytes.i64(secret, 80)});
    }

    private void complete(Peer p) {
        peer = p;
        peers.clear();
        if (!p.trusted) {
            done = true; // not before it has shown that the hello was its own
            events.add(new DtlsEvent.Closed("fingerprint", true, 42, null));
            return;
        }
        events.add(new DtlsEvent.Connected(
                profile, profile == null ? new byte[0] : p.keys, List.of(p.certificate), role, "stand-in"));
    }

    // ---------------------------------------------------------------- records

    private void record(int kind, int type, byte[] data, int offset, int length) {
        long[] key = role == DtlsRole.CLIENT ? peer.client : peer.server;
        byte[] r = new byte[RECORD_HEADER + length + CHECK];
        r[0] = (byte) kind;
        r[1] = (byte) type;
        long number = nextNumber++;
        Bytes.put64(r, 2, number);
        System.arraycopy(data, offset, r, RECORD_HEADER, length);
        scramble(key, number, r, RECORD_HEADER, length);
        Bytes.put64(r, r.length - CHECK, check(key[0], key[1], number, r, 0, r.length - CHECK));
        output.send(r, 0, r.length);
    }

    private static boolean isRight(long[] key, byte[] r, int offset, int length) {
        return Bytes.i64(r, offset + length - CHECK)
                == check(key[0], key[1], Bytes.i64(r, offset + 2), r, offset, length - CHECK);
    }

    private void handleRecord(long now, byte[] r, int offset, int length) {
        if (length < RECORD_HEADER + CHECK) {
            drop("record too short");
            return;
        }
        if (peer == null && role == DtlsRole.SERVER) {
            peers.stream()
                    .filter(p -> isRight(p.client, r, offset, length))
                    .findFirst()
                    .ifPresent(this::complete);
        }
        long[] key = peer == null ? null : role == DtlsRole.CLIENT ? peer.server : peer.client;
        if (key == null || !isRight(key, r, offset, length)) {
            drop("record that is not authentic");
            return;
        }
        long number = Bytes.i64(r, offset + 2);
        if (done) {
            return;
        }
        if (!seen.accepts(number)) {
            drop("record repeated");
            return;
        }
        seen.add(number);
        int kind = r[offset];
        int type = r[offset + 1];
        if (kind == HANDSHAKE && type == CLIENT_FINISHED) {
            record(HANDSHAKE, SERVER_FINISHED, new byte[0], 0, 0);
        } else if (kind == HANDSHAKE && type == SERVER_FINISHED) {
            acknowledged = true;
        } else if (kind == DATA) {
            acknowledged = true;
            byte[] plain = Arrays.copyOfRange(r, offset + RECORD_HEADER, offset + length - CHECK);
            scramble(key, number, plain, 0, plain.length);
            events.add(new DtlsEvent.Data(LentBytes.of(plain)));
        } else if (kind == ALERT) {
            done = true;
            events.add(new DtlsEvent.Closed(null, false, null, 0));
        }
        if (acknowledged && role == DtlsRole.CLIENT) {
            resendAt = NEVER;
        }
    }

    private static long mix(long z) {
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }

    /** Its own inverse. */
    private static void scramble(long[] key, long number, byte[] b, int offset, int length) {
        long state = mix(key[0] ^ mix(number + key[1]));
        long word = 0;
        for (int i = 0; i < length; i++) {
            if ((i & 7) == 0) {
                word = mix(state += 0x9e3779b97f4a7c15L);
            }
            b[offset + i] ^= (byte) (word >>> 8 * (i & 7));
        }
    }

    private static long check(long key0, long key1, long number, byte[] b, int offset, int length) {
        long h = mix(key1 ^ number) + length;
        int i = 0;
        for (; i + 8 <= length; i += 8) {
            h = mix(h ^ Bytes.i64(b, offset + i)) + key0;
        }
        for (; i < length; i++) {
            h = mix(h ^ b[offset + i]) + key0;
        }
        return h;
    }

    // ---------------------------------------------------------------- the rest of an engine

    @Override
    public boolean send(byte[] data, int offset, int length) {
        if (peer == null || done) {
            return false;
        }
        record(DATA, 0, data, offset, length);
        return true;
    }

    @Override
    public void abandon() {
        // No thread was lent to it.
    }

    @Override
    public void close() {
        if (peer != null && !done) {
            record(ALERT, 0, new byte[0], 0, 0);
        }
        done = true;
        resendAt = NEVER;
    }

    @Override
    public void handleTimeout(long now) {
        if (resendAt == NEVER || resendAt - now > 0 || done) {
            return;
        }
        resendAt = now + RESEND;
        if (peer == null) {
            hello(CLIENT_HELLO, new byte[RANDOM]);
        } else {
            record(HANDSHAKE, CLIENT_FINISHED, new byte[0], 0, 0);
        }
    }

    @Override
    public long nextTimeoutNanos() {
        return done ? NEVER : resendAt;
    }

    @Override
    public DtlsEvent pollEvent() {
        return events.poll();
    }
}
