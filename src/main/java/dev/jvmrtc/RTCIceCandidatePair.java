package dev.jvmrtc;

/** A local and a remote candidate that work together (webrtc-pc §5.6.2). */
public final class RTCIceCandidatePair {
    private final RTCIceCandidate local;
    private final RTCIceCandidate remote;

    RTCIceCandidatePair(RTCIceCandidate local, RTCIceCandidate remote) {
        this.local = local;
        this.remote = remote;
    }

    /** {@return ours} */
    public RTCIceCandidate getLocal() {
        return local;
    }

    /** {@return the peer's} */
    public RTCIceCandidate getRemote() {
        return remote;
    }

    @Override
    public String toString() {
        return local.getAddress() + ":" + local.getPort() + " > " + remote.getAddress() + ":" + remote.getPort();
    }
}
