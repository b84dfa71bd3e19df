package dev.jvmrtc.media;

/**
 * What is asked of a number (mediacapture-streams §5.2, ConstrainDoubleRange); null for each that is not asked.
 *
 * @param min at least, or the request fails
 * @param max at most, or the request fails
 * @param exact this, or the request fails
 * @param ideal as near to this as can be
 */
public record ConstrainDouble(Double min, Double max, Double exact, Double ideal) {

    /**
     * Asks for a number that may be missed.
     *
     * @param value as near to this as can be
     * @return the constraint
     */
    public static ConstrainDouble ideal(double value) {
        return new ConstrainDouble(null, null, null, value);
    }

    /**
     * Asks for a number without which the request fails.
     *
     * @param value what is required
     * @return the constraint
     */
    public static ConstrainDouble exact(double value) {
        return new ConstrainDouble(null, null, value, null);
    }

    /**
     * Asks for a least number, below which the request fails.
     *
     * @param value the least
     * @return the constraint
     */
    public static ConstrainDouble min(double value) {
        return new ConstrainDouble(value, null, null, null);
    }

    /**
     * Asks for a greatest number, above which the request fails.
     *
     * @param value the greatest
     * @return the constraint
     */
    public static ConstrainDouble max(double value) {
        return new ConstrainDouble(null, value, null, null);
    }
}
