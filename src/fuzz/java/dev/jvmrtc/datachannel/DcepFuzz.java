package dev.jvmrtc.datachannel;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.fuzz.FuzzBounds;
import dev.jvmrtc.fuzz.FuzzInput;
import dev.jvmrtc.sctp.SctpConfig;
import dev.jvmrtc.sctp.tx.OutgoingMessage;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.LentBytes;
import dev.jvmrtc.wire.MalformedException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Map;

/**
 * Any bytes as DATA_CHANNEL_OPEN, which are refused or read as the same again; and a peer that sends any messages on
 * any streams under any payload protocol, opens, closes and opens again.
 */
public final class DcepFuzz {
    private static final int WINDOW = 300_000;

    public static void fuzzerTestOneInput(byte[] data) {
        open(data);
        new Talk(new FuzzInput(data)).run();
    }

    private static void open(byte[] data) {
        try {
            byte[] once = OpenMessage.write(OpenMessage.parse(data));
            byte[] twice = OpenMessage.write(OpenMessage.parse(once));
            if (!Arrays.equals(once, twice)) {
                throw new IllegalStateException("a channel that is written as one thing and read as another");
            }
        } catch (MalformedException e) {
            // refused
        }
    }

    private static final class Talk {
        private final FuzzInput in;
        private final DataChannels victim;
        private final DataChannels peer;
        private final ArrayDeque<byte[]> toVictim = new ArrayDeque<>();
        private final ArrayDeque<byte[]> toPeer = new ArrayDeque<>();
        private long now = 1_000_000_000L;

        Talk(FuzzInput in) {
            this.in = in;
            SctpConfig config =
                    SctpConfig.of(5_000, 5_000).withReceiveWindow(WINDOW).withMaxMessageSize(WINDOW / 2);
            victim = new DataChannels(config, false, RandomSource.seeded(1), -1);
            peer = new DataChannels(config, true, RandomSource.seeded(2), -1);
        }

        void run() {
            victim.connect(now);
            peer.connect(now);
            settle();
            while (!in.isEmpty()) {
                int op = in.next();
                int stream = in.next() < 240 ? in.next(8) : in.u16() % 65_535;
                switch (op & 7) {
                    case 0 -> peer.association().resetStream(stream);
                    case 1 -> victim.close(victim.nextIncomingHandle() + 1 + in.next(4));
                    case 2 -> now += in.next() * 10_000_000L;
                    case 3 -> victim.send(now, victim.nextIncomingHandle() + 1 + in.next(4), true, new byte[in.next()]);
                    default -> {
                        int ppid = in.next() < 200 ? 50 + in.next(8) : in.u16();
                        byte[] payload = in.bytes(in.next());
                        peer.association()
                                .send(new OutgoingMessage(
                                        stream, ppid, payload, (op & 8) != 0, -1, ProtocolCore.NEVER));
                    }
                }
                settle();
            }
        }

        private void settle() {
            for (int i = 0; i < 4; i++) {
                victim.handleTimeout(now);
                peer.handleTimeout(now);
                carry(toPeer, peer);
                carry(toVictim, victim);
                int before = toPeer.size();
                victim.drain(now, (d, o, n) -> toPeer.add(Arrays.copyOfRange(d, o, o + n)));
                FuzzBounds.atMost(200, toPeer.size() - before, "packets at once");
                peer.drain(now, (d, o, n) -> toVictim.add(Arrays.copyOfRange(d, o, o + n)));
                for (DataChannels side : new DataChannels[] {victim, peer}) {
                    for (DataChannelEvent e = side.pollEvent(); e != null; e = side.pollEvent()) {
                        if (e instanceof DataChannelEvent.Message m) {
                            side.association().consumed(DataChannels.held(m.data().length));
                        }
                    }
                }
                FuzzBounds.atMost(2 * WINDOW, victim.association().snapshot().heldBytes(), "bytes held");
                FuzzBounds.noInternalError(victim.drops().snapshot());
                FuzzBounds.noInternalError(victim.association().drops().snapshot());
                now += 1_000_000L;
            }
        }

        private void carry(ArrayDeque<byte[]> wire, DataChannels to) {
            for (byte[] p = wire.poll(); p != null; p = wire.poll()) {
                byte[] packet = p;
                FuzzBounds.work(packet.length, () -> to.handlePacket(now, LentBytes.of(packet)));
            }
        }
    }

    /** First inputs, by name. */
    static Map<String, byte[]> seeds() {
        byte[] open = OpenMessage.write(new ChannelParameters("label", "protocol", false, 3, null, false));
        ByteWriter script = new ByteWriter();
        for (int stream = 0; stream < 4; stream += 2) {
            script.u8(4).u8(0).u8(stream).u8(0).u8(0).u8(open.length).bytes(open); // an open
            script.u8(12).u8(0).u8(stream).u8(0).u8(1).u8(4).u32(1); // a message
        }
        script.u8(4)
                .u8(0)
                .u8(0)
                .u8(0)
                .u8(0)
                .u8(1)
                .u8(OpenMessage.ACK_TYPE)
                .u8(0)
                .u8(0)
                .u8(0)
                .u8(1)
                .u8(0)
                .u8(0)
                .u8(2)
                .u8(0)
                .u8(0)
                .u8(30);
        return Map.of("open", open, "talk", script.toByteArray());
    }

    private DcepFuzz() {}
}
