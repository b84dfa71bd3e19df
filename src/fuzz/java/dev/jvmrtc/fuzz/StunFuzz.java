package dev.jvmrtc.fuzz;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.stun.BehaviorDiscovery;
import dev.jvmrtc.stun.StunAttribute;
import dev.jvmrtc.stun.StunMessage;
import dev.jvmrtc.wire.LentBytes;
import dev.jvmrtc.wire.MalformedException;
import java.net.InetSocketAddress;
import java.util.Map;

/**
 * Parses any bytes as a STUN message and asks for all that is in it; then takes them for what a server says when it is
 * asked how a NAT behaves.
 */
public final class StunFuzz {
    private static final InetSocketAddress SERVER = new InetSocketAddress("192.0.2.1", 3478);
    private static final InetSocketAddress LOCAL = new InetSocketAddress("10.0.0.1", 5_000);
    private static final byte[] KEY = "password of the peer".getBytes();

    public static void fuzzerTestOneInput(byte[] data) {
        FuzzBounds.work(data.length, () -> {
            try {
                read(data);
            } catch (MalformedException e) {
                // refused
            }
        });
        discover(data);
    }

    private static void read(byte[] data) throws MalformedException {
        if (!StunMessage.isStun(data, 0, data.length)) {
            return;
        }
        StunMessage m = StunMessage.parse(data, 0, data.length);
        m.errorCode();
        m.errorReason();
        m.unknownRequiredAttributes();
        m.text(StunAttribute.USERNAME);
        m.text(StunAttribute.REALM);
        m.u32(StunAttribute.PRIORITY);
        m.u64(StunAttribute.ICE_CONTROLLING);
        m.value(StunAttribute.DATA);
        m.hasIntegrity(KEY);
        m.hasIntegritySha256(KEY);
        address(m::mappedAddress);
        address(m::alternateServer);
        address(m::otherAddress);
        address(() -> m.xorAddresses(StunAttribute.XOR_PEER_ADDRESS));
        address(() -> m.xorAddresses(StunAttribute.XOR_RELAYED_ADDRESS));
    }

    private interface Question {
        Object ask() throws MalformedException;
    }

    private static void address(Question q) {
        try {
            q.ask();
        } catch (MalformedException e) {
            // refused
        }
    }

    private static void discover(byte[] data) {
        BehaviorDiscovery d = new BehaviorDiscovery(LOCAL, SERVER, null, RandomSource.seeded(1));
        d.start(0);
        long now = 0;
        for (int i = 0; i < 8 && d.result() == null; i++) {
            BehaviorDiscovery.Question q = d.pollQuestion();
            if (q == null) {
                now += 1_000_000_000L;
                d.handleTimeout(now);
                continue;
            }
            byte[] answer = data.clone();
            if (answer.length >= StunMessage.HEADER_LENGTH) {
                System.arraycopy(q.data(), 8, answer, 8, 12); // the transaction, which the server knows
            }
            d.handleDatagram(now, SERVER, LentBytes.of(answer));
        }
    }

    /** What {@link SeedMaker} writes as this target's first inputs. */
    static Map<String, byte[]> seeds() {
        return RecordedCall.named("call", RecordedCall.get().stun(), 8);
    }

    private StunFuzz() {}
}
