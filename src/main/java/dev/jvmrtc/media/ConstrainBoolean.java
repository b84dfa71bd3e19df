package dev.jvmrtc.media;

/**
 * What is asked of a switch (mediacapture-streams §5.2, ConstrainBooleanParameters).
 *
 * @param exact this, or the request fails; null where that is not asked
 * @param ideal this, where it can be; null where that is not asked
 */
public record ConstrainBoolean(Boolean exact, Boolean ideal) {

    /**
     * Asks for a value that may be missed.
     *
     * @param value what is wanted
     * @return the constraint
     */
    public static ConstrainBoolean ideal(boolean value) {
        return new ConstrainBoolean(null, value);
    }

    /**
     * Asks for a value without which the request fails.
     *
     * @param value what is required
     * @return the constraint
     */
    public static ConstrainBoolean exact(boolean value) {
        return new ConstrainBoolean(value, null);
    }
}
