package dev.jvmrtc.core;

import dev.jvmrtc.wire.MalformedException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * One JSON object of strings and numbers (RFC 8259), as signalling has it: what JSON.parse takes is taken, what it does
 * not take is refused, and what is written is what JSON.stringify writes. Members that nobody asks for are passed over,
 * however deep they are, up to a bound.
 */
public final class FlatJson {
    /** Nesting of members that are passed over. */
    static final int MAX_DEPTH = 64;
    /** Characters of a number that is asked for. */
    private static final int MAX_NUMBER = 32;

    private static final String SPACE = " \t\n\r";

    /** A member that is asked for and is an object or array, of which this reader gives no more than that it is one. */
    public static final Object STRUCTURE = new Object();

    private final String text;
    private int at;

    private FlatJson(String text) {
        this.text = text;
    }

    /**
     * Reads an object.
     *
     * @param names of the members that are asked for
     * @param maxLength in characters
     * @return those members that there are: String, Double, Boolean, null or {@link #STRUCTURE}; null where the text is
     *     {@code null}
     * @throws MalformedException where it is no JSON object, or one has a member twice that is asked for: others may
     *     read the first, or the last
     */
    public static Map<String, Object> read(String text, Set<String> names, int maxLength) throws MalformedException {
        if (text.length() > maxLength) {
            throw new MalformedException("JSON of more than " + maxLength + " characters");
        }
        FlatJson json = new FlatJson(text);
        json.space();
        Map<String, Object> object = null;
        if (json.peek() == 'n') {
            json.word("null");
        } else {
            object = json.object(names);
        }
        json.space();
        if (json.at < text.length()) {
            throw json.malformed("something follows");
        }
        return object;
    }

    private Map<String, Object> object(Set<String> names) throws MalformedException {
        Map<String, Object> members = new LinkedHashMap<>();
        expect('{');
        space();
        if (peek() == '}') {
            at++;
            return members;
        }
        while (true) {
            assert Steps.count();
            String name = string();
            space();
            expect(':');
            space();
            if (!names.contains(name)) {
                skip();
            } else if (members.containsKey(name)) {
                throw malformed("\"" + name + "\" is there twice");
            } else {
                members.put(name, value());
            }
            space();
            if (peek() == '}') {
                at++;
                return members;
            }
            expect(',');
            space();
        }
    }

    private Object value() throws MalformedException {
        switch (peek()) {
            case '"' -> {
                return string();
            }
            case '{', '[' -> {
                skip();
                return STRUCTURE;
            }
            case 't', 'f', 'n' -> {
                return constant();
            }
            default -> {
                int begin = at;
                number();
                if (at - begin > MAX_NUMBER) {
                    throw malformed("a number of more than " + MAX_NUMBER + " characters ends");
                }
                return Double.valueOf(text.substring(begin, at));
            }
        }
    }

    private Boolean constant() throws MalformedException {
        return switch (peek()) {
            case 't' -> word("true");
            case 'f' -> !word("false");
            default -> {
                word("null");
                yield null;
            }
        };
    }

    private boolean word(String word) throws MalformedException {
        if (!text.startsWith(word, at)) {
            throw malformed("there is no value");
        }
        at += word.length();
        return true;
    }

    /**
     * Passes over a value. Structures are followed by a count, not by recursion: their depth is the sender's choice.
     */
    private void skip() throws MalformedException {
        boolean[] isObject = new boolean[MAX_DEPTH];
        int depth = 0;
        while (true) {
            assert Steps.count();
            char c = peek();
            if (c == '{' || c == '[') {
                if (depth == MAX_DEPTH) {
                    throw malformed("more than " + MAX_DEPTH + " structures are open");
                }
                isObject[depth++] = c == '{';
                at++;
                space();
                if (peek() != (c == '{' ? '}' : ']')) {
                    beforeValue(c == '{');
                    continue;
                }
                at++;
                depth--;
            } else if (c == '"') {
                string();
            } else if (c == 't' || c == 'f' || c == 'n') {
                constant();
            } else {
                number();
            }
            // A value has ended, and perhaps the structures that it was the last of.
            while (depth > 0) {
                assert Steps.count();
                space();
                if (peek() == ',') {
                    at++;
                    space();
                    beforeValue(isObject[depth - 1]);
                    break;
                }
                expect(isObject[depth - 1] ? '}' : ']');
                depth--;
            }
            if (depth == 0) {
                return;
            }
        }
    }

