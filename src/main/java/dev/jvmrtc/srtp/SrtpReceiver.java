package dev.jvmrtc.srtp;

import dev.jvmrtc.crypto.ReplayWindow;
import dev.jvmrtc.wire.Bytes;
import java.util.HashMap;
import java.util.Map;

/** Unprotects incoming RTP and RTCP in place. One thread at a time. */
public final class SrtpReceiver {

    /**
     * Sources with a context of their own. Only authentic packets make one, so a bound is needed against a peer, not
     * against strangers.
     */
    public static final int MAX_SOURCES = 1024;

    /** Why a packet was refused. */
    public enum Refusal {
        MALFORMED,
        REPLAYED,
        NOT_AUTHENTIC,
        TOO_MANY_SOURCES
    }

    private final SrtpSuite suite;
    private final PacketCipher rtp;
    private final PacketCipher rtcp;
    private final Map<Integer, Source> rtpSources = new HashMap<>();
    private final Map<Integer, ReplayWindow> rtcpSources = new HashMap<>();
    /** Of sources that are not known yet: they may have rolled over before their first packet came. */
    private final RolloverSearch newSources = new RolloverSearch();

    private byte[] copy = {};
    private Refusal refusal;

    private static final class Source {
        final ReplayWindow window = new ReplayWindow();
        final RolloverSearch search = new RolloverSearch();
    }

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

    /**
     * Returns the new length, or −1; see {@link #refusal()}. Where so many packets were lost that the rollover counter
     * is not certain, others are tried, now and then.
     */
    public int unprotectRtp(long now, byte[] packet, int offset, int length) {
        int headerLength = RtpHeaders.length(packet, offset, length);
        if (headerLength < 0) {
            return refuse(Refusal.MALFORMED);
        }
        int ssrc = Bytes.i32(packet, offset + 8);
        int sequence = Bytes.u16(packet, offset + 2);
        Source source = rtpSources.get(ssrc);
        if (source == null && rtpSources.size() >= MAX_SOURCES) {
            return refuse(Refusal.TOO_MANY_SOURCES);
        }
        long index = source == null ? sequence : RtpHeaders.estimateIndex(source.window.highest(), sequence);
        RolloverSearch search = source == null ? newSources : source.search;
        if (source != null && !source.window.accepts(index)) {
            // What looks older than the window may be from beyond half a cycle ahead.
            return source.window.isTooOld(index) && search.isDue(now)
                    ? searchRollover(now, search, source, packet, offset, length, headerLength, ssrc, index)
                    : refuse(Refusal.REPLAYED);
        }
        boolean searching = search.isSuspicious() && search.isDue(now);
        if (searching) {
            // A cipher may destroy what it finds not authentic.
            copy = copy.length < length ? new byte[length] : copy;
            System.arraycopy(packet, offset, copy, 0, length);
        }
        int n = rtp.unprotectRtp(packet, offset, length, headerLength, ssrc, index);
        if (n >= 0) {
            accepted(source, ssrc, index);
            return n;
        }
        search.suspect();
        if (searching) {
            System.arraycopy(copy, 0, packet, offset, length);
            return searchRollover(now, search, source, packet, offset, length, headerLength, ssrc, index);
        }
        return refuse(Refusal.NOT_AUTHENTIC);
    }

    private int searchRollover(
            long now,
            RolloverSearch search,
            Source source,
            byte[] packet,
            int offset,
            int length,
            int headerLength,
            int ssrc,
            long index) {
        long tried = index + ((long) search.nextStep(now) << 16);
        int n = rtp.unprotectRtp(packet, offset, length, headerLength, ssrc, tried);
        if (n < 0) {
            return refuse(Refusal.NOT_AUTHENTIC);
        }
        accepted(source, ssrc, tried);
        return n;
    }

    private void accepted(Source known, int ssrc, long index) {
        Source source = known;
        if (source == null) {
            source = new Source();
            rtpSources.put(ssrc, source);
        }
        source.window.add(index);
        source.search.found();
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
