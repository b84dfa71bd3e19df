package dev.jvmrtc.datachannel;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.sctp.Association;
import dev.jvmrtc.sctp.SctpConfig;
import dev.jvmrtc.sim.PacketPair;
import dev.jvmrtc.wire.LentBytes;

/** What tests of the data channels of two peers begin with. */
abstract class TwoChannelSets extends PacketPair<DataChannels, DataChannelEvent> {
    static final SctpConfig CONFIG = SctpConfig.of(5000, 5000);

    TwoChannelSets(SctpConfig config, long seedOfA, long seedOfB) {
        a = new DataChannels(config, true, RandomSource.seeded(seedOfA), -1);
        b = new DataChannels(config, false, RandomSource.seeded(seedOfB), -1);
    }

    /** Both begin at once. */
    final void connect(long within) {
        a.connect(now);
        b.connect(now);
        runFor(within);
    }

    @Override
    protected void drain(DataChannels from, Association.PacketSink sink) {
        from.drain(now, sink);
    }

    @Override
    protected void arrive(DataChannels to, byte[] packet) {
        to.handlePacket(now, LentBytes.of(packet));
    }
}
