package dev.jvmrtc.core;

/**
 * Text that somebody else wrote, made fit for a log, an event or a terminal: one line, of a bounded length, that moves
 * no cursor and turns no direction.
 */
public final class SafeText {
    private SafeText() {}

    /**
     * The first {@code max} characters of {@code text}; in place of characters that control something, and of halves of
     * others, question marks. The text itself where nothing is wrong with it.
     *
     * @param text or null, which stays null
     */
    public static String line(String text, int max) {
        if (text == null) {
            return null;
        }
        int end = Math.min(text.length(), max);
        StringBuilder changed = null;
        int chars;
        for (int i = 0; i < end; i += chars) {
            assert Steps.count();
            int point = text.codePointAt(i);
            chars = Character.charCount(point);
            if (i + chars > end || !isPlain(point)) {
                changed = changed == null ? new StringBuilder(text.substring(0, end)) : changed;
                changed.setCharAt(i, '?');
                if (i + 1 < Math.min(end, i + chars)) {
                    changed.setCharAt(i + 1, '?');
                }
            }
        }
        return changed != null ? changed.toString() : text.substring(0, end);
    }

    /** The text in quotation marks, as part of a sentence: without its tail where it is long. */
    public static String quoted(String text, int max) {
        return "\"" + line(text, max) + (text.length() > max ? "…\"" : "\"");
    }

    private static boolean isPlain(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE -> false;
            default -> true;
        };
    }
}
