package dev.jvmrtc.sctp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.sctp.SctpConfig.CongestionControl;
import dev.jvmrtc.sctp.packet.Extensions;
import dev.jvmrtc.sctp.tx.OutgoingMessage;
import dev.jvmrtc.wire.LentBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A packet that comes in order makes no object, neither where it is sent nor where it arrives; only messages and turns
 * of the loop do.
 */
class AllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int MESSAGE = 256 * 1_024;
    private static final int MESSAGES = 50;
    /** For each message, with the list of its parts as it grows: the smallest object for each packet would be 5,500. */
    private static final int BESIDE = 4_500;
    /** For each packet: a view of it, and one of its data. */
    private static final int VIEWS = 2 * 32;

    /** Without interleaving, and with checksums. */
    private static final Extensions PLAIN = new Extensions(true, true, true, false, false);

    /** Buffers that are used again once nobody keeps a part of them, as those of a pool are. */
    private final ByteBuf[] pool = new ByteBuf[1_024];

    private int next;
    private final ByteBuf[] wire = new ByteBuf[Association.MAX_PACKETS_AT_ONCE + 2];
    private final Association.PacketSink collect = this::collect;
    private int waiting;
    private long packets;
    private long now = 1_000_000_000L;

    /** Carries what leaves, and an answer after every second packet. */
    private void carry(Association from, Association to) {
        waiting = 0;
        from.drain(now, collect);
        for (int i = 0, n = waiting; i < n; i++) {
            to.handlePacket(now, LentBytes.of(wire[i]));
            if (i % 2 == 1) {
                waiting = wire.length - 1;
                to.drain(now, collect);
                if (waiting == wire.length) {
                    from.handlePacket(now, LentBytes.of(wire[waiting - 1]));
                }
            }
        }
    }

    private void collect(byte[] data, int offset, int length) {
        wire[waiting++] = buffer().clear().writeBytes(data, offset, length);
        packets++;
    }

    private ByteBuf buffer() {
        for (int tried = 0; tried < pool.length; tried++) {
            next = (next + 1) % pool.length;
            if (pool[next] == null) {
                pool[next] = Unpooled.wrappedBuffer(new byte[2_048]);
            }
            if (pool[next].refCnt() == 1) {
                return pool[next];
            }
        }
        throw new AssertionError("nobody lets go of anything");
    }

    private static long messagesOf(Association a) {
        long messages = 0;
        for (SctpEvent e = a.pollEvent(); e != null; e = a.pollEvent()) {
            if (e instanceof SctpEvent.Message m) {
                assertEquals(MESSAGE, m.message().length());
                a.consumed(m.message().held());
                m.message().release();
                messages++;
            }
        }
        return messages;
    }

    private void send(Association from, Association to, int messages, boolean unordered) {
        byte[] payload = new byte[MESSAGE];
        for (int sent = 0, arrived = 0; arrived < messages; ) {
            if (sent == arrived) {
                from.send(new OutgoingMessage(300, 53, payload, unordered, -1, ProtocolCore.NEVER));
                sent++;
            }
            now += 1_000_000;
            carry(from, to);
            arrived += (int) messagesOf(to);
            now += 1_000_000;
            carry(to, from);
            messagesOf(from);
        }
    }

    @ParameterizedTest
    @EnumSource(CongestionControl.class)
    void packetsMakeNoObjectsButTheirViews(CongestionControl control) {
        for (Extensions extensions : new Extensions[] {Extensions.OURS, PLAIN}) {
            SctpConfig config =
                    SctpConfig.of(5_000, 5_000).withCongestionControl(control).withExtensions(extensions);
            Association a = new Association(config, RandomSource.seeded(1));
            Association b = new Association(config, RandomSource.seeded(2));
            a.connect(now);
            while (a.state() != AssociationState.ESTABLISHED) {
                carry(a, b);
                carry(b, a);
            }
            for (boolean unordered : new boolean[] {false, true}) {
                send(a, b, 20, unordered);
                packets = 0;
                long before =
                        THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
                send(a, b, MESSAGES, unordered);
                long made =
                        THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
                assertTrue(packets > 340 * MESSAGES, packets + " packets");
                long beside = (made - packets * VIEWS - MESSAGE) / MESSAGES; // what is sent is made once
                assertTrue(
                        beside < BESIDE,
                        beside + " bytes for a message beside the views of its packets, in " + packets / MESSAGES
                                + " packets");
            }
        }
    }
}
