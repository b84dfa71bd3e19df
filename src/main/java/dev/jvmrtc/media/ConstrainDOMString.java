package dev.jvmrtc.media;

import java.util.List;

/**
 * What is asked of a word (mediacapture-streams §5.2, ConstrainDOMStringParameters).
 *
 * @param exact one of these, or the request fails; null where that is not asked
 * @param ideal one of these, where it can be; null where that is not asked
 */
public record ConstrainDOMString(List<String> exact, List<String> ideal) {

    /**
     * Copies the lists.
     *
     * @param exact one of these, or the request fails; null where that is not asked
     * @param ideal one of these, where it can be; null where that is not asked
     */
    public ConstrainDOMString {
        exact = exact == null ? null : List.copyOf(exact);
        ideal = ideal == null ? null : List.copyOf(ideal);
    }

    /**
     * Asks for one of several words, all of which may be missed.
     *
     * @param words what is wanted
     * @return the constraint
     */
    public static ConstrainDOMString ideal(String... words) {
        return new ConstrainDOMString(null, List.of(words));
    }

    /**
     * Asks for one of several words, without which the request fails.
     *
     * @param words of which one is required
     * @return the constraint
     */
    public static ConstrainDOMString exact(String... words) {
        return new ConstrainDOMString(List.of(words), null);
    }
}
