package dev.jvmrtc.media;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.wire.NalBits;
import java.util.Set;

/** What a file of H.264 says of itself: how fast it plays, and whether its pictures come in another order than they are shown. */
final class H264Stream {
    /** §7.3.2.1.1: of these the format of the samples is written out. */
    private static final Set<Integer> HIGH_PROFILES = Set.of(100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135);
    private static final int EXTENDED_SAR = 255;
    private static final int MAX_CYCLE = 255;
    private static final double MAX_RATE = 1_000;

    private H264Stream() {
    }

    /** Pictures a second by the timing of a sequence parameter set (§E.1.1), from its header byte on; 0 where it does not tell. */
    static double frameRate(byte[] d, int from, int end) {
        NalBits b = new NalBits(d, from + 1, end);
        int profile = (int) b.bits(8);
        b.bits(16);
        b.ue();
        if (HIGH_PROFILES.contains(profile)) {
            skipFormat(b);
        }
        b.ue();
        long order = b.ue();
        if (order == 0) {
            b.ue();
        } else if (order == 1) {
            b.bit();
            b.skipSe();
            b.skipSe();
            long cycle = b.ue();
            for (long i = 0; i < Math.min(cycle, MAX_CYCLE); i++) {
                b.skipSe();
            }
        }
        b.ue();
        b.bit();
        b.ue();
        b.ue();
        if (b.bit() == 0) {
            b.bit();
        }
        b.bit();
        skipUnless0(b, 4);
        return b.bit() == 1 ? timing(b) : 0;
    }

    private static void skipFormat(NalBits b) {
        long chroma = b.ue();
        if (chroma == 3) {
            b.bit();
        }
        b.ue();
        b.ue();
        b.bit();
        if (b.bit() == 1) {
            for (int i = 0; i < (chroma == 3 ? 12 : 8); i++) {
                if (b.bit() == 1) {
                    skipScalingList(b, i < 6 ? 16 : 64);
                }
            }
        }
    }

    /** §7.3.2.1.1.1: ends early where the next scale is 0. */
    private static void skipScalingList(NalBits b, int size) {
        int last = 8;
        int next = 8;
        for (int i = 0; i < size && next != 0; i++) {
            long code = b.ue();
            int delta = (int) ((code & 1) == 1 ? (code + 1) / 2 : -code / 2);
            next = last + delta + 256 & 0xff;
            last = next == 0 ? last : next;
        }
    }

    /** A flag, and as many values as it says. */
    private static void skipUnless0(NalBits b, int values) {
        if (b.bit() == 1) {
            for (int i = 0; i < values; i++) {
                b.ue();
            }
        }
    }

    private static double timing(NalBits b) {
        if (b.bit() == 1 && b.bits(8) == EXTENDED_SAR) {
            b.bits(32);
        }
        if (b.bit() == 1) {
            b.bit();
        }
        if (b.bit() == 1) {
            b.bits(4);
            if (b.bit() == 1) {
                b.bits(24);
            }
        }
        skipUnless0(b, 2);
        if (b.bit() != 1) {
            return 0;
        }
        long units = b.bits(32);
        long scale = b.bits(32);
        // A tick is a field (§E.2.1).
        double rate = units <= 0 || scale <= 0 ? 0 : scale / (2.0 * units);
        return rate >= 1 && rate <= MAX_RATE ? rate : 0;
    }

    /** Whether a frame in Annex B form has a B slice. */
    static boolean isBidirectional(byte[] d) {
        for (int i = 0; i + 3 < d.length; i++) {
            assert Steps.count();
            if (d[i] == 0 && d[i + 1] == 0 && d[i + 2] == 1 && ((d[i + 3] & 31) == 1)) {
                NalBits b = new NalBits(d, i + 4, d.length);
                b.ue();
                if (b.ue() % 5 == 1) { // table 7-6: 1 and 6
                    return true;
                }
            }
        }
        return false;
    }
}
