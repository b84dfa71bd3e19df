package dev.jvmrtc.rtp.format;

import dev.jvmrtc.wire.ByteWriter;

/**
 * Formats whose payload is the frame: Opus (RFC 7587 §4.2), G.711 and G.722 (RFC 3551 §4.5), and what is opaque to us.
 */
final class WholeFrame implements Packetizer, Depacketizer {
    static final PayloadFormat AUDIO = format(false);
    static final PayloadFormat VIDEO = format(true);

    private final boolean marksFrameEnd;

    private WholeFrame(boolean marksFrameEnd) {
        this.marksFrameEnd = marksFrameEnd;
    }

    private static PayloadFormat format(boolean marksFrameEnd) {
        return PayloadFormat.of(random -> new WholeFrame(marksFrameEnd), p -> new WholeFrame(marksFrameEnd));
    }

    @Override
    public void packetize(OutgoingFrame frame, int maxPayload, Output out) {
        out.payload(frame.data(), 0, frame.data(), 0, frame.data().length, true);
    }

    @Override
    public boolean marksFrameEnd() {
        return marksFrameEnd;
    }

    @Override
    public Info inspect(byte[] data, int offset, int length) {
        return Info.WHOLE;
    }

    @Override
    public boolean append(byte[] data, int offset, int length, ByteWriter frame) {
        frame.bytes(data, offset, length);
        return true;
    }

    @Override
    public boolean onePacketPerFrame() {
        return true;
    }
}
