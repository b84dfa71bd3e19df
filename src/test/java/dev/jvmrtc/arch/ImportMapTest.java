package dev.jvmrtc.arch;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/ARCHITECTURE.md says that packages see is what they import, no more and no less. */
class ImportMapTest {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final String ROOT = "dev.jvmrtc";
    private static final Pattern ROW = Pattern.compile("\\| `([\\w.]+)` \\| [^|]+ \\| ([^|]*) \\|");
    private static final Pattern NAME = Pattern.compile("`([\\w.]+)`");
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
}
