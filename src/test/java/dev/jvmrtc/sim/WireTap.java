package dev.jvmrtc.sim;

import dev.jvmrtc.dtls.SrtpProfile;
import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.wire.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;

/**
 * Listens to all that a simulated call sends. Nothing that the application gave for the peer may be read there, and no
 * SRTP index may be used for two packets under one key (RFC 3711 §9.1: "the same keystream … MUST NOT be used to
 * encrypt two different packets"). What is given to send carries a canary: sixteen bytes, again and again.
 */
public final class WireTap {
    /** Any stretch of two times this length, less one, of canary is found. */
    private static final int STEP = 8;

    private static final int LENGTH = 16;
    private static final int DTLS_FIRST = 20;
    private static final int DTLS_LAST = 63;

    /** One key's uses: a DTLS association, seen from one of its ends. */
    public static final class Epoch {
        private static final long NEVER_USED = 0;
        SrtpProfile profile;
        /** By SSRC: the newest index. */
        private final Map<Integer, Long> newest = new HashMap<>();

        private final Map<Index, Long> rtp = new HashMap<>();
        private final Map<Index, Long> rtcp = new HashMap<>();

        private record Index(int ssrc, long index) {}
    }

    private final byte[] canary = new byte[LENGTH];
    private final long[] windows;
    /** A bit for each value of a window's last 12 bits that occurs: most of what passes ends here. */
    private final long[] filter = new long[64];

    private final String text;
    private long datagrams;

    public WireTap(long seed) {
        new Random(seed ^ 0xcafe).nextBytes(canary);
        text = HexFormat.of().formatHex(canary).repeat(2);
        byte[] letters = text.getBytes(StandardCharsets.US_ASCII);
        windows = new long[LENGTH + letters.length / 2];
        byte[] twice = Arrays.copyOf(canary, 2 * LENGTH);
        System.arraycopy(canary, 0, twice, LENGTH, LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            windows[i] = Bytes.i64(twice, i);
        }
        for (int i = 0; i < letters.length / 2; i++) {
            windows[LENGTH + i] = Bytes.i64(letters, i);
        }
        for (long w : windows) {
            filter[(int) (w >> 6) & 63] |= 1L << w;
        }
        Arrays.sort(windows);
    }

    /** Fills a range with canary. */
    public byte[] mark(byte[] b, int from) {
        for (int i = from; i < b.length; i++) {
            b[i] = canary[i % LENGTH];
        }
        return b;
    }

    /** Whether the bytes are those of {@link #mark}, save for a few where parts are joined. */
    public boolean isMarked(byte[] b) {
        int found = 0;
        for (int i = 0; i + STEP <= b.length; i += STEP) {
            found += Arrays.binarySearch(windows, Bytes.i64(b, i)) >= 0 ? 1 : 0;
        }
        return 2 * found >= b.length / STEP;
    }

    /** A canary of letters, for labels and the like. */
    public String text() {
        return text;
    }

    public long datagrams() {
        return datagrams;
    }

    /** Something leaves, whatever is wrapped around it. */
    public void listen(String from, byte[] data, int offset, int length) {
        datagrams++;
        for (int i = offset; i + STEP <= offset + length; i += STEP) {
            long w = Bytes.i64(data, i);
            if ((filter[(int) (w >> 6) & 63] & 1L << w) != 0 && Arrays.binarySearch(windows, w) >= 0) {
                throw new AssertionError("in the clear, from " + from + ", at byte " + (i - offset) + " of " + length
                        + ": " + HexFormat.of().formatHex(data, offset, offset + Math.min(length, 40)) + "…");
            }
        }
    }

    /**
     * The same with what is known of the sender: the keys that it has on this transport, and whether this went into a
     * stream.
     */
    void listen(String from, Epoch epoch, byte[] data, int offset, int length, boolean stream) {
        listen(from, data, offset, length);
        if (epoch != null && epoch.profile != null) {
            unwrap(from, epoch, data, offset, length, stream);
        }
    }

    /** Through what TURN (RFC 8656 §11, §12) and streams (RFC 4571) put around a packet. */
    private void unwrap(String from, Epoch epoch, byte[] data, int offset, int length, boolean stream) {
        if (length < 4) {
            return;
        }
        int first = data[offset] & 0xff;
        if (first >= 0x40 && first < 0x50) {
            protectedPacket(from, epoch, data, offset + 4, Bytes.u16(data, offset + 2));
        } else if (length >= 20 && Bytes.i32(data, offset + 4) == 0x2112A442) {
            for (int p = offset + 20; p + 4 <= offset + length; p += 4 + (Bytes.u16(data, p + 2) + 3 & ~3)) {
                if (Bytes.u16(data, p) == 0x0013) {
                    protectedPacket(from, epoch, data, p + 4, Bytes.u16(data, p + 2));
                }
            }
        } else if (stream) {
            protectedPacket(from, epoch, data, offset + 2, Bytes.u16(data, offset));
        } else {
            protectedPacket(from, epoch, data, offset, length);
        }
    }

    private void protectedPacket(String from, Epoch epoch, byte[] data, int offset, int length) {
        if (length < 12 || (data[offset] & 0xc0) != 0x80) {
            return;
        }
        boolean rtcp = RtpPacket.isRtcp(data, offset, length);
        int ssrc = Bytes.i32(data, offset + (rtcp ? 4 : 8));
        long index;
        if (rtcp) {
            int tag = epoch.profile == SrtpProfile.AES_CM_128_HMAC_SHA1_80 ? 10 : 0;
            index = Bytes.i32(data, offset + length - tag - 4) & 0x7fffffffL;
        } else {
            int sequence = Bytes.u16(data, offset + 2);
            Long newest = epoch.newest.get(ssrc);
            // RFC 3711 §3.3.1, from the sender's side: its packets are heard in the order in which they left.
            index = newest == null ? sequence : newest + (short) (sequence - newest.intValue());
            epoch.newest.put(ssrc, newest == null ? index : Math.max(newest, index));
        }
        long content = Epoch.NEVER_USED;
        for (int i = offset; i < offset + length; i++) {
            content = content * 0x5851f42d4c957f2dL + data[i] + 1;
        }
        Long before = (rtcp ? epoch.rtcp : epoch.rtp).putIfAbsent(new Epoch.Index(ssrc, index), content);
        if (before != null && before != content) {
            throw new AssertionError("two packets under one " + (rtcp ? "SRTCP" : "SRTP") + " index and key, from "
                    + from + ": SSRC " + Integer.toUnsignedString(ssrc) + ", index " + index);
        }
    }

    /** Whether it is a record or message of DTLS (RFC 7983). */
    static boolean isDtls(byte[] data, int offset) {
        return data[offset] >= DTLS_FIRST && data[offset] <= DTLS_LAST;
    }
}
