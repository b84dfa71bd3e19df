package dev.jvmrtc.dtls;

/** Who sends the ClientHello. */
public enum DtlsRole {
    CLIENT,
    SERVER
}
