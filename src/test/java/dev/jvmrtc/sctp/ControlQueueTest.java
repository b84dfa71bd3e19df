package dev.jvmrtc.sctp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.Counters;
import dev.jvmrtc.sctp.packet.Chunk;
import dev.jvmrtc.sctp.packet.ChunkType;
import dev.jvmrtc.sctp.packet.ErrorCause;
import dev.jvmrtc.sctp.packet.Extensions;
import dev.jvmrtc.sctp.packet.PacketFormat;
import dev.jvmrtc.wire.ByteWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class ControlQueueTest {
    private static final int TAG = 77;
    private static final Chunk ACK = new Chunk.Bare(ChunkType.COOKIE_ACK);
    private static final Chunk INIT = new Chunk.Init(false, 1, 1, 1, 1, 1, Extensions.NONE, null);

    private final Counters drops = new Counters();
    private final ControlQueue control = new ControlQueue(100, drops);
    private final ByteWriter packet = new ByteWriter();

    private boolean write(int tag) {
        packet.clear().zeros(PacketFormat.HEADER_LENGTH);
        return control.write(packet, tag);
    }

    private int written() {
        return packet.length() - PacketFormat.HEADER_LENGTH;
    }

    @Test
    void chunksOfATagShareAPacketAndLeaveRoomForData() {
        control.add(TAG, ACK);
        control.add(TAG, new Chunk.Heartbeat(true, new byte[8]));
        control.add(TAG + 1, ACK);
        assertEquals(TAG, control.nextTag());
        assertTrue(write(TAG));
        assertEquals(4 + 16, written());
        assertEquals(TAG + 1, control.nextTag());
        assertTrue(write(TAG + 1));
        assertTrue(control.isEmpty());
    }

    @Test
    void initAndShutdownCompleteTravelAlone() {
        for (Chunk alone : List.of(INIT, new Chunk.Bare(ChunkType.SHUTDOWN_COMPLETE))) {
            control.add(TAG, ACK);
            control.add(TAG, alone);
            control.add(TAG, ACK);
            assertFalse(write(TAG), "not behind another");
            assertEquals(4, written());
            assertFalse(write(TAG), "nor before one");
            assertEquals(alone == INIT ? 20 : 4, written());
            assertTrue(write(TAG));
            assertTrue(control.isEmpty());
        }
    }

    @Test
    void whatDoesNotFitWaitsForTheNextPacketAndWhatFitsNoneLeavesAlone() {
        control.add(TAG, new Chunk.Heartbeat(true, new byte[40]));
        control.add(TAG, new Chunk.Heartbeat(true, new byte[40]));
        control.add(TAG, new Chunk.CookieEcho(new byte[200]));
        assertFalse(write(TAG));
        assertEquals(48, written());
        assertFalse(write(TAG));
        assertEquals(48, written());
        assertTrue(write(TAG));
        assertEquals(204, written());
    }

    @Test
    void beyondTheLimitChunksAreDroppedAndCounted() {
        for (int i = 0; i < ControlQueue.MAX_PENDING + 3; i++) {
            control.add(TAG, ACK);
        }
        assertEquals(3, drops.get("too many SCTP control chunks at once"));
        Chunk abort = new Chunk.Abort(List.of(new ErrorCause(ErrorCause.NO_USER_DATA, new byte[4])));
        control.replace(TAG, abort);
        assertTrue(write(TAG));
        assertEquals(12, written(), "the last that is said is said alone");
        assertTrue(control.isEmpty());
    }

    @Test
    void onceTheAssociationIsUpNoInitLeaves() {
        control.add(0, INIT);
        control.add(TAG, ACK);
        control.dropInits();
        assertEquals(TAG, control.nextTag());
        assertTrue(write(TAG));
        assertTrue(control.isEmpty());
    }
}
