/** A WebRTC peer connection in pure Java. */
module dev.jvmrtc {
    requires org.bouncycastle.provider;
    requires org.bouncycastle.tls;
    requires org.slf4j;
    // Only microphones need it; without it there are none.
    requires static java.desktop;

    exports dev.jvmrtc;
    exports dev.jvmrtc.media;
    exports dev.jvmrtc.media.desktop;

    uses dev.jvmrtc.media.MediaDeviceProvider;
    provides dev.jvmrtc.media.MediaDeviceProvider with dev.jvmrtc.media.desktop.SoundDevices;
}
