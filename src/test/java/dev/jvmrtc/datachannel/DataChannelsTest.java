package dev.jvmrtc.datachannel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.sctp.SctpConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class DataChannelsTest {
    private long now = 1_000_000_000L;
    private final DataChannels a = new DataChannels(SctpConfig.of(5000, 5000), true, RandomSource.seeded(1), -1);
    private final DataChannels b = new DataChannels(SctpConfig.of(5000, 5000), false, RandomSource.seeded(2), -1);
    private final List<DataChannelEvent> eventsB = new ArrayList<>();

    private void runFor(long nanos) {
        for (long end = now + nanos; now < end; now += 1_000_000) {
            for (DataChannels from : List.of(a, b)) {
                DataChannels to = from == a ? b : a;
                from.handleTimeout(now);
                List<byte[]> wire = new ArrayList<>();
                from.drain(now, (d, o, n) -> wire.add(Arrays.copyOfRange(d, o, o + n)));
                wire.forEach(p -> to.handlePacket(now, p, 0, p.length));
            }
            for (DataChannelEvent e = b.pollEvent(); e != null; e = b.pollEvent()) {
                eventsB.add(e);
            }
        }
    }

    @Test
    void messagesForANegotiatedChannelToComeAreHeldUpToTheBound() {
        a.connect(now);
        b.connect(now);
        ChannelParameters negotiated = new ChannelParameters("n", "", true, null, null, true);
        a.open(1, negotiated, 10);
        runFor(200_000_000L);
        int size = 1_024;
        int fit = DataChannels.MAX_EARLY_BYTES / size;
        for (int i = 0; i < fit + 3; i++) {
            a.send(now, 1, true, new byte[size]);
        }
        runFor(500_000_000L);
        assertEquals(3, b.drops().get("message for a channel that does not exist"));
        b.open(1, negotiated, 10);
        runFor(10_000_000L);
        assertEquals(fit, eventsB.stream().filter(e -> e instanceof DataChannelEvent.Message).count());
    }
}
