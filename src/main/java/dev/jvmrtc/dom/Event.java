package dev.jvmrtc.dom;

/**
 * An event that carries nothing but its name.
 *
 * @param type the W3C name of the event, such as {@code negotiationneeded}
 */
public record Event(String type) {}
