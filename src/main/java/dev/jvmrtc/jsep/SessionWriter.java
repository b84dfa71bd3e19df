package dev.jvmrtc.jsep;

import dev.jvmrtc.sdp.SdpSession;

/** Writes the session level of our descriptions (RFC 9429 §5.2.1). */
final class SessionWriter {
    private final LocalSettings settings;
    private long version = 1;

    SessionWriter(LocalSettings settings) {
        this.settings = settings;
    }

    /** A new description, whose version is greater by one than that of the one before. */
    SdpSession begin() {
        SdpSession s = new SdpSession();
        s.sessionId = settings.sessionId();
        s.sessionVersion = Long.toString(++version);
        return s;
    }

    /**
     * Behind the groups. {@code mixedExtensions}: whether one- and two-byte header extensions may go together (RFC 8285
     * §6).
     */
    void finish(SdpSession s, boolean mixedExtensions) {
        if (settings.iceLite()) {
            s.attributes.flag("ice-lite");
        }
        if (mixedExtensions) {
            s.attributes.flag("extmap-allow-mixed");
        }
        s.attributes.add("msid-semantic", " WMS *");
    }
}
