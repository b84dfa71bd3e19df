import dev.jvmrtc.rtp.*;
import dev.jvmrtc.rtp.receive.ReceiveMemory;
import dev.jvmrtc.rtp.receive.RtpReceiveStream;
import dev.jvmrtc.rtp.rtcp.*;
import java.util.*;
/**
 * Packets of a frame that never ends, sequence numbers that leap, and large packets of unfinished frames. Right: a packet costs microseconds, feedback no more than what came, and what is
 * held stays below 32 MiB for a connection.
 */
public class FrameCpu {
    public static void main(String[] a) {
        List<RtpCodec> c = List.of(new RtpCodec(96, "VP8", 90000, 1, Map.of(), List.of("nack", "nack pli"), -1));
        for (int round = 0; round < 4; round++) {
            RtpReceiveStream s = new RtpReceiveStream(5, true, c); RtpPacket p = new RtpPacket(); long now = 1_000_000_000L; long t0 = System.nanoTime();
            for (int i = 0; i < 2000; i++) { byte[] d = RawPeer.rtpPacket(96, false, 100 + i, 7, 5, null, new byte[] {(byte) (i == 0 ? 0x10 : 0), 0, 1}); p.wrap(d, 0, d.length); s.handlePacket(now, p); }
            double ms = (System.nanoTime() - t0) / 1e6; t0 = System.nanoTime();
            // now keep it at 2,000: the same again and again costs the whole scan for each packet
            for (int i = 0; i < 2000; i++) { byte[] d = RawPeer.rtpPacket(96, false, 100 + i, 7, 5, null, new byte[] {0, 0, 1}); p.wrap(d, 0, d.length); s.handlePacket(now, p); }
            System.out.printf("first 2,000 packets: %.0f ms (%.0f µs each); 2,000 duplicates behind them: %.0f ms (%.0f µs each) = %.0f packets/s fill a loop%n", ms, ms / 2, (System.nanoTime() - t0) / 1e6, (System.nanoTime() - t0) / 2e6, 2e12 / (System.nanoTime() - t0));
        }
        // NACK: alternate lost packets make many missing entries; due() and nextTimeout scan all
        RtpReceiveStream s = new RtpReceiveStream(5, true, c); RtpPacket p = new RtpPacket(); long now = 1_000_000_000L; long t0 = System.nanoTime(); long out = 0, in = 0;
        for (int i = 0; i < 20000; i++) { byte[] d = RawPeer.rtpPacket(96, false, (i * 400) & 0xffff, i, 5, null, new byte[] {0x10, 0, 1}); in += d.length; p.wrap(d, 0, d.length); s.handlePacket(now, p); List<Rtcp> f = new ArrayList<>(); s.collectFeedback(now, 1, f); for (Rtcp x : f) { var w = new dev.jvmrtc.wire.ByteWriter(); x.write(w); out += w.length(); } now += 100_000; }
        System.out.printf("jumps of 400 sequence numbers: %d bytes in, %d bytes of NACK out, %.1f µs each%n", in, out, (System.nanoTime() - t0) / 2e7);
        // memory
        ReceiveMemory memory = new ReceiveMemory(); long h0 = RawPeer.heap(); List<RtpReceiveStream> all = new ArrayList<>(); long wire = 0;
        for (int k = 0; k < 8; k++) { RtpReceiveStream x = new RtpReceiveStream(k, true, c, memory); all.add(x); for (int i = 0; i < 2040; i++) { byte[] d = RawPeer.rtpPacket(96, false, 100 + i, 7, k, null, new byte[16000]); d[12] = (byte) (i == 0 ? 0x10 : 0); wire += d.length; p.wrap(d, 0, d.length); x.handlePacket(now, p); } }
        long h1 = RawPeer.heap(); if (all.size() == 99) return; System.out.printf("8 sources with one unfinished frame of 16,000-byte packets each: heap +%.0f MB for %.0f MB received%n", (h1 - h0) / 1e6, wire / 1e6); System.out.println(all.stream().mapToInt(x -> x.ssrc()).sum());
    }
}
