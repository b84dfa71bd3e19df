package dev.jvmrtc.examples;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/**
 * Names of files that somebody else has chosen, made safe: a file in our folder, seen by who lists it, and never one
 * that is there already.
 */
final class SafeFile {
    /** File systems take 255 bytes; what we add comes off. */
    private static final int MAX_BYTES = 180;

    private static final String NAMELESS = "file";
    /** Devices on Windows, with any extension. */
    private static final Set<String> RESERVED = Set.of("CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$");

    private SafeFile() {}

    /**
     * The last part of a name of any system, without what hides it, misleads who reads it, or means something else than
     * a file.
     */
    static String name(String said) {
        String last = said.substring(Math.max(said.lastIndexOf('/'), said.lastIndexOf('\\')) + 1);
        StringBuilder name = new StringBuilder();
        last.codePoints().forEach(c -> {
            int type = Character.getType(c);
            if (type == Character.CONTROL
                    || type == Character.FORMAT
                    || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR
                    || type == Character.SURROGATE
                    || type == Character.UNASSIGNED) {
                return; // an escape sequence for a terminal; text turned around so that "exe.txt" is read for "txt.exe"
            }
            name.appendCodePoint("<>:\"|?*".indexOf(c) >= 0 ? '_' : c);
        });
        String clean = name.toString().strip().replaceFirst("^[.\\s-]+", "").replaceFirst("[.\\s]+$", "");
        while (clean.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            int dot = clean.lastIndexOf('.');
            int cut = dot > 0 && clean.length() - dot <= 16 ? dot : clean.length();
            int from = clean.offsetByCodePoints(cut, -1);
            clean = clean.substring(0, from) + clean.substring(cut); // the extension stays
        }
        if (clean.isEmpty()) {
            return NAMELESS;
        }
        String stem = clean.replaceFirst("\\..*$", "").strip().toUpperCase(Locale.ROOT);
        return RESERVED.contains(stem) || stem.matches("(COM|LPT)[0-9¹²³]") ? "_" + clean : clean;
    }

    /** The file of this name in the folder or, where there is one already, {@code name-1.ext} and so on. */
    static Path free(Path folder, String name) {
        Path file = folder.resolve(name);
        int dot = name.lastIndexOf('.');
        for (int i = 1; Files.exists(file, LinkOption.NOFOLLOW_LINKS); i++) {
            file = folder.resolve(dot > 0 ? name.substring(0, dot) + "-" + i + name.substring(dot) : name + "-" + i);
        }
        return file;
    }

    /** Text from somebody else for a terminal: without control characters, and not endless. */
    static String line(String said) {
        String s = said.strip().replaceAll("\\p{C}", "?");
        return s.length() > 300 ? s.substring(0, 300) + "…" : s;
    }
}
