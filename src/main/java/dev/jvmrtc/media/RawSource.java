package dev.jvmrtc.media;

/** A source of pictures or samples, which have to be encoded before they are sent. */
interface RawSource extends MediaSource {

    /** An encoder of its own for the track's media. */
    EncodingView encode(MediaStreamTrack track);
}
