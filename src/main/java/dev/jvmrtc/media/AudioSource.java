package dev.jvmrtc.media;

/**
 * An audio source that an application feeds with samples. Senders encode them, each with the codec that was negotiated: Opus where its library is there, else
 * G.722 or G.711, which need none. Other takers of the track get them as they are.
 */
public class AudioSource extends AbstractSource implements RawSource {

    public AudioSource() {
        super("audio", Codecs.encoders("audio"));
    }

    /** Takes samples of any rate, a frame of any length. The array is shared with all takers: do not change it any more. From one thread at a time; never blocks. */
    public final void push(AudioFrame frame) {
        deliverAudio(frame);
    }

    @Override
    public final EncodingView encode(MediaStreamTrack track) {
        return new AudioEncoding(track);
    }
}
