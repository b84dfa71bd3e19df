package dev.jvmrtc.sctp.packet;

import dev.jvmrtc.core.SafeText;
import dev.jvmrtc.wire.ByteReader;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** An error cause (RFC 9260 §3.3.10). */
public record ErrorCause(int code, byte[] info) {
    public static final int INVALID_STREAM = 1;
    public static final int STALE_COOKIE = 3;
    public static final int NO_USER_DATA = 9;
    public static final int USER_INITIATED_ABORT = 12;
    public static final int PROTOCOL_VIOLATION = 13;
    private static final int MAX_CAUSES = 16;
    /** Bytes of a peer's text that are told on. */
    private static final int MAX_TEXT = 256;

    public static ErrorCause of(int code, String text) {
        return new ErrorCause(code, text.getBytes(StandardCharsets.UTF_8));
    }

    static List<ErrorCause> parseAll(ByteReader r) throws MalformedException {
        List<ErrorCause> causes = new ArrayList<>();
        while (r.remaining() >= 4 && causes.size() < MAX_CAUSES) {
            int code = r.u16();
            int length = r.u16();
            if (length < 4) {
                throw new MalformedException("SCTP error cause of a wrong length");
            }
            causes.add(new ErrorCause(code, r.bytes(length - 4)));
            r.skip(Math.min(-length & 3, r.remaining()));
        }
        return causes;
    }

    void write(ByteWriter out) {
        out.u16(code).u16(4 + info.length).bytes(info).padTo4();
    }

    /** The cause in words. */
    public String describe() {
        String name = switch (code) {
            case INVALID_STREAM -> "invalid stream identifier";
            case STALE_COOKIE -> "stale cookie";
            case NO_USER_DATA -> "no user data";
            case USER_INITIATED_ABORT -> "user-initiated abort";
            case PROTOCOL_VIOLATION -> "protocol violation";
            default -> "cause " + code;
        };
        boolean text = code == USER_INITIATED_ABORT || code == PROTOCOL_VIOLATION;
        return text && info.length > 0 ? name + ": " + text() : name;
    }

    private String text() {
        return SafeText.line(new String(info, 0, Math.min(info.length, MAX_TEXT), StandardCharsets.UTF_8), MAX_TEXT);
    }
}
