package dev.jvmrtc.packaging;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A JVM that a test starts for itself. */
public final class OwnJvm {

    private OwnJvm() {}

    /** What the tests run with: the library, the tests, and all that they depend on. */
    public static List<String> classPath() {
        String surefire = System.getProperty("surefire.test.class.path");
        return List.of((surefire == null ? System.getProperty("java.class.path") : surefire).split(File.pathSeparator));
    }

    /** A main class on this class path; stdout and stderr are one. */
    public static ProcessBuilder java(List<String> classPath, Class<?> main, String... options) {
        List<String> command =
                new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java"), "-Xmx256m"));
        command.addAll(List.of(options));
        if (!classPath.isEmpty()) {
            command.addAll(List.of("-cp", classPath.stream().collect(Collectors.joining(File.pathSeparator))));
        }
        command.add(main.getName());
        return new ProcessBuilder(command).redirectErrorStream(true);
    }
}
