package dev.jvmrtc.bitstream.h265;

/**
 * Kinds of NAL units of H.265 (ITU-T H.265 table 7-1), whose header has two bytes (§7.3.1.2). In a byte stream they
 * stand behind the start codes of H.264.
 */
public final class HevcUnits {
    public static final int HEADER = 2;
    public static final int VPS = 32;
    public static final int SPS = 33;
    public static final int PPS = 34;
    public static final int DELIMITER = 35;
    private static final int END_OF_SEQUENCE = 36;
    private static final int END_OF_BITSTREAM = 37;
    private static final int PREFIX_SEI = 39;
    private static final int FIRST_IRAP = 16;
    private static final int LAST_IRAP = 23;

    private HevcUnits() {}

    public static int type(int firstByte) {
        return firstByte >> 1 & 63;
    }

    /**
     * Whether a unit may be as long, header included: the end of a sequence and that of a bitstream have nothing behind
     * it (§7.3.2.6, §7.3.2.7).
     */
    public static boolean isPossible(int type, int length) {
        return length > HEADER || length == HEADER && (type == END_OF_SEQUENCE || type == END_OF_BITSTREAM);
    }

    /** Whether it is a part of a picture. */
    public static boolean isSlice(int type) {
        return type < VPS;
    }

    /** Of a picture with which decoding can begin. */
    public static boolean isIntraRandomAccess(int type) {
        return type >= FIRST_IRAP && type <= LAST_IRAP;
    }

    public static boolean isParameterSet(int type) {
        return type >= VPS && type <= PPS;
    }

    /**
     * §7.4.2.4.4: "The first of any of the following NAL units … after the last VCL NAL unit of a coded picture
     * specifies the start of a new access unit".
     */
    public static boolean beginsAccessUnit(int type) {
        return type >= VPS && type <= DELIMITER
                || type == PREFIX_SEI
                || type >= 41 && type <= 44
                || type >= 48 && type <= 55;
    }
}
