package dev.jvmrtc.jsep;

import java.util.List;

/**
 * What a description that was applied has changed for the application (RFC 9429 §5.9 to §5.11, webrtc-pc §4.4.1.5): the
 * caller turns it into events.
 *
 * @param receptions of the sections that are to be looked at, in their order
 * @param stopped transceivers that ceased to exist
 * @param dataRefused whether the agreement is complete, and has refused the data section of its offer: what waits for
 *     one waits in vain
 */
public record Changes(List<Reception> receptions, List<JsepTransceiver> stopped, boolean dataRefused) {

    /**
     * Whether a transceiver is to receive.
     *
     * @param streamIds the peer's streams that its track is in
     */
    public record Reception(JsepTransceiver transceiver, boolean receives, List<String> streamIds) {}
}
