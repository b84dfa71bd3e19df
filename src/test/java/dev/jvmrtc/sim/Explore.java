package dev.jvmrtc.sim;

import dev.jvmrtc.core.InternalErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Plays calls of fresh seeds on all processors until told to stop; see {@code src/test/explore}. */
public final class Explore {
    private static final long SECOND = 1_000_000_000L;
    private static final int SHOWN = 3;

    private final long first;
    private final long count;
    private final long until;
    private final AtomicLong next = new AtomicLong();
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    /** By what failed, without numbers: each kind is shown a few times, and counted. */
    private final Map<String, Integer> kinds = new TreeMap<>();

    private final AtomicLong datagrams = new AtomicLong();
    private final AtomicLong injected = new AtomicLong();
    private final AtomicLong mostSteps = new AtomicLong(Long.MIN_VALUE);
    private final AtomicBoolean stop = new AtomicBoolean();
    private final long began = System.nanoTime();

    private Explore(long first, long count, long seconds) {
        this.first = first;
        this.count = count;
        this.until = began + seconds * SECOND;
    }

    private void work() {
        while (!stop.get() && System.nanoTime() < until) {
            long n = next.getAndIncrement();
            if (n >= count) {
                return;
            }
            try {
                SimulatedCall call = new SimulatedCall(first + n).run();
                datagrams.addAndGet(call.datagrams());
                injected.addAndGet(call.injected());
                mostSteps.accumulateAndGet(call.mostSteps(), Math::max);
            } catch (AssertionError e) {
                failed.incrementAndGet();
                synchronized (kinds) {
                    String what = String.valueOf(
                                    e.getCause() == null ? e : e.getCause().getMessage())
                            .replaceAll("[0-9]+", "#");
                    if (kinds.merge(what.substring(0, Math.min(60, what.length())), 1, Integer::sum) <= SHOWN) {
                        System.out.println("FAILED " + e.getMessage());
                        System.out.println("  replay: src/test/explore --seed " + (first + n));
                    }
                }
            }
            done.incrementAndGet();
        }
    }

    private void tell(String what) {
        double seconds = (System.nanoTime() - began) / (double) SECOND;
        double cpu = ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .map(d -> d.toMillis() / 1_000.0)
                .orElse(seconds);
        System.out.printf(
                "%s %,d calls, %,d failed, %.0f calls/s, %.0f for each second of processor time, %,d datagrams, %,d injected, at most %,d steps beyond an "
                        + "input's bytes%n",
                what,
                done.get(),
                failed.get(),
                done.get() / seconds,
                done.get() / cpu,
                datagrams.get(),
                injected.get(),
                mostSteps.get());
    }

    private boolean run(int threads) throws InterruptedException {
        System.out.println("fresh seeds from " + first);
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Thread t = new Thread(this::work, "explore-" + i);
            t.start();
            workers.add(t);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            if (workers.stream().anyMatch(Thread::isAlive)) {
                stop.set(true);
                tell("stopped:");
            }
        }));
        for (Thread t : workers) {
            while (t.isAlive()) {
                t.join(10_000);
                if (t.isAlive()) {
                    tell("so far");
                }
            }
        }
        tell("done:");
        kinds.forEach((what, times) -> System.out.println(times + " × " + what));
        if (InternalErrors.total() != 0) {
            System.out.println("internal errors: " + InternalErrors.total());
        }
        return failed.get() == 0 && InternalErrors.total() == 0;
    }

    /** {@code --seed N}, or {@code [N seeds | Ns]} and perhaps {@code --from SEED}. */
    public static void main(String[] args) throws InterruptedException {
        long first = System.currentTimeMillis() * 1_000;
        long count = Long.MAX_VALUE;
        long seconds = 3_650L * 86_400;
        for (int i = 0; i < args.length; i++) {
            if (args[i].equals("--seed")) {
                long seed = Long.parseLong(args[++i]);
                SimulatedCall call = new SimulatedCall(seed);
                call.run();
                System.out.println("seed " + seed + " passes: " + call.story());
                return;
            } else if (args[i].equals("--from")) {
                first = Long.parseLong(args[++i]);
            } else if (args[i].endsWith("s")) {
                seconds = Long.parseLong(args[i].substring(0, args[i].length() - 1));
            } else {
                count = Long.parseLong(args[i]);
            }
        }
        boolean passed = new Explore(first, count, seconds)
                .run(Math.max(1, Runtime.getRuntime().availableProcessors()));
        System.exit(passed ? 0 : 1);
    }
}
