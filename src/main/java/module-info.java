/** A WebRTC peer connection in pure Java. */
module dev.jvmrtc {
    requires org.bouncycastle.provider;
    requires org.bouncycastle.tls;
    requires org.slf4j;

    exports dev.jvmrtc;
    exports dev.jvmrtc.media;
}
