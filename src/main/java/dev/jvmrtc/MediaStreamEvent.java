package dev.jvmrtc;

import dev.jvmrtc.media.MediaStream;

/**
 * Legacy: a remote stream came or went.
 *
 * @param stream the stream
 */
public record MediaStreamEvent(MediaStream stream) {}
