package dev.jvmrtc.sdp;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.core.Steps;
import java.util.ArrayList;
import java.util.List;

/** A media section (RFC 8866 §5.14): the m= line and what follows it. */
public final class MediaDescription {
    /** What m= has for data, by the type of which it is the word (RFC 8841 §4.1). */
    public static final String APPLICATION = "application";

    /** The first word of m=, whatever it is. */
    public final String kind;

    public int port;
    public final String protocol;
    public final List<String> formats;
    /** Value of c=, or null. */
    public String connection;
    /** Values of b= lines: {@code AS:500}. */
    public final List<String> bandwidth = new ArrayList<>();
    /** Lines of other types, verbatim. */
    public final List<String> otherLines = new ArrayList<>();

    public final AttributeList attributes = new AttributeList();
    /** Line of the m=, counted from 1; 0 where we made it. */
    public final int line;

    public MediaDescription(String kind, int port, String protocol, List<String> formats, int line) {
        this.kind = kind;
        this.port = port;
        this.protocol = protocol;
        this.formats = new ArrayList<>(formats);
        this.line = line;
    }

    public String mid() {
        return attributes.value("mid");
    }

    public boolean isBundleOnly() {
        return attributes.has("bundle-only");
    }

    /** RFC 3264 §6: a zero port rejects or removes, except for a bundle-only section of an offer (RFC 9143 §6). */
    public boolean isRejected() {
        return port == 0 && !isBundleOnly();
    }

    /** Of what is sent over RTP; null for data and for what nothing is known of. */
    public MediaKind mediaKind() {
        return MediaKind.of(kind);
    }

    public boolean isMedia() {
        return mediaKind() != null;
    }

    public boolean isData() {
        return kind.equals(APPLICATION) && protocol.contains("SCTP");
    }

    void write(StringBuilder out) {
        out.append("m=").append(kind).append(' ').append(port).append(' ').append(protocol);
        for (String f : formats) {
            assert Steps.count();
            out.append(' ').append(f);
        }
        out.append("\r\n");
        otherLines.forEach(l -> out.append(l).append("\r\n"));
        if (connection != null) {
            out.append("c=").append(connection).append("\r\n");
        }
        bandwidth.forEach(b -> out.append("b=").append(b).append("\r\n"));
        attributes.forEach(a -> out.append(a).append("\r\n"));
    }
}
