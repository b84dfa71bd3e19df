package dev.jvmrtc.sim;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.dtls.DtlsEngine;
import dev.jvmrtc.dtls.DtlsEvent;
import dev.jvmrtc.dtls.DtlsIdentity;
import dev.jvmrtc.dtls.DtlsRole;
import dev.jvmrtc.dtls.Fingerprint;
import dev.jvmrtc.dtls.SrtpProfile;
import dev.jvmrtc.wire.ByteReader;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.MalformedException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;

/** A replayable stand-in for DTLS: three messages, certificates compared with fingerprints, keys from both randoms, data in the clear. For simulations only. */
public final class StandInDtls implements DtlsEngine {
    private static final int HANDSHAKE = 22;
    private static final int DATA = 23;
    private static final int ALERT = 21;
    private static final long RESEND = 300_000_000L;

    private final DtlsIdentity identity;
    private final Output output;
    private final byte[] ownRandom = new byte[16];
    private final ArrayDeque<DtlsEvent> events = new ArrayDeque<>();
    private final ArrayDeque<byte[]> held = new ArrayDeque<>();
    private DtlsRole role;
    private List<Fingerprint> fingerprints;
    private byte[] peerRandom;
    private byte[] peerCertificate;
    private boolean connected;
    private boolean done;
    private long resendAt = NEVER;

    public StandInDtls(DtlsIdentity identity, Output output, RandomSource random) {
        this.identity = identity;
        this.output = output;
        random.nextBytes(ownRandom);
    }

    @Override
    public void start(long now, DtlsRole newRole, List<Fingerprint> peerFingerprints) {
        role = newRole;
        fingerprints = peerFingerprints;
        if (role == DtlsRole.CLIENT) {
            hello(now, 1);
        }
        for (byte[] d = held.poll(); d != null; d = held.poll()) {
            handleDatagram(now, d, 0, d.length);
        }
    }

    private void hello(long now, int type) {
        ByteWriter w = new ByteWriter().u8(HANDSHAKE).u8(type).bytes(ownRandom).u16(identity.certificateDer().length).bytes(identity.certificateDer());
        output.send(w.array(), 0, w.length());
        resendAt = type == 1 ? now + RESEND : NEVER;
    }

    @Override
    public void handleDatagram(long now, byte[] data, int offset, int length) {
        if (done) {
            return;
        }
        if (role == null) {
            if (held.size() < 8) {
                held.add(Arrays.copyOfRange(data, offset, offset + length));
            }
            return;
        }
        try {
            ByteReader r = new ByteReader(data, offset, length);
            int kind = r.u8();
            if (kind == HANDSHAKE) {
                handshake(now, r);
            } else if (kind == DATA && peerRandom != null) {
                complete();
                byte[] plain = r.bytes(r.remaining());
                events.add(new DtlsEvent.Data(plain, plain.length));
            } else if (kind == ALERT && connected) {
                done = true;
                events.add(new DtlsEvent.Closed(null, false, null, 0));
            }
        } catch (MalformedException e) {
            // Dropped, as DTLS would.
        }
    }

    private void handshake(long now, ByteReader r) throws MalformedException {
        int type = r.u8();
        if (type == 3) {
            if (role == DtlsRole.SERVER && peerRandom != null) {
                complete();
            }
            return;
        }
        if (type != (role == DtlsRole.SERVER ? 1 : 2)) {
            return;
        }
        peerRandom = r.bytes(16);
        peerCertificate = r.bytes(r.u16());
        if (fingerprints.stream().noneMatch(f -> f.matches(peerCertificate))) {
            done = true;
            events.add(new DtlsEvent.Closed("fingerprint", true, 42, null));
            return;
        }
        if (role == DtlsRole.SERVER) {
            hello(now, 2);
        } else {
            output.send(new byte[] {HANDSHAKE, 3}, 0, 2);
            resendAt = NEVER;
            complete();
        }
    }

    private void complete() {
        if (connected) {
            return;
        }
        connected = true;
        byte[] client = role == DtlsRole.CLIENT ? ownRandom : peerRandom;
        byte[] server = role == DtlsRole.CLIENT ? peerRandom : ownRandom;
        byte[] keys = new byte[56];
        try {
            for (int i = 0; i < 2; i++) {
                MessageDigest d = MessageDigest.getInstance("SHA-256");
                d.update((byte) i);
                d.update(client);
                d.update(server);
                byte[] h = d.digest();
                System.arraycopy(h, 0, keys, 32 * i, Math.min(32, 56 - 32 * i));
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        events.add(new DtlsEvent.Connected(SrtpProfile.AEAD_AES_128_GCM, keys, List.of(peerCertificate), role, "stand-in"));
    }

    @Override
    public boolean send(byte[] data, int offset, int length) {
        if (!connected || done) {
            return false;
        }
        ByteWriter w = new ByteWriter(length + 1).u8(DATA).bytes(data, offset, length);
        output.send(w.array(), 0, w.length());
        return true;
    }

    @Override
    public void close() {
        if (connected && !done) {
            output.send(new byte[] {ALERT, 0}, 0, 2);
        }
        done = true;
        resendAt = NEVER;
    }

    @Override
    public void handleTimeout(long now) {
        if (resendAt != NEVER && resendAt - now <= 0 && !done) {
            hello(now, 1);
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
