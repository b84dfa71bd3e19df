package dev.jvmrtc.sdp;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.wire.Words;
import java.util.ArrayList;
import java.util.List;

/** A session description (RFC 8866): the session section and its media sections. */
public final class SdpSession {

    /** Characters of a peer's description; the largest of browsers, with a hundred sections, stay below. */
    public static final int MAX_LENGTH = 1 << 20;
    /** Characters of a description of our own, which has as many sections as the application wants. */
    public static final int MAX_LOCAL_LENGTH = 4 << 20;

    public static final int MAX_LINES = 65_536;
    public static final int MAX_MEDIA = 1_024;
    /** Characters of an m= line: all 128 payload types take 500. */
    public static final int MAX_MEDIA_LINE = 2_048;

    /** o=: user name, session id, session version and address. */
    public String originUser = "-";

    public String sessionId = "0";
    public String sessionVersion = "0";
    public String originAddress = "IN IP4 127.0.0.1";
    public String name = "-";
    public String timing = "0 0";
    public String connection;
    /** Values of b= lines: {@code AS:500}. */
    public final List<String> bandwidth = new ArrayList<>();
    /** Lines of other types, verbatim. */
    public final List<String> otherLines = new ArrayList<>();

    public final AttributeList attributes = new AttributeList();
    public final List<MediaDescription> media = new ArrayList<>();

    /**
     * Parses a peer's description. Lines may end in CRLF or LF, with blanks before; a CR anywhere else is an error, and
     * so is NUL.
     */
    public static SdpSession parse(String text) throws SdpException {
        return parse(text, MAX_LENGTH);
    }

    /** The same for at most {@code maxLength} characters. */
    public static SdpSession parse(String text, int maxLength) throws SdpException {
        if (text.length() > maxLength) {
            throw new SdpException(0, "session description longer than " + maxLength + " characters");
        }
        SdpSession s = new SdpSession();
        MediaDescription current = null;
        boolean version = false;
        boolean origin = false;
        List<String> lines = lines(text);
        for (int i = 0; i < lines.size(); i++) {
            assert Steps.count();
            String l = lines.get(i);
            int number = i + 1;
            if (l.isEmpty() && i >= lines.size() - 2) {
                continue;
            }
            if (l.length() < 2 || l.charAt(1) != '=' || l.charAt(0) < 'a' || l.charAt(0) > 'z') {
                throw new SdpException(number, Grammar.quoted(l) + " is not of the form <type>=<value>");
            }
            char type = l.charAt(0);
            String value = l.substring(2);
            if (!version && type != 'v') {
                throw new SdpException(number, "a session description starts with v=0");
            }
            switch (type) {
                case 'v' -> {
                    if (version || !value.trim().equals("0")) {
                        throw new SdpException(number, "v= must be 0 and stand once, at the start");
                    }
                    version = true;
                }
                case 'o' -> {
                    s.parseOrigin(value, number);
                    origin = true;
                }
                case 's' ->
                    s.name = value.isEmpty()
                            ? " "
                            : value; // RFC 8866 §5.3 has it be a single space where there is no name
                case 't' -> s.timing = value;
                case 'm' -> {
                    if (s.media.size() == MAX_MEDIA) {
                        throw new SdpException(number, "more than " + MAX_MEDIA + " media sections");
                    }
                    current = parseMediaLine(value, number);
                    s.media.add(current);
                }
                case 'c' -> {
                    if (current == null) {
                        s.connection = value;
                    } else {
                        current.connection = value;
                    }
                }
                case 'b' -> (current == null ? s.bandwidth : current.bandwidth).add(value);
                case 'a' -> (current == null ? s.attributes : current.attributes).add(parseAttribute(value, number));
                default -> (current == null ? s.otherLines : current.otherLines).add(l);
            }
        }
        if (!version) {
            throw new SdpException(1, "a session description starts with v=0");
        }
        if (!origin) {
            throw new SdpException(2, "the o= line is missing");
        }
        return s;
    }

    /** Without their ends. */
    private static List<String> lines(String text) throws SdpException {
        List<String> lines = new ArrayList<>();
        for (int at = 0; at < text.length(); ) {
            assert Steps.count();
            int feed = text.indexOf('\n', at);
            int next = feed < 0 ? text.length() : feed;
            int end = next;
            while (end > at && "\r \t".indexOf(text.charAt(end - 1)) >= 0) {
                assert Steps.count();
                end--;
            }
            String line = text.substring(at, end);
            if (lines.size() == MAX_LINES) {
                throw new SdpException(MAX_LINES + 1, "session description of more than " + MAX_LINES + " lines");
            }
            if (!Attribute.isOneLine(line)) {
                throw new SdpException(lines.size() + 1, "a carriage return or NUL inside a line");
            }
            lines.add(line);
            at = next + 1;
        }
        return lines;
    }

    private void parseOrigin(String value, int line) throws SdpException {
        String[] w = Words.of(value);
        if (w.length != 6) {
            throw new SdpException(line, "o= has six fields");
        }
        originUser = w[0];
        sessionId = w[1];
        sessionVersion = w[2];
        originAddress = w[3] + " " + w[4] + " " + w[5];
    }

    private static MediaDescription parseMediaLine(String value, int line) throws SdpException {
        if (value.length() > MAX_MEDIA_LINE) {
            throw new SdpException(line, "m= of more than " + MAX_MEDIA_LINE + " characters");
        }
        String[] w = Words.of(value);
        if (w.length < 4) {
            throw new SdpException(line, "m= has a media type, a port, a protocol and at least one format");
        }
        int slash = w[1].indexOf('/');
        try {
            int port = Integer.parseInt(slash < 0 ? w[1] : w[1].substring(0, slash));
            if (port < 0 || port > 65_535) {
                throw new NumberFormatException();
            }
            return new MediaDescription(w[0], port, w[2], List.of(w).subList(3, w.length), line);
        } catch (NumberFormatException e) {
            throw new SdpException(line, "the port of m= is a number from 0 to 65535");
        }
    }

    private static Attribute parseAttribute(String value, int line) throws SdpException {
        int colon = value.indexOf(':');
        String name = colon < 0 ? value : value.substring(0, colon);
        if (name.isEmpty()) {
            throw new SdpException(line, "a= has a name");
        }
        return new Attribute(name, colon < 0 ? null : value.substring(colon + 1), line);
    }

    /** The text with CRLF line ends. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder(1024);
        out.append("v=0\r\no=")
                .append(originUser)
                .append(' ')
                .append(sessionId)
                .append(' ')
                .append(sessionVersion)
                .append(' ')
                .append(originAddress)
                .append("\r\ns=")
                .append(name)
                .append("\r\n");
        if (connection != null) {
            out.append("c=").append(connection).append("\r\n");
        }
        bandwidth.forEach(b -> out.append("b=").append(b).append("\r\n"));
        out.append("t=").append(timing).append("\r\n");
        otherLines.forEach(l -> out.append(l).append("\r\n"));
        attributes.forEach(a -> out.append(a).append("\r\n"));
        media.forEach(m -> m.write(out));
        return out.toString();
    }

    /** The mids of each a=group:BUNDLE. */
    public List<List<String>> bundleGroups() {
        List<List<String>> groups = new ArrayList<>();
        for (Attribute a : attributes.all("group")) {
            assert Steps.count();
            String[] w = a.value() == null ? new String[0] : Words.of(a.value());
            if (w.length > 0 && w[0].equals("BUNDLE")) {
                assert Steps.count(w.length);
                groups.add(List.of(w).subList(1, w.length));
            }
        }
        return groups;
    }
}
