package dev.jvmrtc.sctp.packet;

/**
 * Chunk types (RFC 9260 §3.2; FORWARD-TSN of RFC 3758, RE-CONFIG of RFC 6525, PAD of RFC 4820, I-DATA and I-FORWARD-TSN
 * of RFC 8260). The two highest bits say what to do with an unknown one.
 */
public final class ChunkType {
    public static final int DATA = 0;
    public static final int INIT = 1;
    public static final int INIT_ACK = 2;
    public static final int SACK = 3;
    public static final int HEARTBEAT = 4;
    public static final int HEARTBEAT_ACK = 5;
    public static final int ABORT = 6;
    public static final int SHUTDOWN = 7;
    public static final int SHUTDOWN_ACK = 8;
    public static final int ERROR = 9;
    public static final int COOKIE_ECHO = 10;
    public static final int COOKIE_ACK = 11;
    public static final int SHUTDOWN_COMPLETE = 14;
    public static final int I_DATA = 64;
    public static final int RE_CONFIG = 130;
    public static final int PAD = 132;
    public static final int FORWARD_TSN = 192;
    public static final int I_FORWARD_TSN = 194;

    private ChunkType() {}
}
