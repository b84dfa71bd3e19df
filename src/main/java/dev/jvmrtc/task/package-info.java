/**
 * "Queue a task" in Java: tasks in order on an executor, the operations chain (webrtc-pc §4.4.1.2), and futures that
 * only the library completes.
 *
 * <p>May see: nothing.
 */
package dev.jvmrtc.task;
