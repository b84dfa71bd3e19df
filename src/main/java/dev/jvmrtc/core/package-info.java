/**
 * The contract of a state machine, randomness that is given to it, counters, steps, and the log of a connection.
 *
 * <p>May see: {@code wire}.
 */
package dev.jvmrtc.core;
