package dev.jvmrtc.sdp;

import dev.jvmrtc.core.SafeText;

/** What values of a description may be made of (RFC 8866 §9, RFC 8839 §5.4). */
final class Grammar {
    /** Bytes of a mid or rid: what the two-byte form of a header extension can carry (RFC 8285 §4.3). */
    static final int MAX_TOKEN = 255;

    static final int MAX_ICE_CHARS = 256;
    private static final int MAX_QUOTED = 60;

    private Grammar() {}

    /** {@code token} of RFC 8866 §9, of 1 to 255 characters. */
    static boolean isToken(String s) {
        if (s.isEmpty() || s.length() > MAX_TOKEN) {
            return false;
        }
        for (int i = 0; i < s.length(); i++) {
            if (!isTokenChar(s.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isTokenChar(char c) {
        return c > ' ' && c < 0x7f && "\"(),/:;<=>?@[\\]".indexOf(c) < 0;
    }

    /** {@code ice-char} of RFC 8839 §5.4, from {@code min} to 256 of them. */
    static boolean isIceChars(String s, int min) {
        if (s.length() < min || s.length() > MAX_ICE_CHARS) {
            return false;
        }
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '/')) {
                return false;
            }
        }
        return true;
    }

    /** The text as part of a sentence: without its tail where it is long, and nothing that a terminal obeys. */
    static String quoted(String s) {
        return SafeText.quoted(s, MAX_QUOTED);
    }
}
