/**
 * Event loops, sockets, TLS, network interfaces and names. With {@code engine} and {@code media} the only place with
 * threads and a clock; knows no protocol of WebRTC.
 *
 * <p>May see: {@code core}, {@code wire}.
 */
package dev.jvmrtc.net;
