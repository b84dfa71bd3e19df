package dev.jvmrtc.media;

/**
 * What is asked of a whole number (mediacapture-streams §5.2, ConstrainULongRange); null for each that is not asked.
 *
 * @param min at least, or the request fails
 * @param max at most, or the request fails
 * @param exact this, or the request fails
 * @param ideal as near to this as can be
 */
public record ConstrainULong(Long min, Long max, Long exact, Long ideal) {

    /**
     * Asks for a number that may be missed.
     *
     * @param value as near to this as can be
     * @return the constraint
     */
    public static ConstrainULong ideal(long value) {
        return new ConstrainULong(null, null, null, value);
    }

    /**
     * Asks for a number without which the request fails.
     *
     * @param value what is required
     * @return the constraint
     */
    public static ConstrainULong exact(long value) {
        return new ConstrainULong(null, null, value, null);
    }

    /**
     * Asks for a least number, below which the request fails.
     *
     * @param value the least
     * @return the constraint
     */
    public static ConstrainULong min(long value) {
        return new ConstrainULong(value, null, null, null);
    }

    /**
     * Asks for a greatest number, above which the request fails.
     *
     * @param value the greatest
     * @return the constraint
     */
    public static ConstrainULong max(long value) {
        return new ConstrainULong(null, value, null, null);
    }

    ConstrainDouble toDouble() {
        return new ConstrainDouble(number(min), number(max), number(exact), number(ideal));
    }

    private static Double number(Long value) {
        return value == null ? null : (Double) value.doubleValue();
    }
}
