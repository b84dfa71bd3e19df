package dev.jvmrtc.jsep;

import java.util.Locale;

/** Direction of a media section, from the writer's view (RFC 8866 §6.7). */
public enum Direction {
    SENDRECV(true, true),
    SENDONLY(true, false),
    RECVONLY(false, true),
    INACTIVE(false, false);

    private final boolean send;
    private final boolean receive;

    Direction(boolean send, boolean receive) {
        this.send = send;
        this.receive = receive;
    }

    public boolean sends() {
        return send;
    }

    public boolean receives() {
        return receive;
    }

    public static Direction of(boolean send, boolean receive) {
        return send ? receive ? SENDRECV : SENDONLY : receive ? RECVONLY : INACTIVE;
    }

    /** The same from the other side's view. */
    public Direction reversed() {
        return of(receive, send);
    }

    public Direction and(Direction other) {
        return of(send && other.send, receive && other.receive);
    }

    public static Direction ofSdp(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }

    public String toSdp() {
        return name().toLowerCase(Locale.ROOT);
    }
}
