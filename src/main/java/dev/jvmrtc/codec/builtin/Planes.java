package dev.jvmrtc.codec.builtin;

import dev.jvmrtc.codec.vp8.Picture;
import dev.jvmrtc.media.frame.VideoFrame;

/** Between the frames of the codec, whose rows end with whole macroblocks, and those of the API. */
final class Planes {

    private Planes() {}

    static void copy(VideoFrame from, Picture to) {
        rows(from.y(), from.yStride(), to.y, to.stride, from.width(), from.height());
        rows(from.u(), from.uvStride(), to.u, to.uvStride(), from.uvStride(), from.uvHeight());
        rows(from.v(), from.uvStride(), to.v, to.uvStride(), from.uvStride(), from.uvHeight());
    }

    static void copy(Picture from, VideoFrame to) {
        rows(from.y, from.stride, to.y(), to.yStride(), to.width(), to.height());
        rows(from.u, from.uvStride(), to.u(), to.uvStride(), to.uvStride(), to.uvHeight());
        rows(from.v, from.uvStride(), to.v(), to.uvStride(), to.uvStride(), to.uvHeight());
    }

    private static void rows(byte[] from, int fromStride, byte[] to, int toStride, int width, int height) {
        for (int r = 0; r < height; r++) {
            System.arraycopy(from, r * fromStride, to, r * toStride, width);
        }
    }
}
