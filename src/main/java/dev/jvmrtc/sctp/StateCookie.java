package dev.jvmrtc.sctp;

import dev.jvmrtc.crypto.Jca;
import dev.jvmrtc.sctp.packet.Extensions;
import dev.jvmrtc.wire.ByteReader;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.MalformedException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The state cookie (RFC 9260 §5.1.3): what is needed to build the association, under a MAC of ours and with an age. */
record StateCookie(int localTag, int localInitialTsn, Peer peer, long createdNanos) {
    private static final int BODY_LENGTH = 38;
    private static final int MAC_LENGTH = 32;
    /** RFC 9260 §16: Valid.Cookie.Life is 60 s. */
    static final long LIFE_NANOS = 60_000_000_000L;

    byte[] write(byte[] secret) {
        ByteWriter w = new ByteWriter(BODY_LENGTH + MAC_LENGTH)
                .u32(localTag)
                .u32(localInitialTsn)
                .u32(peer.tag())
                .u32(peer.initialTsn())
                .u32(peer.window())
                .u16(peer.outboundStreams())
                .u16(peer.inboundStreams())
                .u16(peer.extensions().bits())
                .u64(createdNanos)
                .u32(0);
        return w.bytes(mac(secret, w.toByteArray())).toByteArray();
    }

    /** The cookie, or null where it is not one that we made. */
    static StateCookie read(byte[] bytes, byte[] secret) throws MalformedException {
        if (bytes.length != BODY_LENGTH + MAC_LENGTH) {
            return null;
        }
        byte[] body = Arrays.copyOf(bytes, BODY_LENGTH);
        if (!MessageDigest.isEqual(mac(secret, body), Arrays.copyOfRange(bytes, BODY_LENGTH, bytes.length))) {
            return null;
        }
        ByteReader r = new ByteReader(body);
        int localTag = r.i32();
        int localInitialTsn = r.i32();
        int tag = r.i32();
        int initialTsn = r.i32();
        Peer peer = new Peer(tag, r.u32(), r.u16(), r.u16(), initialTsn, Extensions.ofBits(r.u16()));
        return new StateCookie(localTag, localInitialTsn, peer, r.i64());
    }

    private static byte[] mac(byte[] secret, byte[] body) {
        try {
            Mac mac = Jca.mac("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return mac.doFinal(body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime lacks HmacSHA256", e);
        }
    }
}
