/**
 * Bytes in network order and serial numbers. Under everything else.
 *
 * <p>May see: nothing.
 */
package dev.jvmrtc.wire;
