package dev.jvmrtc.sim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.jsep.BundlePolicy;
import dev.jvmrtc.jsep.Direction;
import dev.jvmrtc.jsep.JsepTransceiver;
import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.session.media.RtpInterceptor;
import dev.jvmrtc.session.plan.SessionEvent;
import dev.jvmrtc.session.plan.SourceFormat;
import dev.jvmrtc.wire.Bytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Packets of others in a whole session: whatever ends, what waits and what is kept is released once. */
class ForwardedPacketsSimTest {
    private static final long SECOND = 1_000_000_000L;

    private final VirtualNetwork network = new VirtualNetwork(1, VirtualNetwork.Conditions.PERFECT);
    private final SimPeer a = peer("a", "10.0.0.1", 2);
    private final SimPeer b = peer("b", "10.0.0.2", 3);
    private final List<ByteBuf> pushed = new ArrayList<>();
    private final List<byte[]> arrays = new ArrayList<>();
    private JsepTransceiver video;

    private SimPeer peer(String name, String ip, long seed) {
        RandomSource random = RandomSource.seeded(seed);
        return new SimPeer(
                name,
                ip,
                network,
                random,
                SimPeer.fakeIdentity(random),
                (id, out) -> new StandInDtls(id, out, random),
                BundlePolicy.BALANCED);
    }

    private void call() {
        a.connectTo(b);
        b.connectTo(a);
        video = a.negotiator.addTransceiver(MediaKind.VIDEO, Direction.SENDONLY, false, "t");
        a.session.media().setSource(video.id, List.of(new SourceFormat("VP8", Map.of())));
        a.negotiate();
        assertTrue(SimPeer.runUntil(network, List.of(a, b), 30 * SECOND, () -> a.keyFrameRequests.contains(video.id)));
    }

    private static byte[] bytes(int sequence) {
        byte[] p = new byte[1_000];
        Arrays.fill(p, 12, p.length, (byte) sequence);
        p[0] = (byte) 0x80;
        p[1] = (byte) 0x80;
        Bytes.put16(p, 2, sequence);
        Bytes.put32(p, 4, sequence * 3_000);
        p[12] = 0x10;
        p[13] = 0;
        return p;
    }

    private void push(int packets) {
        for (int i = 0; i < packets; i++) {
            arrays.add(bytes(pushed.size() + 1));
            ByteBuf packet = Unpooled.wrappedBuffer(arrays.get(arrays.size() - 1));
            pushed.add(packet);
            a.session.media().sendRtp(network.now(), video.id, packet, -1);
            packet.release();
        }
        a.turn();
    }

    private int held() {
        return pushed.stream().mapToInt(ByteBuf::refCnt).sum();
    }

    private void run(long nanos) {
        SimPeer.runUntil(network, List.of(a, b), nanos, () -> false);
    }

    @Test
    void whateverEndsReleasesWhatWaitsAndWhatIsKept() {
        for (Consumer<SimPeer> end : List.<Consumer<SimPeer>>of(
                SimPeer::close,
                p -> p.session.abandon(e -> {
                    throw new AssertionError(e);
                }),
                p -> p.session
                        .media()
                        .restarted(network.now(), p.session.transports().all().get(0)))) {
            ForwardedPacketsSimTest t = new ForwardedPacketsSimTest();
            t.call();
            t.push(100);
            t.run(SECOND / 10);
            int waiting = t.a.session.media().waitingPackets();
            assertTrue(waiting > 0 && waiting < 90, "some wait, some have left: " + waiting);
            assertEquals(100, t.held(), "and those may be asked for again");
            end.accept(t.a);
            assertEquals(0, t.held());
            assertEquals(0, t.a.session.media().waitingPackets());
        }
    }

    @Test
    void whatWaitsOfASectionThatIsGoneIsReleasedWhenItsTurnComes() {
        call();
        push(100);
        run(SECOND / 10);
        a.session.media().apply(network.now(), List.of());
        run(5 * SECOND);
        assertEquals(0, held());
    }

    @Test
    void anInterceptorChangesWhatItsOwnReceiverGetsAndNothingElse() {
        a.session.media().setInterceptors(List.of(new RtpInterceptor() {
            @Override
            public boolean outgoing(long now, RtpPacket p) {
                Arrays.fill(p.array(), p.payloadOffset() + 2, p.payloadOffset() + p.payloadLength(), (byte) 0x77);
                return true;
            }
        }));
        call();
        push(1);
        assertEquals(0, held(), "it has left, and what may be asked for again is the changed one");
        run(SECOND);
        assertArrayEquals(bytes(1), arrays.get(0), "nobody has written");
        byte[] frame = b.frames.get(0).data();
        assertEquals((byte) 0x77, frame[frame.length - 1]);
    }

    @Test
    void aPacketThatComesIsKeptForTheEventAndReleasedByWhoeverTakesItOrNobody() {
        call();
        List<ByteBuf> came = new ArrayList<>();
        b.session.media().setRawRtp(b.negotiator.transceivers().get(0).id, true);
        b.listener = e -> {
            if (e instanceof SessionEvent.RtpReceived r) {
                came.add(r.packet());
                assertEquals(1, r.packet().refCnt());
                r.release();
            }
        };
        push(3);
        run(SECOND);
        assertEquals(3, came.size());
        came.forEach(p -> assertEquals(0, p.refCnt()));
    }
}
