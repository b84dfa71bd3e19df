package dev.jvmrtc.jsep;

/** Our ICE credentials, as descriptions have them (RFC 8839 §5.4). The password never reaches a log. */
public record Credentials(String ufrag, String pwd) {

    @Override
    public String toString() {
        return "Credentials[" + ufrag + "]";
    }
}
