package dev.jvmrtc.sdp;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.wire.Words;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** An {@code a=extmap} line (RFC 8285 §5). {@code direction} is null where the line names none. */
public record ExtMap(int id, String direction, String uri) {

    /**
     * Ids that can stand in packets (RFC 8285 §4.3); those that an offer leaves to the answerer to choose are from 4096
     * to 4351 (§7).
     */
    private static final int MAX_ID = 255;

    private static final int FIRST_OFFERED = 4_096;
    private static final int LAST_OFFERED = 4_351;
    private static final Set<String> DIRECTIONS = Set.of("sendrecv", "sendonly", "recvonly", "inactive");

    /**
     * Those of a section, then those of the session (RFC 9429 §5.8.1: a=extmap may stand at that level); each id and
     * each URI once, the first of them.
     */
    static List<ExtMap> readAll(AttributeList attributes, List<ExtMap> session) throws SdpException {
        List<Attribute> own = attributes.all("extmap");
        if (own.isEmpty()) {
            return session;
        }
        List<ExtMap> all = new ArrayList<>();
        Set<Integer> ids = new HashSet<>();
        Set<String> uris = new HashSet<>();
        for (Attribute a : own) {
            assert Steps.count();
            addNew(read(a), all, ids, uris);
        }
        for (ExtMap e : session) {
            assert Steps.count();
            addNew(e, all, ids, uris);
        }
        return List.copyOf(all);
    }

    private static void addNew(ExtMap e, List<ExtMap> all, Set<Integer> ids, Set<String> uris) {
        if (!ids.contains(e.id) && uris.add(e.uri)) {
            ids.add(e.id);
            all.add(e);
        }
    }

    private static ExtMap read(Attribute a) throws SdpException {
        String[] w = a.value() == null ? new String[0] : Words.of(a.value());
        int slash = w.length < 2 ? -1 : w[0].indexOf('/');
        String direction = slash < 0 ? null : w[0].substring(slash + 1);
        try {
            int id = Integer.parseInt(slash < 0 ? w[0] : w[0].substring(0, slash));
            if (direction != null && !DIRECTIONS.contains(direction)) {
                throw new SdpException(
                        a.line(), "the direction of a=extmap is sendrecv, sendonly, recvonly or inactive");
            }
            if (id < 1 || id > MAX_ID && id < FIRST_OFFERED || id > LAST_OFFERED) {
                throw new SdpException(a.line(), "the id of a=extmap is from 1 to 255");
            }
            return new ExtMap(id, direction, w[1]);
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw new SdpException(a.line(), "a=extmap has the form <id>[/<direction>] <uri>");
        }
    }

    /** Whether packets can carry it under its id. */
    public boolean isUsable() {
        return id <= MAX_ID;
    }

    @Override
    public String toString() {
        return id + (direction == null ? "" : "/" + direction) + " " + uri;
    }
}
