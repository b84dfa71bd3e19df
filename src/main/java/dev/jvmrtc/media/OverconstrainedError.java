package dev.jvmrtc.media;

import dev.jvmrtc.dom.RTCException;

/** No device, or not this track, can be as it was asked to be (mediacapture-streams §6). */
public final class OverconstrainedError extends RTCException {
    private static final long serialVersionUID = 1;
    private final String constraint;

    OverconstrainedError(String constraint, String message) {
        super("OverconstrainedError", message);
        this.constraint = constraint;
    }

    /** {@return the name of the property that cannot be had, such as {@code width}} */
    public String getConstraint() {
        return constraint;
    }
}
