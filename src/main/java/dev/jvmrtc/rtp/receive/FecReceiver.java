package dev.jvmrtc.rtp.receive;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.rtp.RtpCodec;
import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.rtp.header.HeaderExtensions;
import java.util.List;
import java.util.Locale;

/**
 * The packets of one video source as they were before they were made redundant: what is in RED (RFC 2198), and what
 * ULPFEC (RFC 5109) brings back, which comes in RED or by itself under the numbers of the source.
 *
 * <p>RED that has more than one block is not taken: for video it is no more than the name of what follows.
 */
final class FecReceiver {
    private static final int NONE = -1;
    /** RFC 2198 §3: of the last block only its type is said, behind a bit that is 0. */
    private static final int RED_HEADER = 1;

    private static final int ANOTHER_BLOCK = 0x80;

    private final FecDecoder decoder;
    private final RtpPacket media = new RtpPacket();
    /** What {@link #media} views. */
    private byte[] unwrapped = new byte[ParityPacket.MAX_LENGTH];

    private int red = NONE;
    private int ulpfec = NONE;
    /** Of media, for packets that are put in the place of parity. */
    private int mediaType = NONE;
    /** Something redundant has come; before, packets are not kept. */
    private boolean inUse;

    FecReceiver(int ssrc, ReceiveMemory memory, Counters drops) {
        decoder = new FecDecoder(ssrc, memory, drops);
    }

    /** The payload types in force. */
    void setCodecs(List<RtpCodec> codecs) {
        red = NONE;
        ulpfec = NONE;
        mediaType = NONE;
        for (RtpCodec c : codecs) {
            switch (c.name().toLowerCase(Locale.ROOT)) {
                case "red" -> red = c.payloadType();
                case "ulpfec" -> ulpfec = c.payloadType();
                default -> mediaType = mediaType == NONE && c.codec() != null ? c.payloadType() : mediaType;
            }
        }
    }

    void setExtensions(HeaderExtensions received) {
        decoder.setExtensions(received);
    }

    FecDecoder decoder() {
        return decoder;
    }

    /**
     * The packet of media that is in a packet of the source, or is it; without payload where it is parity, whose number
     * is not to be missed. Null for a malformed one. Lent until the next call.
     */
    RtpPacket unwrap(RtpPacket p) {
        if (isParity(p)) {
            inUse = true;
            return withoutPayload(p);
        }
        if (p.payloadType() != red) {
            return p;
        }
        inUse = true;
        if (p.payloadLength() == 0) {
            return withoutPayload(p);
        }
        int block = p.array()[p.payloadOffset()];
        if ((block & ANOTHER_BLOCK) != 0) {
            return null;
        }
        int header = p.headerLength();
        int length = p.length() - RED_HEADER;
        unwrapped = length > unwrapped.length ? new byte[length] : unwrapped;
        System.arraycopy(p.array(), p.offset(), unwrapped, 0, header);
        System.arraycopy(p.array(), p.payloadOffset() + RED_HEADER, unwrapped, header, length - header);
        unwrapped[1] = (byte) (unwrapped[1] & 0x80 | block);
        return media.wrap(unwrapped, 0, length) ? media : null;
    }

    private boolean isParity(RtpPacket p) {
        return p.payloadLength() > 0
                && ulpfec != NONE
                && (p.payloadType() == ulpfec
                        || p.payloadType() == red && (p.array()[p.payloadOffset()] & 0xff) == ulpfec);
    }

    private RtpPacket withoutPayload(RtpPacket p) {
        System.arraycopy(p.array(), p.offset(), unwrapped, 0, RtpPacket.FIXED_HEADER);
        unwrapped[0] = (byte) 0x80;
        unwrapped[1] = (byte) mediaType;
        return media.wrap(unwrapped, 0, RtpPacket.FIXED_HEADER) ? media : null;
    }

    /**
     * Takes a packet of the source as the path brought it, after what was in it. One that was sent again is not for
     * this: its header need not be the one that parity was made of.
     *
     * @param unwrapped what was in it
     */
    void handlePacket(long now, RtpPacket p, RtpPacket unwrapped, Repair.Output out) {
        if (!inUse) {
            return;
        }
        if (isParity(p)) {
            int header = p.payloadType() == red ? RED_HEADER : 0;
            decoder.noteNumber(p.sequenceNumber());
            decoder.handleParity(
                    now,
                    ParityPacket.Form.ULPFEC,
                    p.array(),
                    p.payloadOffset() + header,
                    p.payloadLength() - header,
                    out);
        } else {
            decoder.handleMedia(now, unwrapped, out);
        }
    }

    void close() {
        decoder.close();
    }
}
