package dev.jvmrtc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.NatBehavior.Dependence;
import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.dom.RTCTypeError;
import dev.jvmrtc.stun.StunAttribute;
import dev.jvmrtc.stun.StunClass;
import dev.jvmrtc.stun.StunMessage;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.MalformedException;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Discovery of a NAT's behaviour through the public API, on loopback; all kinds of NAT are in NatBehaviorTest. */
@Timeout(60)
class NatDiscoveryTest {
    private static final String IP1 = "127.0.0.1";
    private static final String IP2 = "127.0.0.2";

    private final RTCPeerConnectionFactory factory =
            RTCPeerConnectionFactory.builder().eventLoops(1).build();

    @AfterEach
    void close() {
        factory.close();
    }

    /** One address of a STUN server, which says of whoever asks what {@code mapping} makes of him. */
    private static final class Server implements AutoCloseable {
        private final DatagramSocket socket;
        private final UnaryOperator<InetSocketAddress> mapping;
        /** The server's other address, or null where it has one only. */
        private volatile Server other;

        Server(String address, UnaryOperator<InetSocketAddress> mapping) throws IOException {
            socket = new DatagramSocket(new InetSocketAddress(address, 0));
            this.mapping = mapping;
            Thread t = new Thread(this::run, "stun");
            t.setDaemon(true);
            t.start();
        }

        String url() {
            return "stun:" + socket.getLocalAddress().getHostAddress() + ":" + socket.getLocalPort();
        }

        private void run() {
            try {
                while (true) {
                    DatagramPacket p = new DatagramPacket(new byte[1_500], 1_500);
                    socket.receive(p);
                    StunMessage request = StunMessage.parse(p.getData(), 0, p.getLength());
                    StunMessage.Writer w = StunMessage.write(
                                    StunMessage.BINDING, StunClass.SUCCESS_RESPONSE, request.transactionId())
                            .xorMappedAddress(mapping.apply((InetSocketAddress) p.getSocketAddress()));
                    if (other != null) {
                        w.attribute(
                                StunAttribute.OTHER_ADDRESS,
                                new ByteWriter(8)
                                        .u8(0)
                                        .u8(1)
                                        .u16(other.socket.getLocalPort())
                                        .bytes(other.socket.getLocalAddress().getAddress())
                                        .toByteArray());
                    }
                    byte[] answer = w.fingerprinted();
                    DatagramSocket from =
                            request.u32(StunAttribute.CHANGE_REQUEST) != null && other != null ? other.socket : socket;
                    from.send(new DatagramPacket(answer, answer.length, p.getSocketAddress()));
                }
            } catch (IOException | MalformedException e) {
                // the end of the socket is the end of the server
            }
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    private static InetSocketAddress behind(String address, InetSocketAddress client) {
        return new InetSocketAddress(address, client.getPort());
    }

    private static RTCException failure(CompletableFuture<NatBehavior> future) {
        ExecutionException e = assertThrows(ExecutionException.class, () -> future.get(30, TimeUnit.SECONDS));
        return (RTCException) e.getCause();
    }

    @Test
    void whereNobodyTranslatesThatIsSaidAndWhoMayAnswerIsFound() throws Exception {
        try (Server one = new Server(IP1, client -> client);
                Server two = new Server(IP2, client -> client)) {
            one.other = two;
            two.other = one;
            NatBehavior b = factory.discoverNatBehavior(one.url()).get(30, TimeUnit.SECONDS);
            assertFalse(b.translated());
            assertEquals(IP1, b.mappedAddress().getAddress().getHostAddress());
            assertEquals(Dependence.ENDPOINT_INDEPENDENT, b.mapping());
            assertEquals(Dependence.ENDPOINT_INDEPENDENT, b.filtering());
        }
    }

    @Test
    void twoServersThatSeeUsAlikeShowAMappingThatDependsOnNothing() throws Exception {
        try (Server one = new Server(IP1, client -> behind("203.0.113.9", client));
                Server two = new Server(IP2, client -> behind("203.0.113.9", client))) {
            NatBehavior b = factory.discoverNatBehavior(one.url(), two.url()).get(30, TimeUnit.SECONDS);
            assertTrue(b.translated());
            assertEquals("203.0.113.9", b.mappedAddress().getAddress().getHostAddress());
            assertEquals(Dependence.ENDPOINT_INDEPENDENT, b.mapping());
            assertEquals(Dependence.UNKNOWN, b.filtering());
        }
    }

    @Test
    void twoServersThatSeeUsDifferentlyShowAMappingThatDepends() throws Exception {
        try (Server one = new Server(IP1, client -> behind("203.0.113.9", client));
                Server two = new Server(IP2, client -> behind("203.0.113.10", client))) {
            NatBehavior b = factory.discoverNatBehavior(one.url(), two.url()).get(30, TimeUnit.SECONDS);
            assertEquals(Dependence.DEPENDENT, b.mapping());
        }
    }

    @Test
    void oneServerWithOneAddressLeavesTheMappingUnknown() throws Exception {
        try (Server one = new Server(IP1, client -> behind("203.0.113.9", client))) {
            NatBehavior b = factory.discoverNatBehavior(one.url()).get(30, TimeUnit.SECONDS);
            assertTrue(b.translated());
            assertEquals(Dependence.UNKNOWN, b.mapping());
        }
    }

    @Test
    void aServerThatDoesNotAnswerIsGivenUp() throws IOException {
        try (DatagramSocket silent = new DatagramSocket(new InetSocketAddress(IP1, 0))) {
            String url = "stun:" + IP1 + ":" + silent.getLocalPort();
            RTCException e = failure(factory.discoverNatBehavior(url));
            assertEquals("NetworkError", e.getName());
            assertTrue(e.getMessage().startsWith(url + " does not answer"), e.getMessage());
        }
    }

    @Test
    void aNameThatStandsForNothingIsSaid() {
        RTCException e = failure(factory.discoverNatBehavior("stun:nothing.invalid"));
        assertEquals("NetworkError", e.getName());
        assertTrue(e.getMessage().contains("name"), e.getMessage());
    }

    @Test
    void whatCannotBeAskedFailsAtOnce() {
        assertEquals(
                "SyntaxError", failure(factory.discoverNatBehavior("stun:")).getName());
        assertEquals(
                "SyntaxError",
                failure(factory.discoverNatBehavior("turn:127.0.0.1")).getName());
        ExecutionException none = assertThrows(
                ExecutionException.class, () -> factory.discoverNatBehavior().get());
        assertEquals(RTCTypeError.class, none.getCause().getClass());
        factory.close();
        assertEquals(
                "InvalidStateError",
                failure(factory.discoverNatBehavior("stun:127.0.0.1")).getName());
    }

    @Test
    void theResultComesOnTheExecutorOfTheFactory() throws Exception {
        CompletableFuture<Thread> asked = new CompletableFuture<>();
        try (Server one = new Server(IP1, client -> client);
                RTCPeerConnectionFactory own = RTCPeerConnectionFactory.builder()
                        .executor(task -> {
                            asked.complete(Thread.currentThread());
                            task.run();
                        })
                        .build()) {
            own.discoverNatBehavior(one.url()).get(30, TimeUnit.SECONDS);
            assertTrue(asked.isDone());
        }
    }
}
