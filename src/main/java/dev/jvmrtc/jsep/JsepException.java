package dev.jvmrtc.jsep;

/** A description that cannot be applied, with the W3C error that it amounts to. */
public final class JsepException extends Exception {
    private static final long serialVersionUID = 1;

    /** The W3C error. */
    public enum Kind {
        INVALID_STATE,
        INVALID_ACCESS,
        INVALID_MODIFICATION,
        SYNTAX,
        OPERATION
    }

    private final Kind kind;
    private final int line;

    public JsepException(Kind kind, String message, int line) {
        super(message);
        this.kind = kind;
        this.line = line;
    }

    public JsepException(Kind kind, String message) {
        this(kind, message, 0);
    }

    public Kind kind() {
        return kind;
    }

    /** The line of the description, or 0. */
    public int line() {
        return line;
    }
}
