package dev.jvmrtc.codec.h264;

import dev.jvmrtc.core.Steps;
import dev.jvmrtc.media.codec.CodecException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jcodec.codecs.h264.io.model.Frame;

/**
 * The pictures that later ones may be predicted from, sixteen at most, and how a slice numbers them (H.264 §8.2.4,
 * §8.2.5); frames only. For one thread at a time.
 */
final class ReferencePictures {

    /** {@code picture} is null where the sender has left a frame out (§8.2.5.2). */
    private static final class Entry {
        final Frame picture;
        final int frameNumber;
        /** Its long-term index; -1 for a short-term reference. */
        int longTerm = -1;

        Entry(Frame picture, int frameNumber) {
            this.picture = picture;
            this.frameNumber = frameNumber;
        }
    }

    private final List<Entry> entries = new ArrayList<>();
    private final Consumer<Frame> free;
    private int lastFrameNumber;

    /** {@code free} is given pictures that are no longer kept. */
    ReferencePictures(Consumer<Frame> free) {
        this.free = free;
    }

    void clear() {
        entries.forEach(this::release);
        entries.clear();
        lastFrameNumber = 0;
    }

    private void release(Entry e) {
        if (e.picture != null) {
            free.accept(e.picture);
        }
    }

    /** Frames that were left out on purpose take the place of the oldest (§8.2.5.2). */
    void fillGap(Slice s) {
        int range = 1 << s.sequence.frameNumberBits();
        int missing = Math.floorMod(s.frameNumber - lastFrameNumber - 1, range);
        if (s.idr || !s.sequence.gapsAllowed() || s.frameNumber == lastFrameNumber) {
            return;
        }
        int most = Math.max(1, s.sequence.maxReferences());
        for (int n = Math.min(missing, most); n > 0; n--) {
            assert Steps.count();
            int number = Math.floorMod(s.frameNumber - n, range);
            slide(number, range, most);
            entries.add(new Entry(null, number));
            lastFrameNumber = number;
        }
    }

    /** The list of a P slice, a picture for each index; null behind the last. */
    Frame[] list(Slice s) throws CodecException {
        int range = 1 << s.sequence.frameNumberBits();
        List<Entry> list = new ArrayList<>();
        entries.stream()
                .filter(e -> e.longTerm < 0)
                .sorted(Comparator.comparingInt(e -> -number(e, s.frameNumber, range)))
                .forEach(list::add);
        entries.stream()
                .filter(e -> e.longTerm >= 0)
                .sorted(Comparator.comparingInt(e -> e.longTerm))
                .forEach(list::add);
        while (list.size() > s.references) {
            list.remove(list.size() - 1);
        }
        int predicted = s.frameNumber;
        int at = 0;
        for (Slice.Command c : s.listChanges) {
            assert Steps.count();
            Entry e;
            if (c.code() == 2) {
                e = longTerm(c.first());
            } else {
                predicted = Math.floorMod(c.code() == 0 ? predicted - c.first() - 1 : predicted + c.first() + 1, range);
                e = shortTerm(predicted);
            }
            if (e == null) {
                throw Refusal.noReference();
            }
            list.add(at++, e);
            for (int i = list.size() - 1; i >= at; i--) {
                if (list.get(i) == e) {
                    list.remove(i);
                }
            }
            while (list.size() > s.references) {
                list.remove(list.size() - 1);
            }
        }
        Frame stand = list.stream()
                .map(e -> e.picture)
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow(Refusal::noReference);
        Frame[] frames = new Frame[s.references];
        for (int i = 0; i < list.size(); i++) {
            stand = list.get(i).picture == null ? stand : list.get(i).picture;
            frames[i] = stand; // no conforming sender refers to a frame that was left out
        }
        return frames;
    }

    /** PicNum: a frame of a number beyond the current one is of the round before (§8.2.4.1). */
    private static int number(Entry e, int current, int range) {
        return e.frameNumber > current ? e.frameNumber - range : e.frameNumber;
    }

    private Entry shortTerm(int frameNumber) {
        for (Entry e : entries) {
            if (e.longTerm < 0 && e.frameNumber == frameNumber) {
                return e;
            }
        }
        return null;
    }

    private Entry longTerm(int index) {
        for (Entry e : entries) {
            if (e.longTerm == index) {
                return e;
            }
        }
        return null;
    }

    private void remove(Entry e) {
        if (e != null && entries.remove(e)) {
            release(e);
        }
    }

    /** Where there are as many as there may be, the oldest short-term reference gives way (§8.2.5.3). */
    private void slide(int current, int range, int most) {
        while (entries.size() >= most) {
            Entry oldest = null;
            for (Entry e : entries) {
                if (e.longTerm < 0 && (oldest == null || number(e, current, range) < number(oldest, current, range))) {
                    oldest = e;
                }
            }
            remove(oldest == null ? entries.get(0) : oldest);
        }
    }

    /** Keeps a picture that was decoded, and lets go of others, as its first slice says (§8.2.5.1). */
    void keep(Frame picture, Slice s) {
        int range = 1 << s.sequence.frameNumberBits();
        int most = Math.max(1, s.sequence.maxReferences());
        Entry entry = new Entry(picture, s.frameNumber);
        lastFrameNumber = s.frameNumber;
        if (s.idr) {
            clear();
            entry.longTerm = s.longTerm ? 0 : -1;
        } else if (s.marking != null) {
            for (Slice.Command c : s.marking) {
                assert Steps.count();
                entry = mark(c, entry, range);
            }
        }
        Entry same = entry.longTerm < 0 ? shortTerm(entry.frameNumber) : null;
        remove(same);
        slide(entry.frameNumber, range, most);
        entries.add(entry);
    }

    private Entry mark(Slice.Command c, Entry current, int range) {
        switch (c.code()) {
            case 1 -> remove(shortTerm(Math.floorMod(current.frameNumber - c.first() - 1, range)));
            case 2 -> remove(longTerm(c.first()));
            case 3 -> {
                Entry e = shortTerm(Math.floorMod(current.frameNumber - c.first() - 1, range));
                if (e != null) {
                    remove(longTerm(c.second()));
                    e.longTerm = c.second();
                }
            }
            case 4 ->
                List.copyOf(entries).stream()
                        .filter(e -> e.longTerm >= c.first())
                        .forEach(this::remove);
            case 5 -> {
                clear();
                return new Entry(current.picture, 0);
            }
            default -> {
                remove(longTerm(c.first()));
                current.longTerm = c.first();
            }
        }
        return current;
    }

    int size() {
        return entries.size();
    }
}
