package dev.jvmrtc.fuzz;

import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.srtp.ProtectedPacket;
import dev.jvmrtc.srtp.SrtpReceiver;
import dev.jvmrtc.srtp.SrtpSender;
import dev.jvmrtc.srtp.SrtpSuite;
import dev.jvmrtc.wire.ByteWriter;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * Any bytes, and altered copies of authentic packets, at the door of SRTP and SRTCP: none is taken for authentic, and
 * none keeps the next authentic packet out. Then packets of any shape that are protected with the keys: they come out
 * as they were, or are refused.
 */
public final class SrtpFuzz {
    private static final int ROOM = 64;

    private final SrtpSender sender;
    private final SrtpReceiver receiver;
    private long now;
    private int sequence = 65_530;

    private SrtpFuzz(SrtpSuite suite) {
        byte[] key = new byte[suite.keyLength()];
        byte[] salt = new byte[suite.saltLength()];
        Arrays.fill(key, (byte) 7);
        Arrays.fill(salt, (byte) 9);
        sender = new SrtpSender(suite, key, salt);
        receiver = new SrtpReceiver(suite, key, salt);
    }

    public static void fuzzerTestOneInput(byte[] data) {
        FuzzInput in = new FuzzInput(data);
        SrtpFuzz f = new SrtpFuzz(SrtpSuite.values()[in.next(SrtpSuite.values().length)]);
        while (!in.isEmpty()) {
            f.step(in);
        }
    }

    private void step(FuzzInput in) {
        int op = in.next();
        boolean rtcp = (op & 1) != 0;
        byte[] authentic = rtcp ? protect(true, report()) : protect(false, packet());
        if ((op & 2) == 0) {
            byte[] hostile = (op & 4) == 0 ? in.block() : in.altered(authentic);
            if (!Arrays.equals(hostile, authentic) && unprotect(rtcp, hostile) >= 0) {
                throw new IllegalStateException("taken for authentic");
            }
        } else {
            byte[] plain = in.block();
            if (rtcp ? plain.length >= 12 : new RtpPacket().wrap(plain, 0, plain.length)) {
                plain[8] |= (byte) 0x80; // of another source than the authentic packets
                byte[] sealed = protect(rtcp, plain);
                if (sealed != null) {
                    byte[] opened = sealed.clone();
                    int n = unprotect(rtcp, opened);
                    if (n >= 0 && !Arrays.equals(plain, Arrays.copyOf(opened, n))) {
                        throw new IllegalStateException("not what was protected");
                    }
                }
            }
        }
        if (unprotect(rtcp, authentic.clone()) < 0) {
            throw new IllegalStateException("an authentic packet is refused: " + receiver.refusal());
        }
    }

    private byte[] packet() {
        return new ByteWriter()
                .u8(0x80)
                .u8(96)
                .u16(sequence++ & 0xffff)
                .u32(3_000)
                .u32(1_234)
                .bytes(new byte[20])
                .toByteArray();
    }

    private static byte[] report() {
        return new ByteWriter().u8(0x80).u8(200).u16(6).u32(1_234).zeros(20).toByteArray();
    }

    /** Null where a packet is of no shape that can be protected. */
    private byte[] protect(boolean rtcp, byte[] plain) {
        byte[] d = Arrays.copyOf(plain, plain.length + ROOM);
        ProtectedPacket p = rtcp ? sender.protectRtcp(d, 0, plain.length) : sender.protectRtp(d, 0, plain.length);
        return p == null ? null : Arrays.copyOf(d, p.length());
    }

    private int unprotect(boolean rtcp, byte[] packet) {
        int[] n = {0};
        FuzzBounds.work(
                packet.length,
                () -> n[0] = rtcp
                        ? receiver.unprotectRtcp(packet, 0, packet.length)
                        : receiver.unprotectRtp(now += 5_000_000L, packet, 0, packet.length));
        return n[0];
    }

    /** What {@link SeedMaker} writes as this target's first inputs. */
    static Map<String, byte[]> seeds() {
        byte[] rtp = RecordedCall.get().rtp().get(0);
        byte[] rtcp = RecordedCall.get().rtcp().get(0);
        Map<String, byte[]> seeds = new TreeMap<>();
        for (int suite = 0; suite < SrtpSuite.values().length; suite++) {
            seeds.put(
                    "suite" + suite,
                    new ByteWriter()
                            .u8(suite)
                            .u8(4)
                            .u8(1)
                            .u16(14)
                            .u8(3)
                            .u8(2)
                            .u8(5)
                            .u8(2)
                            .u16(3)
                            .u8(1)
                            .u8(9)
                            .u8(2)
                            .u16(rtp.length)
                            .bytes(rtp)
                            .u8(3)
                            .u16(rtcp.length)
                            .bytes(rtcp)
                            .u8(0)
                            .u16(rtp.length)
                            .bytes(rtp)
                            .u8(1)
                            .u16(rtcp.length)
                            .bytes(rtcp)
                            .toByteArray());
        }
        return seeds;
    }
}
