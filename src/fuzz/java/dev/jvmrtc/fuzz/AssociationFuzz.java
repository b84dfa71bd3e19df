package dev.jvmrtc.fuzz;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.datachannel.ChannelParameters;
import dev.jvmrtc.datachannel.DataChannelEvent;
import dev.jvmrtc.datachannel.DataChannels;
import dev.jvmrtc.sctp.SctpConfig;
import dev.jvmrtc.sctp.packet.Extensions;
import dev.jvmrtc.wire.LentBytes;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * Two peers whose packets are lost, repeated and altered as the input says. Nothing may be thrown, time may not stand
 * still, and what is held stays within the windows: whatever an altered packet makes of the association.
 */
public final class AssociationFuzz {
    private static final int WINDOW = 300_000;

    private final byte[] input;
    private int at;
    private long now = 1_000_000_000L;
    private final DataChannels a;
    private final DataChannels b;
    private final ArrayDeque<byte[]> toA = new ArrayDeque<>();
    private final ArrayDeque<byte[]> toB = new ArrayDeque<>();

    private AssociationFuzz(byte[] input) {
        this.input = input;
        Extensions extensions = Extensions.ofBits(next());
        SctpConfig config = SctpConfig.of(5000, 5000)
                .withExtensions(extensions)
                .withReceiveWindow(WINDOW)
                .withMaxMessageSize(WINDOW / 2)
                .withCongestionControl(SctpConfig.CongestionControl.values()[next() & 1]);
        a = new DataChannels(config, true, RandomSource.seeded(1), -1);
        b = new DataChannels(config, false, RandomSource.seeded(2), -1);
    }

    public static void fuzzerTestOneInput(byte[] data) {
        new AssociationFuzz(data).play();
    }

    private int next() {
        return at < input.length ? input[at++] & 0xff : 0;
    }

    private void play() {
        a.connect(now);
        b.connect(now);
        settle(20);
        int handle = 1;
        while (at < input.length) {
            switch (next() & 7) {
                case 0 ->
                    a.open(
                            handle++,
                            new ChannelParameters(
                                    "x",
                                    "",
                                    (next() & 1) == 0,
                                    (next() & 1) == 0 ? null : next() & 3,
                                    null,
                                    false,
                                    256),
                            null);
                case 1 -> a.close(1 + next() % handle);
                case 2, 3 -> a.send(now, 1 + next() % handle, true, new byte[next() * 40]);
                case 4 -> now += next() * 10_000_000L;
                case 5 -> alter(toB);
                case 6 -> alter(toA);
                default -> settle(1 + (next() & 3));
            }
        }
        settle(50);
    }

    /**
     * Loses, repeats or changes the packet that is next. DTLS protects what is on the wire, so this is a peer that
     * means it.
     */
    private void alter(ArrayDeque<byte[]> wire) {
        byte[] packet = wire.poll();
        int how = next();
        if (packet == null || (how & 3) == 0) {
            return;
        }
        if ((how & 3) == 1) {
            wire.add(packet);
        }
        byte[] changed = packet.clone();
        for (int i = how >> 2 & 7; i >= 0; i--) {
            changed[12 + next() % (changed.length - 12)] = (byte) next();
        }
        Arrays.fill(changed, 8, 12, (byte) 0); // a checksum of zero is taken
        wire.addFirst(changed);
    }

    private void give(ArrayDeque<byte[]> wire, DataChannels to) {
        for (byte[] d = wire.poll(); d != null; d = wire.poll()) {
            byte[] packet = d;
            FuzzBounds.work(packet.length, () -> to.handlePacket(now, LentBytes.of(packet)));
        }
    }

    private void settle(int turns) {
        for (int i = 0; i < turns; i++) {
            FuzzBounds.work(0, () -> a.handleTimeout(now));
            FuzzBounds.work(0, () -> b.handleTimeout(now));
            give(toB, b);
            give(toA, a);
            int[] packets = {0};
            a.drain(now, (d, o, n) -> {
                packets[0]++;
                toB.add(Arrays.copyOfRange(d, o, o + n));
            });
            b.drain(now, (d, o, n) -> {
                packets[0]++;
                toA.add(Arrays.copyOfRange(d, o, o + n));
            });
            FuzzBounds.atMost(5_000, packets[0], "packets at once");
            for (DataChannels side : new DataChannels[] {a, b}) {
                for (DataChannelEvent e = side.pollEvent(); e != null; e = side.pollEvent()) {
                    side.association().consumed(e.held());
                }
                FuzzBounds.atMost(2 * WINDOW, side.association().snapshot().heldBytes(), "bytes held");
                FuzzBounds.noInternalError(side.drops().snapshot());
            }
            long next = Math.min(a.nextTimeoutNanos(), b.nextTimeoutNanos());
            now = Math.max(now + 1_000_000L, Math.min(next, now + 100_000_000L));
        }
    }
}
