/**
 * The JCA's primitives, one set for each loop, and replay windows.
 *
 * <p>May see: nothing.
 */
package dev.jvmrtc.crypto;
