package dev.jvmrtc.rtp.rtcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.jvmrtc.wire.ByteWriter;
import org.junit.jupiter.api.Test;

class RtcpTest {

    @Test
    void readsNoMorePacketsOfACompoundThanTheBound() throws Exception {
        ByteWriter w = new ByteWriter(2_000);
        for (int i = 0; i < Rtcp.MAX_PACKETS + 10; i++) {
            new Rtcp.PictureLoss(1, 2).write(w);
        }
        assertEquals(Rtcp.MAX_PACKETS, Rtcp.parse(w.array(), 0, w.length()).size());
    }
}
