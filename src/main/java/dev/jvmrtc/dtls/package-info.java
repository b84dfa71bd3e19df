/**
 * DTLS as the session sees it: an engine behind an interface, its results, and the records of application data.
 *
 * <p>May see: {@code core}, {@code crypto}, {@code wire}.
 */
package dev.jvmrtc.dtls;
