package dev.jvmrtc.jsep;

import dev.jvmrtc.sdp.Section;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Our ICE credentials of each transport within one generation. They differ: a check names its transport by the username fragment alone where sockets are
 * shared, by the port of all connections. RFC 8839 §5.4 leaves it open: "If two data streams have identical ice-ufrag's, they MUST have identical ice-pwd's."
 * The first transport has those by which the generation goes.
 */
final class OwnCredentials {
    private final Supplier<String[]> fresh;
    private final Map<Integer, String[]> made = new HashMap<>();
    private String generation;

    OwnCredentials(Supplier<String[]> fresh) {
        this.fresh = fresh;
    }

    /**
     * The credentials of a transport, the same whenever they are asked for in a generation.
     *
     * @param ofGeneration those by which the generation goes
     * @param section the transport's section in our description in force, if it goes on with its generation; else null
     * @param inUse whether our description in force has those of the generation for another transport
     */
    String[] of(int transportId, String[] ofGeneration, Section section, boolean inUse) {
        if (section != null && section.iceUfrag() != null && section.icePwd() != null) {
            return new String[] {section.iceUfrag(), section.icePwd()};
        }
        if (!ofGeneration[0].equals(generation)) {
            generation = ofGeneration[0];
            made.clear();
        }
        boolean first = made.isEmpty() && !inUse;
        return made.computeIfAbsent(transportId, id -> first ? ofGeneration : fresh.get());
    }

    /** Forgets all transports but these. */
    void retain(Set<Integer> transportIds) {
        made.keySet().retainAll(transportIds);
    }
}
