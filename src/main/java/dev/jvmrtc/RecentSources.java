package dev.jvmrtc;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who was heard or seen through a receiver lately (webrtc-pc §5.3, getContributingSources and
 * getSynchronizationSources). Any thread.
 */
final class RecentSources {
    /** A frame names 15 contributing sources at most, and sources come and go; the oldest give way. */
    static final int MAX_SOURCES = 64;

    private static final double SECONDS_10 = 10_000;

    private final Map<Long, RTCRtpContributingSource> contributing = bounded();
    private final Map<Long, RTCRtpSynchronizationSource> synchronization = bounded();

    private static <T> Map<Long, T> bounded() {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Long, T> eldest) {
                return size() > MAX_SOURCES;
            }
        };
    }

    /** A frame is delivered. */
    synchronized void delivered(double nowMillis, long ssrc, long[] csrcs, long rtpTimestamp) {
        synchronization.put(ssrc, new RTCRtpSynchronizationSource(nowMillis, ssrc, null, rtpTimestamp));
        for (long csrc : csrcs) {
            contributing.put(csrc, new RTCRtpContributingSource(nowMillis, csrc, null, rtpTimestamp));
        }
    }

    synchronized List<RTCRtpContributingSource> contributing(double nowMillis) {
        return recent(contributing, nowMillis);
    }

    synchronized List<RTCRtpSynchronizationSource> synchronization(double nowMillis) {
        return recent(synchronization, nowMillis);
    }

    /** §5.3: "in descending order by timestamp", of the last ten seconds. */
    private static <T extends RTCRtpContributingSource> List<T> recent(Map<Long, T> all, double nowMillis) {
        List<T> list = new ArrayList<>(all.values());
        list.removeIf(s -> nowMillis - s.timestamp() > SECONDS_10);
        list.sort(Comparator.comparingDouble((T s) -> s.timestamp()).reversed());
        return List.copyOf(list);
    }
}
