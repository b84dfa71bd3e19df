package dev.jvmrtc.srtp;

import dev.jvmrtc.core.ReplayWindow;
import dev.jvmrtc.wire.Bytes;
import java.util.HashMap;
import java.util.Map;

/** Unprotects incoming RTP and RTCP in place. One thread at a time. */
public final class SrtpReceiver {

    /** Sources with a context of their own. Only authentic packets make one, so a bound is needed against a peer, not against strangers. */
    public static final int MAX_SOURCES = 1024;

    /** Why a packet was refused. */
    public enum Refusal { MALFORMED, REPLAYED, NOT_AUTHENTIC, TOO_MANY_SOURCES }

    private final SrtpSuite suite;
    private final PacketCipher rtp;
    private final PacketCipher rtcp;
    private final Map<Integer, ReplayWindow> rtpSources = new HashMap<>();
    private final Map<Integer, ReplayWindow> rtcpSources = new HashMap<>();
    private Refusal refusal;

    public SrtpReceiver(SrtpSuite suite, byte[] masterKey, byte[] masterSalt) {
        this.suite = suite;
        this.rtp = Ciphers.create(suite, SrtpKeys.derive(suite, masterKey, masterSalt, false));
        this.rtcp = Ciphers.create(suite, SrtpKeys.derive(suite, masterKey, masterSalt, true));
    }

    /** Why the last call returned −1. */
    public Refusal refusal() {
        return refusal;
    }

    private int refuse(Refusal why) {
        refusal = why;
        return -1;
    }

    /** Returns the new length, or −1; see {@link #refusal()}. */
    public int unprotectRtp(byte[] packet, int offset, int length) {
        int headerLength = RtpHeaders.length(packet, offset, length);
        if (headerLength < 0) {
            return refuse(Refusal.MALFORMED);
        }
        int ssrc = Bytes.i32(packet, offset + 8);
        int sequence = Bytes.u16(packet, offset + 2);
        ReplayWindow window = rtpSources.get(ssrc);
        if (window == null && rtpSources.size() >= MAX_SOURCES) {
            return refuse(Refusal.TOO_MANY_SOURCES);
        }
        long index = window == null ? sequence : RtpHeaders.estimateIndex(window.highest(), sequence);
        if (window != null && !window.accepts(index)) {
            return refuse(Refusal.REPLAYED);
        }
        int n = rtp.unprotectRtp(packet, offset, length, headerLength, ssrc, index);
        if (n < 0) {
            return refuse(Refusal.NOT_AUTHENTIC);
        }
        if (window == null) {
            window = new ReplayWindow();
            rtpSources.put(ssrc, window);
        }
        window.add(index);
        return n;
    }

    public int unprotectRtcp(byte[] packet, int offset, int length) {
        if (length < 8 + suite.rtcpOverhead()) {
            return refuse(Refusal.MALFORMED);
        }
        int ssrc = Bytes.i32(packet, offset + 4);
        int indexOffset = suite.isAead() ? length - 4 : length - suite.tagLength - 4;
        long index = Bytes.i32(packet, offset + indexOffset) & 0x7fffffff;
        ReplayWindow window = rtcpSources.get(ssrc);
        if (window == null && rtcpSources.size() >= MAX_SOURCES) {
            return refuse(Refusal.TOO_MANY_SOURCES);
        }
        if (window != null && !window.accepts(index)) {
            return refuse(Refusal.REPLAYED);
        }
        int n = rtcp.unprotectRtcp(packet, offset, length, ssrc);
        if (n < 0) {
            return refuse(Refusal.NOT_AUTHENTIC);
        }
        if (window == null) {
            window = new ReplayWindow();
            rtcpSources.put(ssrc, window);
        }
        window.add(index);
        return n;
    }
}
