package dev.jvmrtc.dom;

/**
 * What all errors of the API are, whichever class of Java they extend: {@link RTCException} with {@code RTCError},
 * {@link RTCTypeError} and {@link RTCRangeError}. Tells them from errors of the application's own code where both
 * arrive at one place:
 *
 * <pre>{@code
 * catch (RuntimeException e) {
 *     if (!(e instanceof RTCFailure)) {
 *         throw e;
 *     }
 *     …
 * }
 * }</pre>
 *
 * <p>Not of W3C.
 */
public interface RTCFailure {

    /**
     * {@return the name of the error in JavaScript: that of a DOMException, {@code TypeError} or {@code RangeError}}
     */
    String getName();

    /** {@return what is wrong, and what to do about it} */
    String getMessage();
}
