/**
 * Events and errors, as W3C's DOM and WebIDL standards name them. The ground floor of what is public.
 *
 * <p>May see: {@code core}.
 */
package dev.jvmrtc.dom;