    private void beforeValue(boolean ofObject) throws MalformedException {
        if (ofObject) {
            string();
            space();
            expect(':');
            space();
        }
    }

    private String string() throws MalformedException {
        expect('"');
        int begin = at;
        StringBuilder escaped = null; // where there is an escape: what is before it
        while (true) {
            assert Steps.count();
            char c = peek();
            if (c == '"') {
                String last = text.substring(begin, at++);
                return escaped == null ? last : escaped.append(last).toString();
            }
            if (c < ' ') {
                throw malformed(
                        at == text.length()
                                ? "a string has no end"
                                : "a control character stands in a string, where \\n or the like is written");
            }
            at++;
            if (c == '\\') {
                escaped = (escaped == null ? new StringBuilder() : escaped)
                        .append(text, begin, at - 1)
                        .append(escape());
                begin = at;
            }
        }
    }

    private char escape() throws MalformedException {
        char c = peek();
        at++;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> hex();
            default -> throw malformed("there is no such escape");
        };
    }

    private char hex() throws MalformedException {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            char c = peek();
            int digit = c < 0x80 ? Character.digit(c, 16) : -1; // no digits of other scripts
            if (digit < 0) {
                throw malformed("\\u is followed by four hexadecimal digits");
            }
            value = value << 4 | digit;
            at++;
        }
        return (char) value;
    }

    private void number() throws MalformedException {
        if (peek() == '-') {
            at++;
        }
        if (peek() == '0') {
            at++;
        } else {
            digits();
        }
        if (peek() == '.') {
            at++;
            digits();
        }
        if (peek() == 'e' || peek() == 'E') {
            at++;
            if (peek() == '+' || peek() == '-') {
                at++;
            }
            digits();
        }
    }

    private void digits() throws MalformedException {
        if (peek() < '0' || peek() > '9') {
            throw malformed("there is no value");
        }
        while (peek() >= '0' && peek() <= '9') {
            assert Steps.count();
            at++;
        }
    }

    private void space() {
        while (at < text.length() && SPACE.indexOf(text.charAt(at)) >= 0) {
            assert Steps.count();
            at++;
        }
    }

    /** The character here; U+0000, which stands nowhere in JSON, at the end. */
    private char peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    private void expect(char c) throws MalformedException {
        if (peek() != c) {
            throw malformed("there is no " + c);
        }
        at++;
    }

    private MalformedException malformed(String what) {
        return new MalformedException("no JSON: " + what + " at character " + (at + 1));
    }

    /** Writes members in their order: strings, numbers and nulls. */
    public static String write(Map<String, ?> members) {
        StringBuilder out = new StringBuilder("{");
        for (Map.Entry<String, ?> e : members.entrySet()) {
            out.append(out.length() == 1 ? "" : ",");
            quote(e.getKey(), out);
            out.append(':');
            if (e.getValue() instanceof String s) {
                quote(s, out);
            } else {
                out.append(e.getValue());
            }
        }
        return out.append('}').toString();
    }

    /**
     * ECMAScript, QuoteJSONString: "a code unit with the value of a lone surrogate" is escaped too, so that the text
     * can be sent as UTF-8.
     */
    private static void quote(String s, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < s.length(); i++) {
            assert Steps.count();
            char c = s.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (Character.isHighSurrogate(c)
                            && i + 1 < s.length()
                            && Character.isLowSurrogate(s.charAt(i + 1))) {
                        out.append(c).append(s.charAt(++i));
                    } else if (c < ' ' || Character.isSurrogate(c)) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
