package dev.jvmrtc.media.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.concurrent.CompletableFuture;

/**
 * Takes what a track delivers. Called on the executor of the connection that the track belongs to, one call at a time,
 * in order; for a local source on the thread that pushes. A sink that is slow delays only its own connection's
 * callbacks; frames beyond a bound are dropped and counted.
 */
public interface MediaSink {

    /**
     * A whole encoded frame, in decode order; not of tracks whose source gives raw media, see
     * {@code MediaStreamTrack.encoded()}. After a loss that was not repaired, video starts again with a key frame.
     *
     * @param frame shared with other sinks, and not to be changed
     */
    default void onEncodedFrame(EncodedFrame frame) {}

    /**
     * An RTP packet in the clear, in the order of arrival; only where {@link #wantsRtp()} says so, and
     * {@link #onRtpPacket(ByteBuf)} is left as it is.
     *
     * @param packet the sink's own
     */
    default void onRtpPacket(byte[] packet) {}

    /**
     * The same packet without a copy, for sinks that send it on: {@code source.push(packet.retain())}. By default it is
     * copied for {@link #onRtpPacket(byte[])}.
     *
     * @param packet lent for the call, and retained by who needs it longer. Others read it at the same time: neither
     *     its bytes may be changed nor its indices, so it is read by index, or as a {@code duplicate()}
     */
    default void onRtpPacket(ByteBuf packet) {
        onRtpPacket(ByteBufUtil.getBytes(packet));
    }

    /**
     * A packet that a disabled track withholds: a sink that numbers what it sends on leaves no gap for it. Only where
     * {@link #wantsRtp()} says so.
     *
     * @param packet as it would have been given to {@link #onRtpPacket(byte[])}; it stays the caller's
     */
    default void onRtpSkipped(byte[] packet) {}

    /**
     * The same without a copy; by default one is made for {@link #onRtpSkipped(byte[])}.
     *
     * @param packet lent for the call, as for {@link #onRtpPacket(ByteBuf)}
     */
    default void onRtpSkipped(ByteBuf packet) {
        onRtpSkipped(ByteBufUtil.getBytes(packet));
    }

    /**
     * Asked after each packet of a source that is fed by its application, on the thread that pushes. What is pushed
     * before the sink takes the next packet is dropped and counted.
     *
     * @return null, as by default, where the sink takes the next packet at once; else a future that completes when it
     *     does
     */
    default CompletableFuture<Void> rtpRoom() {
        return null;
    }

    /**
     * A video frame; only where {@link #wantsVideo()} says so. Of an encoded track, frames are decoded and this is
     * called on a thread for codecs, which a slow sink keeps from decoding: frames are then dropped up to the next key
     * frame.
     *
     * @param frame only lent: see {@link VideoFrame#keep()}
     */
    default void onVideoFrame(VideoFrame frame) {}

    /**
     * Audio; only where {@link #wantsAudio()} says so. Of an encoded track it is decoded, and comes every 10 ms, 10 ms
     * long, on a thread for codecs.
     *
     * @param frame whose array is shared with other sinks
     */
    default void onAudioFrame(AudioFrame frame) {}

    /**
     * {@return whether {@link #onRtpPacket(ByteBuf)} is called} Asked once, when the sink is added; by default false.
     */
    default boolean wantsRtp() {
        return false;
    }

    /** {@return whether {@link #onAudioFrame} is called} Asked once, when the sink is added; by default false. */
    default boolean wantsAudio() {
        return false;
    }

    /** {@return whether {@link #onVideoFrame} is called} Asked once, when the sink is added; by default false. */
    default boolean wantsVideo() {
        return false;
    }
}
