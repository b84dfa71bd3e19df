package dev.jvmrtc.codec.vp8;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Threads for the tests of an encoder. */
final class TestHelpers implements Helpers {
    private static final ExecutorService THREADS = Executors.newCachedThreadPool(task -> {
        Thread t = new Thread(task, "vp8-test");
        t.setDaemon(true);
        return t;
    });

    private final int count;

    TestHelpers(int count) {
        this.count = count;
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public void start(Runnable part) {
        THREADS.execute(part);
    }

    @Override
    public void pause(int times) {
        Thread.yield();
    }
}
