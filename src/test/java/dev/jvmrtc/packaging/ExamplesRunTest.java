package dev.jvmrtc.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code examples/run} in a tree of its own, with a Maven that does what the test tells it. */
@DisabledOnOs(OS.WINDOWS) // which has no sh; there is no examples/run for it
class ExamplesRunTest {

    /** Copies the product, or fails half-way, once the test allows it; two of them at once would show. */
    private static final String MAVEN = """
        #!/bin/sh
        echo built >>"$TREE/builds"
        mkdir "$TREE/at-work" || { echo "two at once" >>"$TREE/builds"; exit 1; }
        while [ ! -e "$TREE/go" ]; do sleep 0.02; done
        mkdir -p "$TREE/examples/target/lib"
        cp "$TREE/product.jar" "$TREE/examples/target/lib/library.jar"
        rmdir "$TREE/at-work"
        [ ! -e "$TREE/fail" ] || exit 1
        cp "$TREE/product.jar" "$TREE/examples/target/jvmrtc-examples-1.jar"
        """;

    @TempDir
    Path tree;

    @BeforeEach
    void freshClone() throws IOException {
        Path examples = Files.createDirectories(tree.resolve("examples"));
        for (String name : List.of("run", "OneAtATime.java")) {
            Files.copy(Path.of("examples", name), examples.resolve(name));
        }
        assertTrue(examples.resolve("run").toFile().setExecutable(true));
        for (Path root : List.of(tree, examples)) {
            Files.writeString(root.resolve("pom.xml"), "");
            Files.writeString(
                    Files.createDirectories(root.resolve("src/main/java")).resolve("A.java"), "");
        }
        Path maven = Files.createDirectories(tree.resolve("bin")).resolve("mvn");
        Files.writeString(maven, MAVEN);
        assertTrue(maven.toFile().setExecutable(true));
        product("first");
    }

    /** What Maven makes next: an example that says a word. */
    private void product(String word) throws IOException {
        Path source = Files.createDirectories(tree.resolve("product")).resolve("TwoPeers.java");
        Files.writeString(
                source,
                "package dev.jvmrtc.examples; public class TwoPeers { public static void main(String[] a) { System.out.println(\""
                        + word + " \" + String.join(\" \", a)); } }");
        assertEquals(
                0,
                ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, "-d", tree.resolve("product").toString(), source.toString()));
        try (OutputStream out = Files.newOutputStream(tree.resolve("product.jar"));
                JarOutputStream jar = new JarOutputStream(out)) {
            jar.putNextEntry(new JarEntry("dev/jvmrtc/examples/TwoPeers.class"));
            Files.copy(tree.resolve("product/dev/jvmrtc/examples/TwoPeers.class"), jar);
        }
    }

    private Process start(String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(tree.resolve("examples/run").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder b = new ProcessBuilder(command).redirectErrorStream(true);
        String java = Path.of(System.getProperty("java.home"), "bin").toString();
        b.environment()
                .merge(
                        "PATH",
                        "",
                        (path, none) -> tree.resolve("bin") + File.pathSeparator + java + File.pathSeparator + path);
        b.environment().put("TREE", tree.toString());
        return b.start();
    }

    private static String said(Process p) throws IOException, InterruptedException {
        String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(p.waitFor(60, TimeUnit.SECONDS), said);
        return said;
    }

    private void allow(String what) throws IOException {
        Files.writeString(tree.resolve(what), "");
    }

    private List<String> builds() throws IOException {
        return Files.readAllLines(tree.resolve("builds"));
    }

    /** As if all that there is had been there for an hour. */
    private void anHourPasses() throws IOException {
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path p : all.toList()) {
                Files.setLastModifiedTime(
                        p,
                        FileTime.from(Files.getLastModifiedTime(p).toInstant().minusSeconds(3600)));
            }
        }
    }

    @Test
    void ofTwoThatStartAtOnceOneBuildsTheOtherWaitsAndBothRun() throws Exception {
        List<Process> both = List.of(start("two-peers", "a", "b c"), start("two-peers", "a", "b c"));
        List<CompletableFuture<String>> said = both.stream()
                .map(p -> CompletableFuture.supplyAsync(
                        () -> {
                            StringBuilder all = new StringBuilder();
                            try (BufferedReader r = new BufferedReader(
                                    new InputStreamReader(p.getInputStream(), StandardCharsets.UTF_8))) {
                                for (String line = r.readLine(); line != null; line = r.readLine()) {
                                    all.append(line).append('\n');
                                    if (line.contains("another one builds")) {
                                        allow("go");
                                    }
                                }
                            } catch (IOException e) {
                                all.append(e);
                            }
                            return all.toString();
                        },
                        r -> new Thread(r).start()))
                .toList(); // each on its own: the pool of all has one thread on a small machine
        for (CompletableFuture<String> s : said) {
            assertTrue(s.get(60, TimeUnit.SECONDS).endsWith("first a b c\n"), s.join());
        }
        assertEquals(List.of("built"), builds());
    }

    @Test
    void aFailedBuildIsNotTakenForBuiltByTheNext() throws Exception {
        allow("go");
        allow("fail");
        Process p = start("two-peers");
        String said = said(p);
        assertNotEquals(0, p.exitValue(), said);
        assertFalse(said.contains("first"), said);
        Files.delete(tree.resolve("fail"));
        assertEquals("first \n", said(start("two-peers")));
        assertEquals(List.of("built", "built"), builds());
    }

    @Test
    void changedAddedAndRemovedSourcesAreBuiltOthersAreNot() throws Exception {
        allow("go");
        assertEquals("first \n", said(start("two-peers")));
        assertEquals("first \n", said(start("two-peers")));
        assertEquals(1, builds().size());
        Path source = tree.resolve("src/main/java/A.java");
        Path added = tree.resolve("examples/src/main/java/B.java");
        int n = 1;
        for (Path changed : List.of(source, tree.resolve("pom.xml"), tree.resolve("examples/pom.xml"), added, added)) {
            anHourPasses();
            if (n == 5) {
                Files.delete(changed);
            } else {
                Files.writeString(changed, "changed");
            }
            product("change " + n);
            assertEquals("change " + n + " \n", said(start("two-peers")));
            assertEquals("change " + n + " \n", said(start("two-peers")));
            assertEquals(++n, builds().size());
        }
    }

    @Test
    void whatMavenHasBuiltByItselfIsRunWithoutAnotherBuild() throws Exception {
        Files.createDirectories(tree.resolve("examples/target/lib"));
        Files.copy(tree.resolve("product.jar"), tree.resolve("examples/target/lib/library.jar"));
        anHourPasses();
        Path jar = Files.copy(tree.resolve("product.jar"), tree.resolve("examples/target/jvmrtc-examples-1.jar"));
        Files.setLastModifiedTime(jar, FileTime.from(Instant.now()));
        assertEquals("first \n", said(start("two-peers")));
        assertFalse(Files.exists(tree.resolve("builds")));
    }
}
