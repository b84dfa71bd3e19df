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

    public static ConstrainDouble ideal(double value) {
        return new ConstrainDouble(null, null, null, value);
    }

    public static ConstrainDouble exact(double value) {
        return new ConstrainDouble(null, null, value, null);
    }

    public static ConstrainDouble min(double value) {
        return new ConstrainDouble(value, null, null, null);
    }

    public static ConstrainDouble max(double value) {
        return new ConstrainDouble(null, value, null, null);
    }
}
