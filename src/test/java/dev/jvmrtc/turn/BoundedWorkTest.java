package dev.jvmrtc.turn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.core.Steps;
import dev.jvmrtc.stun.StunAttribute;
import dev.jvmrtc.stun.StunClass;
import dev.jvmrtc.stun.StunMessage;
import dev.jvmrtc.stun.TransactionId;
import dev.jvmrtc.wire.Bytes;
import dev.jvmrtc.wire.LentBytes;
import dev.jvmrtc.wire.MalformedException;
import java.net.InetSocketAddress;
import java.security.MessageDigest;
import org.junit.jupiter.api.Test;

/** What a TURN server's messages cost, in turns of loops, and what they make us send. */
class BoundedWorkTest {
    private static final int STEPS_OF_A_MESSAGE = 12 * StunMessage.MAX_ATTRIBUTES;
    private final RandomSource random = RandomSource.seeded(1);
    private final TurnClient client = new TurnClient("u", "p", false, random);
    private long sent;

    private static StunMessage parse(byte[] m) {
        try {
            return StunMessage.parse(m, 0, m.length);
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    private void give(byte[] m) {
        client.handleMessage(0, LentBytes.of(m), (now, relayed, peer, d) -> {}, (d, o, n) -> sent += n);
    }

    private static byte[] challenge(byte[] request, int code, int nonce) {
        StunMessage q = parse(request);
        return StunMessage.write(q.method(), StunClass.ERROR_RESPONSE, q.transactionId())
                .error(code, "Unauthorized")
                .text(StunAttribute.REALM, "r")
                .attribute(StunAttribute.NONCE, new byte[nonce])
                .bytes();
    }

    @Test
    void aLongNonceIsNoChallengeThatWeAnswer() {
        client.start(0);
        byte[] request = client.pollTransmit();
        give(challenge(request, 401, StunMessage.MAX_TEXT_BYTES + 1));
        assertEquals(null, client.pollTransmit());
        assertTrue(client.pollEvent() instanceof TurnEvent.Failed);
    }

    @Test
    void theWorstMessageCostsItsAttributesWithAHundredPeersAndTheirRequestsUnderWay() throws Exception {
        byte[] key = MessageDigest.getInstance("MD5").digest("u:r:p".getBytes());
        client.start(0);
        give(challenge(client.pollTransmit(), 401, 8));
        StunMessage allocate = parse(client.pollTransmit());
        give(StunMessage.write(TurnClient.ALLOCATE, StunClass.SUCCESS_RESPONSE, allocate.transactionId())
                .xorAddress(StunAttribute.XOR_RELAYED_ADDRESS, new InetSocketAddress("192.0.2.1", 1))
                .xorMappedAddress(new InetSocketAddress("192.0.2.2", 2))
                .integrity(key)
                .bytes());
        assertTrue(client.isAllocated());
        for (int i = 0; i < TurnClient.MAX_PERMISSIONS; i++) {
            InetSocketAddress peer = new InetSocketAddress("198.51.100." + i, 1_000);
            client.send(0, peer, new byte[10], 0, 10, (d, o, n) -> {});
            client.bind(0, peer);
        }
        int answered = 0;
        for (byte[] request = client.pollTransmit();
                request != null && answered < 150;
                request = client.pollTransmit(), answered++) {
            StunMessage q = parse(request);
            StunMessage.Writer w = StunMessage.write(q.method(), StunClass.ERROR_RESPONSE, q.transactionId())
                    .error(400, "no");
            for (int i = 0; i < StunMessage.MAX_ATTRIBUTES - 1; i++) {
                w.flag(0x8099);
            }
            byte[] refusal = w.bytes();
            long steps = Steps.of(() -> give(refusal));
            assertTrue(steps <= STEPS_OF_A_MESSAGE, steps + " steps for request " + answered);
        }
        byte[] data = StunMessage.write(TurnClient.DATA, StunClass.INDICATION, TransactionId.random(random))
                .attribute(StunAttribute.XOR_PEER_ADDRESS, new byte[3])
                .attribute(StunAttribute.DATA, new byte[4])
                .bytes();
        assertTrue(Steps.of(() -> give(data)) <= STEPS_OF_A_MESSAGE);
        assertEquals(1, client.drops().get("malformed TURN: bad address attribute"));
    }

    @Test
    void aLongMessageThatComesByteByByteIsCopiedOnce() {
        TurnFraming framing = new TurnFraming();
        byte[] message = new byte[20 + 0xfff0];
        Bytes.put16(message, 2, 0xfff0);
        int[] whole = {0};
        long steps = Steps.of(() -> {
            for (int i = 0; i < message.length; i++) {
                framing.handle(LentBytes.of(message, i, 1), m -> whole[0] += m.length());
            }
        });
        assertEquals(message.length, whole[0]);
        assertTrue(steps <= message.length, steps + " steps");
    }
}
