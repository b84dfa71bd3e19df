package dev.jvmrtc.media.pipeline;

import dev.jvmrtc.media.frame.MediaSink;

/**
 * A sink of encoded frames within this library that takes them wherever they come, on the thread of the network too: it
 * returns at once, never blocks and never throws, and drops what it has no room for. Decoders are such: what an
 * application does on its executor does not stop pictures and sound.
 */
public sealed interface PromptSink extends MediaSink permits TrackDecoder {}
