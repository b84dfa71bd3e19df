package dev.jvmrtc.jsep;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.sdp.Section;
import java.util.ArrayList;
import java.util.List;

/** What a description that was applied has transceivers receive, or receive no longer. */
final class Receptions {
    private final JsepState state;

    Receptions(JsepState state) {
        this.state = state;
    }

    /** What a description of the peer has us receive. */
    List<Changes.Reception> of(Description d) {
        List<Changes.Reception> all = new ArrayList<>();
        for (Section s : d.sections()) {
            assert Steps.count();
            JsepTransceiver t = s.media().isMedia() ? state.byIndex(s.index()) : null;
            if (t != null) {
                // Once offer and answer are there, what they have in common counts: what only one of them wants does
                // not come.
                boolean agreed = d.type() != SdpType.OFFER || d == state.currentRemote;
                Direction direction = s.rejected()
                        ? Direction.INACTIVE
                        : agreed && t.currentDirection != null
                                ? t.currentDirection
                                : Direction.ofSdp(s.direction()).reversed();
                all.add(new Changes.Reception(t, direction.receives(), s.streamIds()));
            }
        }
        return all;
    }

    /** What an answer of ours has us receive no longer. */
    List<Changes.Reception> endedBy(Description answer) {
        List<Changes.Reception> all = new ArrayList<>();
        for (Section s : answer.sections()) {
            assert Steps.count();
            JsepTransceiver t = s.media().isMedia() ? state.byIndex(s.index()) : null;
            if (t != null && (s.rejected() || !Direction.ofSdp(s.direction()).receives())) {
                all.add(new Changes.Reception(t, false, List.of()));
            }
        }
        return all;
    }
}
