package dev.jvmrtc.jsep;

import dev.jvmrtc.sdp.Section;
import java.util.Map;

/** Our credentials of each transport in a description that is being made. */
final class Generation {
    private final OwnCredentials own;
    private final Credentials generation;
    private final Map<Integer, Section> ours;
    private final Map<Integer, Section> goingOn;
    private final boolean inUse;

    /** @param generation those of the state, or others to restart ICE */
    Generation(JsepState state, OwnCredentials own, Credentials generation) {
        Description d = state.local();
        this.own = own;
        this.generation = generation;
        this.ours = state.taggedSections(d);
        this.goingOn = generation == state.credentials ? ours : Map.of();
        this.inUse = d != null
                && d.sections().stream().anyMatch(s -> generation.ufrag().equals(s.iceUfrag()));
    }

    Credentials credentialsOf(int transportId) {
        return own.of(transportId, generation, goingOn.get(transportId), inUse);
    }

    /** The transport's section in our description in force, or null. */
    Section ours(int transportId) {
        return ours.get(transportId);
    }
}
