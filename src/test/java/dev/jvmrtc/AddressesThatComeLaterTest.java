package dev.jvmrtc;

import static dev.jvmrtc.TwoPeers.await;
import static dev.jvmrtc.TwoPeers.opened;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Networks that come back while a connection has no path. */
@Timeout(60)
class AddressesThatComeLaterTest {
    private static final Predicate<InetAddress> FOUR = Inet4Address.class::isInstance;
    private static final Predicate<InetAddress> SIX = Inet6Address.class::isInstance;

    private static RTCPeerConnectionFactory factory(
            Predicate<InetAddress> filter, Consumer<RTCPeerConnectionFactory.Builder> more) {
        RTCPeerConnectionFactory.Builder b = RTCPeerConnectionFactory.builder()
                .includeLoopback(true)
                .eventLoops(1)
                .addressFilter(a -> a.isLoopbackAddress() && filter.test(a));
        more.accept(b);
        return b.build();
    }

    /**
     * The late one has what {@code before} takes, from some time in the call on also IPv6, which is all that the other
     * one has.
     */
    private static void connects(
            Predicate<InetAddress> before, Consumer<RTCPeerConnectionFactory.Builder> settings, boolean lateOffers)
            throws Exception {
        Assumptions.assumeTrue(
                NetworkInterface.getByInetAddress(InetAddress.getByName("::1")) != null, "there is no IPv6 here");
        AtomicBoolean come = new AtomicBoolean();
        RTCPeerConnectionFactory late = factory(a -> before.test(a) || come.get() && SIX.test(a), settings);
        RTCPeerConnectionFactory other = factory(SIX, b -> {});
        try (RTCPeerConnection pc = late.createPeerConnection();
                RTCPeerConnection peer = other.createPeerConnection()) {
            pc.onIceCandidate(e -> peer.addIceCandidate(e.candidate()));
            peer.onIceCandidate(e -> pc.addIceCandidate(e.candidate()));
            RTCPeerConnection offerer = lateOffers ? pc : peer;
            RTCDataChannel channel = offerer.createDataChannel("c");
            TwoPeers.negotiate(offerer, lateOffers ? peer : pc);
            assertTrue(pc.getConnectionState() != RTCPeerConnectionState.CONNECTED);
            come.set(true);
            await(opened(channel));
        } finally {
            late.close();
            other.close();
        }
    }

    @Test
    void aConnectionWithoutAnyAddressGathersThoseThatCome() throws Exception {
        connects(a -> false, b -> {}, true);
        connects(a -> false, b -> {}, false);
    }

    @Test
    void soDoesOneWhoseAddressesReachNobody() throws Exception {
        connects(FOUR, b -> {}, true);
    }

    @Test
    void soDoesOneOnASharedPort() throws Exception {
        connects(FOUR, b -> b.sharedUdpPort(0), true);
        connects(FOUR, b -> b.sharedUdpPort(0), false);
        connects(FOUR, b -> b.udp(false).sharedTcpPort(0), false);
    }

    @Test
    void addressesAreNotLookedAtAnyMoreOnceThereIsAPath() throws Exception {
        AtomicInteger looked = new AtomicInteger();
        RTCPeerConnectionFactory watched = factory(
                a -> {
                    looked.incrementAndGet();
                    return FOUR.test(a);
                },
                b -> {});
        RTCPeerConnectionFactory other = factory(FOUR, b -> {});
        try (RTCPeerConnection pc = watched.createPeerConnection();
                RTCPeerConnection peer = other.createPeerConnection()) {
            pc.onIceCandidate(e -> peer.addIceCandidate(e.candidate()));
            peer.onIceCandidate(e -> pc.addIceCandidate(e.candidate()));
            RTCDataChannel channel = pc.createDataChannel("c");
            TwoPeers.negotiate(pc, peer);
            await(opened(channel));
            int before = looked.get();
            Thread.sleep(5_000); // two periods and more, in which nothing is to happen that could be waited for
            assertEquals(before, looked.get(), "addresses that were looked at");
        } finally {
            watched.close();
            other.close();
        }
    }
}
