package dev.jvmrtc.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Each fuzz target takes its seeds, among them every input that once found a fault, and some altered copies of each.
 */
class FuzzRegressionTest {
    private static final long SEED = Long.getLong("jvmrtc.seed", 11L);
    private static final int COPIES = 20;

    @TestFactory
    Stream<DynamicTest> everyTargetTakesItsSeeds() {
        return SeedMaker.targets().stream().map(t -> DynamicTest.dynamicTest(t.getSimpleName(), () -> takes(t)));
    }

    private static void takes(Class<?> target) throws Exception {
        Method one = target.getMethod("fuzzerTestOneInput", byte[].class);
        List<Path> seeds = new ArrayList<>();
        try (Stream<Path> files = Files.list(SeedMaker.SEEDS.resolve(target.getSimpleName()))) {
            files.sorted().forEach(seeds::add);
        }
        assertTrue(!seeds.isEmpty(), "a target without seeds");
        Random random = new Random(SEED);
        for (Path p : seeds) {
            byte[] seed = Files.readAllBytes(p);
            run(one, seed, p + " as it is");
            for (int i = 0; i < COPIES; i++) {
                byte[] how = new byte[32];
                random.nextBytes(how);
                run(one, new FuzzInput(how).altered(seed), p + " altered, -Djvmrtc.seed=" + SEED + ", copy " + i);
            }
        }
    }

    private static void run(Method one, byte[] input, String what) throws IOException, IllegalAccessException {
        try {
            one.invoke(null, (Object) input.clone());
        } catch (InvocationTargetException e) {
            Path kept = Files.createDirectories(Path.of("target/fuzz-failures"))
                    .resolve(one.getDeclaringClass().getSimpleName());
            Files.write(kept, input);
            throw new AssertionError(what + ", kept as " + kept, e.getCause());
        }
    }
}
