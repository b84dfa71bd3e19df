package dev.jvmrtc.rtp.congestion;

import dev.jvmrtc.rtp.rtcp.Rtcp;

/**
 * How much one transport can carry, as its sender judges: told what is sent and what the peer says of it, for as long
 * as the transport has the same peer. Sans I/O.
 */
public interface SendSideEstimator {

    /**
     * A packet is sent.
     *
     * @param transportSequence its transport-wide sequence number (draft-holmer-rmcat-transport-wide-cc-extensions-01
     *     §2), modulo 2^16; −1 where it carries none, or that of a packet that is sent once more as it was
     * @param bytes of the RTP packet
     */
    void handleSent(long now, int transportSequence, int bytes);

    /**
     * The peer tells which of the numbered packets arrived, and when (§3.1); as it came, to be read by whoever goes by
     * it.
     */
    void handleTransportFeedback(long now, Rtcp.TransportCc feedback);

    /**
     * A receiver's report on one of our sources.
     *
     * @param roundTripNanos −1 where not known
     */
    void handleReportBlock(long now, Rtcp.ReportBlock block, long roundTripNanos);

    /** The receiver's own estimate of all that it receives from us (draft-alvestrand-rmcat-remb-03). */
    void handleRemb(long bitsPerSecond);

    /** Bits per second of all that is sent. */
    long bitsPerSecond();

    /** Bits per second of new media: what is left when what gets lost is sent again. */
    long mediaBitsPerSecond();
}
