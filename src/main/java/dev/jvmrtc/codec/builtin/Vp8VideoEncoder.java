package dev.jvmrtc.codec.builtin;

import dev.jvmrtc.codec.vp8.Vp8Encoder;
import dev.jvmrtc.media.codec.VideoEncoder;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.VideoFrame;

/** VP8 of our own; a new one for each size of frame. */
final class Vp8VideoEncoder implements VideoEncoder {
    private Vp8Encoder encoder;
    private int width;
    private int height;
    private long target = 300_000;
    private int layers = 1;

    @Override
    public EncodedFrame encode(VideoFrame frame, boolean keyFrame) {
        if (encoder == null || frame.width() != width || frame.height() != height) {
            width = frame.width();
            height = frame.height();
            encoder = new Vp8Encoder(
                    width,
                    height,
                    HelperThreads.of(width * height, Runtime.getRuntime().availableProcessors()));
            encoder.setTargetBitrate(target);
            encoder.setTemporalLayers(layers);
        }
        if (keyFrame) {
            encoder.requestKeyFrame();
        }
        Planes.copy(frame, encoder.input());
        Vp8Encoder.Frame f = encoder.encode(frame.timestampMicros() / 1e6);
        return f == null
                ? null
                : new EncodedFrame(
                        f.data(), "VP8", 0, null, f.keyFrame(), null, f.temporalLayer(), 0, layers, f.layerSync(), 0);
    }

    @Override
    public boolean setTemporalLayers(int count) {
        if (encoder != null && count != layers) {
            encoder.setTemporalLayers(count);
            encoder.requestKeyFrame();
        }
        layers = count;
        return true;
    }

    @Override
    public void setTargetBitrate(long bitsPerSecond) {
        target = bitsPerSecond;
        if (encoder != null) {
            encoder.setTargetBitrate(bitsPerSecond);
        }
    }
}
