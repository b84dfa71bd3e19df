package dev.jvmrtc.turn;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.stun.StunMessage;
import dev.jvmrtc.wire.Bytes;
import dev.jvmrtc.wire.LentBytes;
import java.util.Arrays;

/**
 * Cuts a stream from a TURN server into messages: STUN messages and ChannelData tell their own length (RFC 8656 §12.5).
 */
public final class TurnFraming {

    /** Takes a whole message; the bytes are lent for the duration of the call. */
    @FunctionalInterface
    public interface Sink {
        void message(LentBytes message);
    }

    /** What has come and is not a whole message. */
    private byte[] pending = new byte[4_096];
    /** How much of it there is. */
    private int length;
    /** Whether something came that is no TURN. */
    private boolean broken;

    /** Takes bytes as they come; false where they are no TURN, after which the stream is of no use. */
    public boolean handle(LentBytes bytes, Sink sink) {
        if (broken) {
            return false;
        }
        int count = bytes.length();
        if (pending.length < length + count) {
            pending = Arrays.copyOf(pending, Math.max(2 * pending.length, length + count));
        }
        System.arraycopy(bytes.array(), bytes.offset(), pending, length, count);
        length += count;
        int at = 0;
        while (length - at >= 4) {
            assert Steps.count();
            int first = pending[at] & 0xff;
            int body = Bytes.u16(pending, at + 2);
            int whole;
            if (first < 4) {
                whole = StunMessage.HEADER_LENGTH + body;
            } else if (first >= 0x40 && first <= 0x4f) {
                whole = 4 + (body + 3 & ~3);
            } else {
                broken = true;
                return false;
            }
            if (length - at < whole) {
                break;
            }
            sink.message(LentBytes.of(pending, at, first < 4 ? whole : 4 + body));
            at += whole;
        }
        if (at > 0) {
            System.arraycopy(
                    pending,
                    at,
                    pending,
                    0,
                    length - at); // not for each byte of a long message that comes byte by byte
            length -= at;
        }
        return true;
    }
}
