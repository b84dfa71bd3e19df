package dev.jvmrtc.jsep;

import dev.jvmrtc.sdp.Section;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Our ICE credentials of each transport within one generation. RFC 9429 §5.2.1 would have "a unique set of ICE
 * credentials" in each section that is not bundle-only; but Pion 3 refuses a description with several ("multiple
 * conflicting ice-ufrag values"), BUNDLE or not, and browsers write the same ones into all that they bundle. So
 * transports share them where they have sockets of their own. On a shared port nothing else tells transports apart,
 * since a check names its own by the username fragment alone: there each has its own, and the first those by which the
 * generation goes.
 */
final class OwnCredentials {
    private final boolean distinct;
    private final Supplier<Credentials> fresh;
    private final Map<Integer, Credentials> made = new HashMap<>();
    private String generation;

    OwnCredentials(LocalSettings settings) {
        this.distinct = settings.distinctCredentials();
        this.fresh = settings.newCredentials();
    }

    /**
     * The credentials of a transport, the same whenever they are asked for in a generation.
     *
     * @param ofGeneration those by which the generation goes
     * @param section the transport's section in our description in force, if it goes on with its generation; else null
     * @param inUse whether our description in force has those of the generation for another transport
     */
    Credentials of(int transportId, Credentials ofGeneration, Section section, boolean inUse) {
        if (section != null && section.iceUfrag() != null && section.icePwd() != null) {
            return new Credentials(section.iceUfrag(), section.icePwd());
        }
        if (!distinct) {
            return ofGeneration;
        }
        if (!ofGeneration.ufrag().equals(generation)) {
            generation = ofGeneration.ufrag();
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
