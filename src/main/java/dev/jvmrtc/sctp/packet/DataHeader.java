package dev.jvmrtc.sctp.packet;

/**
 * The layout of a DATA chunk (RFC 9260 §3.3.1), which is read and written in place.
 *
 * <pre>
 * |   Type = 0    |  Res  |I|U|B|E|            Length             |
 * |                              TSN                              |
 * |      Stream Identifier S      |   Stream Sequence Number n    |
 * |                  Payload Protocol Identifier                  |
 * </pre>
 */
public final class DataHeader {
    public static final int LENGTH = 16;
    public static final int FLAG_END = 1;
    public static final int FLAG_BEGIN = 2;
    public static final int FLAG_UNORDERED = 4;
    /** RFC 7053: the receiver should not delay its SACK. */
    public static final int FLAG_IMMEDIATE = 8;

    private DataHeader() {
    }
}
