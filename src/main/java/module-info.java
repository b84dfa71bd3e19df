/** A WebRTC peer connection in pure Java. */
module dev.jvmrtc {
    requires org.bouncycastle.provider;
    requires org.bouncycastle.tls;
    requires org.slf4j;
    // RTCDataChannel.send(ByteBuf) and what else takes or gives counted buffers.
    requires transitive io.netty.buffer;
    // Only raw Opus needs it; without it there is none.
    requires static concentus;
    // Only raw H.264 needs it; without it there is none.
    requires static jcodec;
    // Only microphones need it; without it there are none.
    requires static java.desktop;

    exports dev.jvmrtc;
    exports dev.jvmrtc.dom;
    exports dev.jvmrtc.media;
    exports dev.jvmrtc.media.frame;
    exports dev.jvmrtc.media.codec;
    exports dev.jvmrtc.media.file;
    exports dev.jvmrtc.media.desktop;

    uses dev.jvmrtc.media.MediaDeviceProvider;
    uses dev.jvmrtc.media.codec.CodecProvider;

    provides dev.jvmrtc.media.codec.CodecProvider with
            dev.jvmrtc.codec.opus.OpusCodecs,
            dev.jvmrtc.codec.builtin.BuiltInCodecs,
            dev.jvmrtc.codec.h264.H264Codecs;
    provides dev.jvmrtc.media.MediaDeviceProvider with
            dev.jvmrtc.media.desktop.AudioDevices,
            dev.jvmrtc.media.device.FfmpegCameras,
            dev.jvmrtc.media.desktop.ScreenDevices,
            dev.jvmrtc.media.device.GeneratedDevices,
            dev.jvmrtc.media.file.FileDevices;
}
