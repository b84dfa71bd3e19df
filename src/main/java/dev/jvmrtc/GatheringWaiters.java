package dev.jvmrtc;

import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.sdp.Section;
import dev.jvmrtc.task.ApiFuture;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Those who wait for the local description with all its candidates. */
final class GatheringWaiters {

    private static final class Waiter {
        final ApiFuture<RTCSessionDescription> future;
        /** What was asked for before has been done, a setLocalDescription() perhaps. */
        boolean hasItsTurn;

        Waiter(ApiFuture<RTCSessionDescription> future) {
            this.future = future;
        }
    }

    private final ConnectionSlots slots;
    private final List<Waiter> waiting = new ArrayList<>();

    GatheringWaiters(ConnectionSlots slots) {
        this.slots = slots;
    }

    CompletableFuture<RTCSessionDescription> gathered() {
        return slots.call(() -> {
            if (slots.isClosed()) {
                return slots.failed(new RTCException("InvalidStateError", "the connection is closed"));
            }
            Waiter w = new Waiter(ApiFuture.calledHere(slots.tasks));
            waiting.add(w);
            slots.<Void>chain(turn -> {
                        turn.settle(null);
                        slots.locked(() -> w.hasItsTurn = true);
                        slots.tasks.postNext(this::check);
                    })
                    .exceptionally(closed -> null); // which fails the waiter as well
            return w.future;
        });
    }

    /** Something about the local description or its candidates has changed. As a task. */
    void check() {
        List<Waiter> ready = new ArrayList<>();
        RTCException[] error = {null};
        RTCSessionDescription d = slots.call(() -> {
            boolean set = slots.negotiator.local() != null;
            if (slots.hasSessionFailed()) {
                error[0] = new RTCException(
                        "OperationError",
                        "the connection failed by an error of the library: no more candidates will be gathered");
            } else if (!set) {
                error[0] = new RTCException(
                        "InvalidStateError",
                        "there is no local description to gather candidates for: call setLocalDescription() first");
            } else if (!isComplete()) {
                return null;
            }
            waiting.stream().filter(w -> w.hasItsTurn).forEach(ready::add);
            waiting.removeAll(Set.copyOf(ready));
            return error[0] != null ? null : slots.localDescription();
        });
        for (Waiter w : ready) {
            if (error[0] != null) {
                w.future.settleFailed(error[0]);
            } else {
                w.future.settle(d);
            }
        }
    }

    /**
     * Each transport of the description has all its candidates in it; where there is none, as in one without sections,
     * nothing is missing. Under the lock.
     */
    private boolean isComplete() {
        return slots.transports.all().entrySet().stream().allMatch(t -> {
            Section s = slots.negotiator.taggedSectionOf(slots.negotiator.local(), t.getKey());
            return s == null
                    || s.media().attributes.has("end-of-candidates")
                    || t.getValue().getIceTransport().getState() == RTCIceTransportState.CLOSED;
        });
    }

    /** Under the lock. */
    void close() {
        List<Waiter> left = List.copyOf(waiting);
        waiting.clear();
        if (!left.isEmpty()) {
            slots.tasks.postSettlement(() -> left.forEach(w -> w.future.abandon(new RTCException(
                    "InvalidStateError", "the connection was closed before all candidates were gathered"))));
        }
    }
}
