package dev.jvmrtc.media;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The one thread that wakes all tracks of the process when something of theirs is due; what is to be done they do on threads for codecs. */
final class MediaClock {
    private static final ScheduledThreadPoolExecutor CLOCK = clock();

    private MediaClock() {
    }

    private static ScheduledThreadPoolExecutor clock() {
        ScheduledThreadPoolExecutor e = new ScheduledThreadPoolExecutor(1, r -> {
            Thread t = new Thread(r, "jvmrtc-media-clock");
            t.setDaemon(true);
            return t;
        });
        e.setRemoveOnCancelPolicy(true);
        e.setKeepAliveTime(3, TimeUnit.SECONDS);
        e.allowCoreThreadTimeOut(true);
        return e;
    }

    static void after(long nanos, Runnable wake) {
        CLOCK.schedule(wake, nanos, TimeUnit.NANOSECONDS);
    }

    static ScheduledFuture<?> every(long millis, Runnable wake) {
        return CLOCK.scheduleAtFixedRate(wake, millis, millis, TimeUnit.MILLISECONDS);
    }
}
