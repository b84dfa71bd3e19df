package dev.jvmrtc.media.pipeline;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that wakes all tracks and generated sources of the process when something of theirs is due. What takes
 * long is done on threads for codecs.
 */
public final class MediaClock {
    private static final Logger LOG = LoggerFactory.getLogger(MediaClock.class);
    private static final ScheduledThreadPoolExecutor CLOCK = clock();

    private MediaClock() {}

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

    public static Future<?> after(long nanos, Runnable wake) {
        return CLOCK.schedule(guarded(wake), nanos, TimeUnit.NANOSECONDS);
    }

    /** The first time at once. */
    public static Future<?> every(long nanos, Runnable wake) {
        return CLOCK.scheduleAtFixedRate(guarded(wake), 0, nanos, TimeUnit.NANOSECONDS);
    }

    /** What throws once is called again all the same, when it is due the next time. */
    private static Runnable guarded(Runnable wake) {
        return () -> {
            try {
                wake.run();
            } catch (Throwable e) {
                LOG.error("what was due failed", e);
            }
        };
    }
}
