package dev.jvmrtc.sctp;

import dev.jvmrtc.crypto.Jca;
import dev.jvmrtc.sctp.packet.Chunk;
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
record StateCookie(
        int localTag,
        int localInitialTsn,
        int peerTag,
        int peerInitialTsn,
        long peerWindow,
        int peerOutboundStreams,
        int peerInboundStreams,
        Extensions extensions,
        long createdNanos) {
    private static final int BODY_LENGTH = 38;
    private static final int MAC_LENGTH = 32;
    /** RFC 9260 §16: Valid.Cookie.Life is 60 s. */
    static final long LIFE_NANOS = 60_000_000_000L;

    static StateCookie of(int localTag, int localInitialTsn, Chunk.Init init, long now) {
        return new StateCookie(
                localTag,
                localInitialTsn,
                init.initiateTag(),
                init.initialTsn(),
                init.advertisedReceiverWindow(),
                init.outboundStreams(),
                init.inboundStreams(),
                init.extensions(),
                now);
    }

    byte[] write(byte[] secret) {
        ByteWriter w = new ByteWriter(BODY_LENGTH + MAC_LENGTH)
                .u32(localTag)
                .u32(localInitialTsn)
                .u32(peerTag)
                .u32(peerInitialTsn)
                .u32(peerWindow)
                .u16(peerOutboundStreams)
                .u16(peerInboundStreams)
                .u16(extensions.bits())
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
        return new StateCookie(
                r.i32(), r.i32(), r.i32(), r.i32(), r.u32(), r.u16(), r.u16(), Extensions.ofBits(r.u16()), r.i64());
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
