package dev.jvmrtc.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The library with and without the jars that are optional, on the class path and on the module path, each time in a JVM
 * of its own.
 */
class OptionalCodecsTest {

    private static boolean isOptional(String entry) {
        String name = new File(entry).getName();
        return name.startsWith("concentus-") || name.startsWith("jcodec-");
    }

    private static boolean isOfTheLibrary(String entry) {
        String name = new File(entry).getName();
        return entry.endsWith("classes") && !entry.endsWith("test-classes")
                || isOptional(entry)
                || name.startsWith("bc")
                || name.startsWith("netty-")
                || name.startsWith("slf4j-");
    }

    private static String run(boolean modules, boolean withOptional) throws IOException, InterruptedException {
        List<String> entries = OwnJvm.classPath().stream()
                .filter(e -> withOptional || !isOptional(e))
                .toList();
        String library = entries.stream()
                .filter(OptionalCodecsTest::isOfTheLibrary)
                .collect(Collectors.joining(File.pathSeparator));
        return said(
                modules
                        ? OwnJvm.java(
                                List.of(testClasses()),
                                OptionalCodecsMain.class,
                                "-p",
                                library,
                                "--add-modules",
                                "dev.jvmrtc,org.slf4j.simple" + (withOptional ? ",concentus,jcodec" : ""))
                        : OwnJvm.java(entries, OptionalCodecsMain.class));
    }

    private static String said(ProcessBuilder b) throws IOException, InterruptedException {
        Process p = b.start();
        p.getOutputStream().close();
        try {
            String said = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(p.waitFor(60, TimeUnit.SECONDS), said);
            assertEquals(0, p.exitValue(), said);
            return said;
        } finally {
            p.destroyForcibly();
        }
    }

    @Test
    void ofAModuleTheJarsMayBeOnTheClassPathToo() throws Exception {
        String library = OwnJvm.classPath().stream()
                .filter(e -> isOfTheLibrary(e) && !isOptional(e))
                .collect(Collectors.joining(File.pathSeparator));
        List<String> others = new ArrayList<>(OwnJvm.classPath().stream()
                .filter(OptionalCodecsTest::isOptional)
                .toList());
        others.add(testClasses());
        String said = said(OwnJvm.java(
                others, OptionalCodecsMain.class, "-p", library, "--add-modules", "dev.jvmrtc,org.slf4j.simple"));
        assertTrue(said.contains("module dev.jvmrtc"), said);
        assertTrue(said.contains("raw sent as opus, audio/opus"), said);
        assertTrue(said.contains("video [VP8, H264]"), said);
        assertFalse(said.contains("WARN"), said);
    }

    /**
     * An image of Java itself with this library in it, and nothing that it does not need: no java.desktop, no
     * management, no naming.
     */
    @Test
    void anImageMadeByJlinkMakesCalls(@TempDir Path dir) throws Exception {
        ToolProvider jlink = ToolProvider.findFirst("jlink").orElse(null);
        assumeTrue(jlink != null, "this Java has no jlink");
        String library = OwnJvm.classPath().stream()
                .filter(e -> isOfTheLibrary(e) && !isOptional(e))
                .collect(Collectors.joining(File.pathSeparator));
        Path image = dir.resolve("image");
        StringWriter told = new StringWriter();
        assertEquals(
                0,
                jlink.run(
                        new PrintWriter(told),
                        new PrintWriter(told),
                        "--ignore-signing-information",
                        "--module-path",
                        library,
                        "--add-modules",
                        "dev.jvmrtc,org.slf4j.simple",
                        "--output",
                        image.toString()),
                told.toString());
        List<String> others = new ArrayList<>(OwnJvm.classPath().stream()
                .filter(OptionalCodecsTest::isOptional)
                .toList());
        others.add(testClasses());
        ProcessBuilder b = OwnJvm.java(others, OptionalCodecsMain.class);
        b.command().set(0, image.resolve("bin/java").toString());
        String said = said(b);
        assertTrue(said.contains("module dev.jvmrtc"), said);
        assertTrue(said.contains("raw sent as opus, audio/opus"), said);
    }

    private static String testClasses() {
        try {
            return Path.of(OptionalCodecsMain.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (java.net.URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void withTheJarsOpusAndH264AreThere() throws Exception {
        for (boolean modules : new boolean[] {false, true}) {
            String said = run(modules, true);
            assertTrue(said.contains("module " + (modules ? "dev.jvmrtc" : "null")), said);
            assertTrue(
                    said.contains("audio [opus, G722, PCMU, PCMA]") || said.contains("audio [G722, PCMU, PCMA, opus]"),
                    said);
            assertTrue(said.contains("video [VP8, H264]"), said);
            assertTrue(said.contains("raw sent as opus, audio/opus"), said);
            assertTrue(said.contains("encoded opus passes"), said);
            assertFalse(said.contains("cannot be decoded"), said);
        }
    }

    @Test
    void withoutThemTheRestWorksEncodedOpusPassesAndItIsSaidWhatToAdd() throws Exception {
        for (boolean modules : new boolean[] {false, true}) {
            String said = run(modules, false);
            assertTrue(said.contains("module " + (modules ? "dev.jvmrtc" : "null")), said);
            assertTrue(said.contains("audio [G722, PCMU, PCMA]"), said);
            assertTrue(said.contains("video [VP8]"), said);
            assertTrue(said.contains("raw sent as G722, audio/G722"), said);
            assertTrue(said.contains("encoded opus passes"), said);
            assertTrue(said.contains("opus cannot be decoded: add io.github.jaredmdobson:concentus"), said);
            assertEquals(1, said.split("WARN ", -1).length - 1, "a first missing codec is said once: " + said);
        }
    }
}
