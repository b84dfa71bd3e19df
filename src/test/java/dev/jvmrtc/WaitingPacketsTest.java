package dev.jvmrtc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.jvmrtc.task.TaskQueue;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaitingPacketsTest {
    private final ArrayDeque<Runnable> executor = new ArrayDeque<>();
    private final TaskQueue tasks = new TaskQueue(executor::add, new Object(), () -> {});
    private final WaitingPackets packets = new WaitingPackets(tasks);
    private final List<Integer> came = new ArrayList<>();

    private static ByteBuf packet(int number) {
        return Unpooled.buffer(4).writeInt(number);
    }

    private void run() {
        for (Runnable r = executor.poll(); r != null; r = executor.poll()) {
            r.run();
        }
    }

    @Test
    void eachIsLentToItsSinkInOrderAmongTheOtherTasksAndReleased() {
        ByteBuf first = packet(1);
        ByteBuf second = packet(2);
        packets.post(first, p -> came.add(p.getInt(0)));
        tasks.post(() -> came.add(0));
        packets.post(second, p -> came.add(p.getInt(0)));
        assertEquals(1, first.refCnt());
        run();
        assertEquals(List.of(1, 0, 2), came);
        assertEquals(0, first.refCnt());
        assertEquals(0, second.refCnt());
    }

    @Test
    void whatASinkRetainsIsItsOwn() {
        ByteBuf p = packet(1);
        packets.post(p, ByteBuf::retain);
        run();
        assertEquals(1, p.refCnt());
        p.release();
    }

    @Test
    void aSinkThatThrowsHoldsNothingBack() {
        ByteBuf bad = packet(1);
        ByteBuf good = packet(2);
        packets.post(bad, p -> {
            throw new IllegalStateException("on purpose");
        });
        packets.post(good, p -> came.add(p.getInt(0)));
        run();
        assertEquals(List.of(2), came);
        assertEquals(0, bad.refCnt() + good.refCnt());
    }

    @Test
    void afterTheEndAllAreReleasedWhetherOrNotTheExecutorRunsItsTasks() {
        ByteBuf waiting = packet(1);
        packets.post(waiting, p -> came.add(p.getInt(0)));
        packets.close();
        assertEquals(0, waiting.refCnt());
        ByteBuf late = packet(2);
        packets.post(late, p -> came.add(p.getInt(0)));
        assertEquals(0, late.refCnt());
        run();
        assertEquals(List.of(), came);
    }

    @Test
    void whereTheExecutorRefusesTheEndReleasesThem() {
        WaitingPackets[] of = new WaitingPackets[1];
        TaskQueue refused = new TaskQueue(
                r -> {
                    throw new IllegalStateException("on purpose");
                },
                new Object(),
                () -> of[0].close());
        of[0] = new WaitingPackets(refused);
        ByteBuf p = packet(1);
        of[0].post(p, b -> came.add(1));
        assertEquals(0, p.refCnt());
        assertThrows(io.netty.util.IllegalReferenceCountException.class, p::release);
    }
}
