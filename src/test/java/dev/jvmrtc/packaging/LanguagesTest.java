package dev.jvmrtc.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jetbrains.kotlin.cli.common.ExitCode;
import org.jetbrains.kotlin.cli.jvm.K2JVMCompiler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A call as it is written in other languages of the JVM, compiled by their compilers against this library, and made.
 */
@Timeout(300)
class LanguagesTest {
    private static final String LIBRARIES = String.join(File.pathSeparator, OwnJvm.classPath());

    @TempDir
    Path classes;

    private static String source(String name) {
        return Path.of("src/test/resources/languages", name).toString();
    }

    private String call(String object) throws Exception {
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {classes.toUri().toURL()}, LanguagesTest.class.getClassLoader())) {
            try {
                return (String) loader.loadClass(object).getMethod("call").invoke(null);
            } catch (InvocationTargetException e) {
                throw new AssertionError(object + " failed", e.getCause());
            }
        }
    }

    @Test
    void kotlin() throws Exception {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        ExitCode code = new K2JVMCompiler()
                .exec(
                        new PrintStream(said, true, StandardCharsets.UTF_8),
                        "-no-stdlib",
                        "-no-reflect",
                        "-jvm-target",
                        "17",
                        "-Werror",
                        "-classpath",
                        LIBRARIES,
                        "-d",
                        classes.toString(),
                        source("Call.kt"));
        assertEquals(ExitCode.OK, code, said.toString(StandardCharsets.UTF_8));
        assertEquals("from Kotlin", call("KotlinCall"));
    }

    @Test
    void scala() throws Exception {
        assertFalse(
                dotty.tools.dotc.Main.process(
                                new String[] {"-classpath", LIBRARIES, "-d", classes.toString(), source("Call.scala")})
                        .hasErrors(),
                "the compiler has said on its output what is wrong");
        assertEquals("from Scala", call("ScalaCall"));
    }
}
