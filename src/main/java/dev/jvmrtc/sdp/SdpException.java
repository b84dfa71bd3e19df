package dev.jvmrtc.sdp;

/** SDP that cannot be understood; names the line, counted from 1. */
public final class SdpException extends Exception {
    private static final long serialVersionUID = 1;
    private final int line;

    public SdpException(int line, String message) {
        super(line > 0 ? "line " + line + ": " + message : message);
        this.line = line;
    }

    public int line() {
        return line;
    }
}
