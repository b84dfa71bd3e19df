package dev.jvmrtc.wire;

import java.util.ArrayList;
import java.util.List;

/** Text of words with spaces between, as candidates and session descriptions are made of. */
public final class Words {

    private Words() {}

    /** The words, however many spaces there are between, before and after; one empty word for a text without any. */
    public static String[] of(String text) {
        List<String> words = new ArrayList<>(12);
        int length = text.length();
        for (int at = 0; at < length; ) {
            if (text.charAt(at) <= ' ') {
                at++;
                continue;
            }
            int end = at;
            while (end < length && text.charAt(end) > ' ') {
                end++;
            }
            words.add(text.substring(at, end));
            at = end;
        }
        return words.isEmpty() ? new String[] {""} : words.toArray(new String[0]);
    }
}
