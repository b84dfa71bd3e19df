package dev.jvmrtc.arch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What docs/ARCHITECTURE.md says that packages see is what they import, no more and no less, and so is what the Javadoc
 * of each package says.
 */
class ImportMapTest {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final String ROOT = "dev.jvmrtc";
    private static final Pattern ROW = Pattern.compile("\\| `([\\w.]+)` \\| [^|]+ \\| ([^|]*) \\|");
    private static final Pattern NAME = Pattern.compile("`([\\w.]+)`");
    /** The Javadoc of a package: what it is, then what it may see. */
    private static final Pattern PACKAGE_INFO =
            Pattern.compile("/\\*\\*\\s(?<what>.+)<p>May see: (?<seen>.+)\\.\\s+\\*/\\s+package", Pattern.DOTALL);
    /** A class by its whole name: in an import, in code, or in a link of Javadoc. */
    private static final Pattern CLASS = Pattern.compile("\\b(dev\\.jvmrtc(?:\\.[a-z0-9]+)*)\\.[A-Z]");

    private static String shortName(String packageName) {
        return packageName.equals(ROOT) ? ROOT : packageName.substring(ROOT.length() + 1);
    }

    private static Map<String, Set<String>> said() throws IOException {
        Map<String, Set<String>> said = new TreeMap<>();
        Matcher row = ROW.matcher(Files.readString(Path.of("docs/ARCHITECTURE.md")));
        while (row.find()) {
            Set<String> seen = said.computeIfAbsent(row.group(1), k -> new TreeSet<>());
            Matcher name = NAME.matcher(row.group(2));
            while (name.find()) {
                seen.add(name.group(1));
            }
        }
        return said;
    }

    private static Map<String, Set<String>> imported() throws IOException {
        Map<String, Set<String>> imported = new TreeMap<>();
        List<Path> files;
        try (Stream<Path> all = Files.walk(SOURCES.resolve(ROOT.replace('.', '/')))) {
            files = all.filter(f -> f.toString().endsWith(".java")).toList();
        }
        for (Path file : files) {
            String own = SOURCES.relativize(file.getParent()).toString().replace('/', '.');
            Set<String> seen = imported.computeIfAbsent(shortName(own), k -> new TreeSet<>());
            Matcher other = CLASS.matcher(Files.readString(file));
            while (other.find()) {
                if (!other.group(1).equals(own)) {
                    seen.add(shortName(other.group(1)));
                }
            }
        }
        return imported;
    }

    @Test
    void theTableOfPackagesIsTrue() throws IOException {
        Map<String, Set<String>> said = said();
        Map<String, Set<String>> imported = imported();
        assertEquals(imported.keySet(), said.keySet(), "packages");
        imported.forEach((name, seen) -> assertEquals(seen, said.get(name), name + " sees"));
    }

    @Test
    void everyPackageSaysWhatItIsAndWhatItMaySee() throws IOException {
        for (Map.Entry<String, Set<String>> each : imported().entrySet()) {
            String name = each.getKey();
            Path file = SOURCES.resolve(ROOT.replace('.', '/'))
                    .resolve(name.equals(ROOT) ? "" : name.replace('.', '/'))
                    .resolve("package-info.java");
            String list = each.getValue().isEmpty()
                    ? "nothing"
                    : each.getValue().stream().map(n -> "{@code " + n + "}").collect(Collectors.joining(", "));
            assertTrue(Files.exists(file), file + " is missing; it ends with <p>May see: " + list + ".");
            Matcher info = PACKAGE_INFO.matcher(Files.readString(file));
            assertTrue(info.find(), file + " says what the package is, then <p>May see: " + list + ".");
            assertEquals(list, info.group("seen").replaceAll("\\s+\\*?\\s*", " "), file + " says what it may see");
        }
    }

    @Test
    void theCompilerAsksForJavadocOfWhatIsExported() throws IOException {
        Matcher asked = Pattern.compile("-Xdoclint/package:([\\w.,]+)<").matcher(Files.readString(Path.of("pom.xml")));
        assertTrue(asked.find(), "pom.xml gives the compiler a list of packages");
        assertEquals(exported(), new TreeSet<>(List.of(asked.group(1).split(","))), "packages of -Xdoclint in pom.xml");
    }

    @Test
    void examplesSeeOnlyWhatIsExported() throws IOException {
        Set<String> exported = exported();
        List<Path> files;
        try (Stream<Path> all = Files.walk(Path.of("examples"))) {
            files = all.filter(f -> f.toString().endsWith(".java")
                            && !f.startsWith("examples/src/test")
                            && !f.startsWith("examples/target"))
                    .toList();
        }
        assertTrue(files.size() > 10, "no examples are found");
        for (Path file : files) {
            Matcher other = CLASS.matcher(Files.readString(file));
            while (other.find()) {
                assertTrue(
                        exported.contains(other.group(1)) || other.group(1).equals(ROOT + ".examples"),
                        file + " sees " + other.group(1) + ", which the module does not export");
            }
        }
    }

    private static Set<String> exported() throws IOException {
        Set<String> exported = new TreeSet<>();
        Matcher export =
                Pattern.compile("exports ([\\w.]+);").matcher(Files.readString(SOURCES.resolve("module-info.java")));
        while (export.find()) {
            exported.add(export.group(1));
        }
        return exported;
    }
}
