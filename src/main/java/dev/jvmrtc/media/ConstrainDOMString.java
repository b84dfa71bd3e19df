package dev.jvmrtc.media;

import java.util.List;

/**
 * What is asked of a word (mediacapture-streams §5.2, ConstrainDOMStringParameters).
 *
 * @param exact one of these, or the request fails; null where that is not asked
 * @param ideal one of these, where it can be; null where that is not asked
 */
public record ConstrainDOMString(List<String> exact, List<String> ideal) {

    public ConstrainDOMString {
        exact = exact == null ? null : List.copyOf(exact);
        ideal = ideal == null ? null : List.copyOf(ideal);
    }

    public static ConstrainDOMString ideal(String... words) {
        return new ConstrainDOMString(null, List.of(words));
    }

    public static ConstrainDOMString exact(String... words) {
        return new ConstrainDOMString(List.of(words), null);
    }
}
