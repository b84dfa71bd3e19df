package dev.jvmrtc.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.wire.MalformedException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MdnsTest {
    private static final String NAME = "1f4712db-ea17-4bcf-a596-105139dfd8bf.local";

    private static InetAddress address(String literal) throws Exception {
        return InetAddress.getByName(literal);
    }

    /** Waits until the loop has done what it was told. */
    private static void settle(EventLoop loop) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        loop.execute(done::countDown);
        assertTrue(done.await(5, TimeUnit.SECONDS));
    }

    @Test
    void namesAreAnsweredForUntilTheyAreWithdrawn() throws Exception {
        EventLoop loop = new EventLoop("test-mdns");
        MdnsResponder responder = new MdnsResponder(loop);
        InetAddress four = address("192.0.2.7");
        InetAddress six = address("2001:db8::7");
        responder.publish(NAME, four);
        responder.publish("6" + NAME, six);
        assertEquals(List.of(four), MdnsQuery.resolve(NAME));
        assertEquals(List.of(six), MdnsQuery.resolve("6" + NAME.toUpperCase()));
        responder.withdraw(NAME);
        assertEquals(List.of(), MdnsQuery.resolve(NAME));
        assertEquals(List.of(six), MdnsQuery.resolve("6" + NAME), "one withdrawn, the other stays");
        responder.withdraw("6" + NAME);
        settle(loop);
        loop.close();
    }

    @Test
    void questionsFromOrdinaryResolversAreAnsweredAsTheyExpect() throws Exception {
        EventLoop loop = new EventLoop("test-mdns");
        MdnsResponder responder = new MdnsResponder(loop);
        responder.publish(NAME, address("192.0.2.7"));
        settle(loop);
        try (MulticastSocket s = new MulticastSocket(0)) {
            s.setSoTimeout(5_000);
            byte[] query = MdnsMessage.query(NAME);
            query[0] = 0x12;
            query[1] = 0x34;
            for (java.net.NetworkInterface i : MdnsGroup.interfaces()) {
                s.setNetworkInterface(i);
                s.send(new DatagramPacket(
                        query, query.length, new InetSocketAddress(MdnsGroup.IPV4, MdnsMessage.PORT)));
            }
            DatagramPacket p = new DatagramPacket(new byte[1_500], 1_500);
            s.receive(p);
            MdnsMessage m = MdnsMessage.parse(p.getData(), 0, p.getLength());
            assertTrue(m.response());
            assertEquals(0x1234, m.id(), "RFC 6762 §6.7: the query's id is repeated");
            assertEquals(NAME, m.questions().get(0).name());
            assertFalse(m.questions().get(0).wantsUnicast());
            assertEquals(List.of(new MdnsMessage.Address(NAME, address("192.0.2.7"))), m.addresses());
        }
        responder.withdraw(NAME);
        loop.close();
    }

    @Test
    void hostileMessagesAreRefusedOrYieldNothing() throws Exception {
        assertThrows(MalformedException.class, () -> MdnsMessage.parse(new byte[5], 0, 5));
        byte[] loop = {0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, (byte) 0xc0, 12, 0, 1, 0, 1};
        assertThrows(
                MalformedException.class,
                () -> MdnsMessage.parse(loop, 0, loop.length),
                "a name that points to itself");
        byte[] valid = MdnsMessage.announcement(NAME, address("192.0.2.7"), 120);
        for (long seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            byte[] m = Arrays.copyOf(valid, random.nextInt(valid.length + 1));
            for (int i = random.nextInt(6); i > 0 && m.length > 0; i--) {
                m[random.nextInt(m.length)] = (byte) random.nextInt();
            }
            try {
                assertTrue(MdnsMessage.parse(m, 0, m.length).addresses().size() <= 64, "seed " + seed);
            } catch (MalformedException e) {
                // as it should be
            }
        }
    }
}
