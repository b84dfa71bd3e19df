package dev.jvmrtc.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Writes the first inputs of the targets under {@code src/fuzz/seeds}, run from the project's root: what passes in a
 * recorded call, cut into each target's form. Seeds that are there already and have another name stay, such as those
 * that once found a fault.
 */
public final class SeedMaker {
    static final Path SOURCES = Path.of("src/fuzz/java");
    static final Path SEEDS = Path.of("src/fuzz/seeds");

    private SeedMaker() {}

    public static void main(String[] args) throws Exception {
        for (Class<?> target : targets()) {
            Method seeds;
            try {
                seeds = target.getDeclaredMethod("seeds");
            } catch (NoSuchMethodException e) {
                continue; // its seeds are from elsewhere
            }
            seeds.setAccessible(true);
            Path dir = Files.createDirectories(SEEDS.resolve(target.getSimpleName()));
            for (Map.Entry<?, ?> e : ((Map<?, ?>) invoke(seeds)).entrySet()) {
                Files.write(dir.resolve((String) e.getKey()), (byte[]) e.getValue());
            }
        }
        System.exit(0);
    }

    /** Every class that a fuzzer can run, found by its name. */
    static List<Class<?>> targets() {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(p -> p.getFileName().toString().endsWith("Fuzz.java"))
                    .sorted()
                    .<Class<?>>map(SeedMaker::classOf)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Class<?> classOf(Path source) {
        String name = SOURCES.relativize(source)
                .toString()
                .replace(".java", "")
                .replace('/', '.')
                .replace('\\', '.');
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object invoke(Method m) throws Exception {
        try {
            return m.invoke(null);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof Exception x ? x : e;
        }
    }
}
