package dev.jvmrtc.session.media;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

import dev.jvmrtc.core.Steps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Who of many wants to be called when: a binary heap, so that neither a packet nor a turn of the loop costs a look at
 * all of them. Times are compared by subtraction.
 */
final class Deadlines {

    /** One who waits. */
    abstract static class Item {
        private long deadline = NEVER;
        private int place = -1;
    }

    private Item[] heap = new Item[4];
    private int size;
    private final List<Item> due = new ArrayList<>();

    /**
     * The item wants to be called at that time, and not before; {@link dev.jvmrtc.core.ProtocolCore#NEVER} takes it
     * out.
     */
    void set(Item item, long deadline) {
        if (item.deadline == deadline && (item.place >= 0) == (deadline != NEVER)) {
            return;
        }
        item.deadline = deadline;
        if (deadline == NEVER) {
            remove(item);
        } else if (item.place < 0) {
            if (size == heap.length) {
                heap = Arrays.copyOf(heap, 2 * size);
            }
            heap[size] = item;
            item.place = size;
            up(size++);
        } else {
            up(item.place);
            down(item.place);
        }
    }

    private void remove(Item item) {
        int i = item.place;
        item.place = -1;
        if (i < 0) {
            return;
        }
        Item last = heap[--size];
        heap[size] = null;
        if (last != item) {
            heap[i] = last;
            last.place = i;
            up(i);
            down(last.place);
        }
    }

    private void up(int from) {
        int i = from;
        while (i > 0 && heap[i].deadline - heap[i - 1 >> 1].deadline < 0) {
            assert Steps.count();
            swap(i, i - 1 >> 1);
            i = i - 1 >> 1;
        }
    }

    private void down(int from) {
        int i = from;
        for (int child = 2 * i + 1; child < size; child = 2 * i + 1) {
            assert Steps.count();
            if (child + 1 < size && heap[child + 1].deadline - heap[child].deadline < 0) {
                child++;
            }
            if (heap[child].deadline - heap[i].deadline >= 0) {
                return;
            }
            swap(i, child);
            i = child;
        }
    }

    private void swap(int a, int b) {
        Item x = heap[a];
        heap[a] = heap[b];
        heap[b] = x;
        heap[a].place = a;
        heap[b].place = b;
    }

    /** The earliest deadline, or NEVER. */
    long next() {
        return size == 0 ? NEVER : heap[0].deadline;
    }

    /** Takes out all that are due; each has to be {@linkplain #set} anew. The list is the same each time. */
    List<Item> takeDue(long now) {
        due.clear();
        while (size > 0 && heap[0].deadline - now <= 0) {
            assert Steps.count();
            Item first = heap[0];
            first.deadline = NEVER;
            remove(first);
            due.add(first);
        }
        return due;
    }

    void clear() {
        for (int i = 0; i < size; i++) {
            heap[i].deadline = NEVER;
            heap[i].place = -1;
            heap[i] = null;
        }
        size = 0;
    }
}
