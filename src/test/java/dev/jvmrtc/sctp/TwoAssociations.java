package dev.jvmrtc.sctp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jvmrtc.core.ProtocolCore;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.sctp.tx.OutgoingMessage;
import dev.jvmrtc.sim.PacketPair;
import dev.jvmrtc.wire.LentBytes;
import java.util.Random;

/** What tests of two associations begin with. */
abstract class TwoAssociations extends PacketPair<Association, SctpEvent> {

    TwoAssociations() {
        begin(SctpConfig.of(5000, 5000), 1);
    }

    /** Begins with two others. */
    final void begin(SctpConfig config, long seed) {
        a = new Association(config, RandomSource.seeded(seed));
        b = new Association(config, RandomSource.seeded(seed + 1));
    }

    final void connect() {
        a.connect(now);
        b.connect(now);
        runFor(SECOND);
        assertEquals(AssociationState.ESTABLISHED, a.state());
        assertEquals(AssociationState.ESTABLISHED, b.state());
    }

    /** Sends a message that is reliable and in order. */
    static void send(Association from, int stream, byte[] payload) {
        from.send(new OutgoingMessage(stream, 53, payload, false, -1, ProtocolCore.NEVER));
    }

    static byte[] bytes(int n, long seed) {
        byte[] b = new byte[n];
        new Random(seed).nextBytes(b);
        return b;
    }

    @Override
    protected void drain(Association from, Association.PacketSink sink) {
        from.drain(now, sink);
    }

    @Override
    protected void arrive(Association to, byte[] packet) {
        to.handlePacket(now, LentBytes.of(packet));
    }
}
