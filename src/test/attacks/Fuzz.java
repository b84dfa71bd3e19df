package dev.jvmrtc.media;
import dev.jvmrtc.wire.LentBytes;
import dev.jvmrtc.core.*;
import dev.jvmrtc.dtls.*;
import dev.jvmrtc.dtls.bc.*;
import dev.jvmrtc.ice.*;
import dev.jvmrtc.jsep.*;
import dev.jvmrtc.media.codec.AudioDecoder;
import dev.jvmrtc.media.codec.AudioEncoder;
import dev.jvmrtc.media.codec.CodecException;
import dev.jvmrtc.media.codec.Codecs;
import dev.jvmrtc.media.codec.VideoDecoder;
import dev.jvmrtc.media.codec.VideoEncoder;
import dev.jvmrtc.media.file.Clip;
import dev.jvmrtc.media.file.Ivf;
import dev.jvmrtc.media.file.OggOpus;
import dev.jvmrtc.media.file.Wav;
import dev.jvmrtc.media.file.Y4m;
import dev.jvmrtc.media.frame.AudioFrame;
import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.VideoFrame;
import dev.jvmrtc.rtp.*;
import dev.jvmrtc.rtp.congestion.*;
import dev.jvmrtc.rtp.receive.RtpReceiveStream;
import dev.jvmrtc.rtp.receive.RtxRepair;
import dev.jvmrtc.rtp.rtcp.*;
import dev.jvmrtc.rtp.send.OutgoingPacket;
import dev.jvmrtc.rtp.send.PacketPool;
import dev.jvmrtc.rtp.send.QueuedPacket;
import dev.jvmrtc.rtp.send.RtpSendStream;
import dev.jvmrtc.rtp.send.TransportSequence;
import dev.jvmrtc.stun.*;
import dev.jvmrtc.turn.*;
import dev.jvmrtc.wire.*;
import java.net.*;
import java.nio.file.*;
import java.util.*;
import java.util.stream.*;
/** Mutational fuzzers without coverage: Fuzz sdp|stun|rtp|dtls|turn|codec|file SECONDS SEED [CODEC]. Nothing may be thrown that is not a refusal, and no case may take long; src/fuzz does the same with coverage. */
public class Fuzz {
    static Random r; static long now = 1_000_000_000L; static final Map<String, Long> found = new TreeMap<>(); static final Map<String, String> example = new TreeMap<>(); static double slowest; static String slowestWhat = "";
    static byte[] mutate(byte[] in) {
        byte[] d = in.clone(); int ops = 1 + r.nextInt(5);
        for (int k = 0; k < ops && d.length > 0; k++) switch (r.nextInt(8)) {
            case 0 -> d[r.nextInt(d.length)] = (byte) r.nextInt();
            case 1 -> d[r.nextInt(d.length)] ^= 1 << r.nextInt(8);
            case 2 -> d[r.nextInt(d.length)] = new byte[] {0, -1, 127, -128, 1}[r.nextInt(5)];
            case 3 -> d = Arrays.copyOf(d, Math.max(1, r.nextInt(d.length + 1)));
            case 4 -> d = Arrays.copyOf(d, d.length + r.nextInt(40));
            case 5 -> { int a = r.nextInt(d.length), n = Math.min(d.length - a, 1 + r.nextInt(16)), b = r.nextInt(d.length - n + 1); System.arraycopy(d, a, d, b, n); }
            case 6 -> { if (d.length > 2) { int a = r.nextInt(d.length - 1); d[a] = (byte) r.nextInt(); d[a + 1] = (byte) r.nextInt(); } }
            case 7 -> { int a = r.nextInt(d.length), n = Math.min(d.length - a, 1 + r.nextInt(20)); byte[] x = new byte[d.length + n]; System.arraycopy(d, 0, x, 0, a + n); System.arraycopy(d, a, x, a + n, d.length - a); d = x; }
        }
        return d;
    }
    static String mutateText(List<String> corpus) {
        List<String> l = new ArrayList<>(Arrays.asList(corpus.get(r.nextInt(corpus.size())).split("\r?\n")));
        String[] bits = {"", " ", ":", "-1", "0", "4294967296", "99999999999999999999", "a", "*", ";", "=", "/", "BUNDLE", "recvonly", "\u2028", "\0", "%", "::1", "1.2.3.4", ".local", "x".repeat(300), "apt=96", "96", "127", "128", "rtx/90000", "FID 1 1", "sha-256", "00"};
        for (int k = 1 + r.nextInt(6); k > 0 && !l.isEmpty(); k--) { int i = r.nextInt(l.size()); switch (r.nextInt(9)) {
            case 0 -> l.remove(i); case 1 -> l.add(i, l.get(r.nextInt(l.size()))); case 2 -> Collections.swap(l, i, r.nextInt(l.size()));
            case 3 -> { String s = l.get(i); int p = r.nextInt(s.length() + 1); l.set(i, s.substring(0, p) + bits[r.nextInt(bits.length)] + s.substring(p)); }
            case 4 -> { String s = l.get(i); int p = r.nextInt(s.length() + 1), q = p + r.nextInt(s.length() - p + 1); l.set(i, s.substring(0, p) + bits[r.nextInt(bits.length)] + s.substring(q)); }
            case 5 -> { String s = l.get(i); l.set(i, s.replaceFirst("\\d+", bits[r.nextInt(bits.length)].replace("\\", "").replace("$", ""))); }
            case 6 -> { String[] other = corpus.get(r.nextInt(corpus.size())).split("\r?\n"); l.add(i, other[r.nextInt(other.length)]); }
            case 7 -> { String[] w = l.get(i).split(" "); if (w.length > 1) { w[r.nextInt(w.length)] = bits[r.nextInt(bits.length)]; l.set(i, String.join(" ", w)); } }
            default -> { int n = Math.min(l.size() - i, 1 + r.nextInt(15)); l.addAll(r.nextInt(l.size()), new ArrayList<>(l.subList(i, i + n))); } } if (l.isEmpty()) break; }
        return String.join("\r\n", l) + "\r\n";
    }
    interface Case { void run() throws Throwable; }
    static void attempt(String input, Case c) {
        long t = System.nanoTime();
        try { c.run(); } catch (MalformedException | JsepException | java.io.IOException | CodecException e) { } catch (Throwable e) {
            StackTraceElement s = e.getStackTrace().length == 0 ? null : Arrays.stream(e.getStackTrace()).filter(x -> x.getClassName().startsWith("dev.jvmrtc") && !x.getClassName().contains("Fuzz")).findFirst().orElse(e.getStackTrace()[0]);
            String k = e.getClass().getSimpleName() + " at " + s; found.merge(k, 1L, Long::sum); example.putIfAbsent(k, e.getMessage() + " input " + input); }
        double ms = (System.nanoTime() - t) / 1e6; if (ms > slowest) { slowest = ms; slowestWhat = input.length() > 300 ? input.substring(0, 300) : input; }
    }
    static String hex(byte[] d) { return HexFormat.of().formatHex(d, 0, Math.min(d.length, 150)); }
    public static void main(String[] a) throws Exception {
        long seed = Long.parseLong(a[2]); r = new Random(seed); long end = System.currentTimeMillis() + Long.parseLong(a[1]) * 1000; long n = 0;
        Runnable step = switch (a[0]) { case "sdp" -> sdp(); case "stun" -> stun(); case "rtp" -> rtp(); case "dtls" -> dtls(); case "turn" -> turn(); case "codec" -> codec(a.length > 3 ? a[3] : "VP8"); case "file" -> file(); default -> throw new Error(); };
        while (System.currentTimeMillis() < end) { step.run(); n++; }
        System.out.printf("%s: %d cases, seed %d, slowest %.0f ms (%s)%n", a[0], n, seed, slowest, slowest > 200 ? slowestWhat.replace("\r\n", "|") : ""); found.forEach((k, v) -> System.out.println("  " + v + " x " + k + "  e.g. " + (example.get(k).length() > 700 ? example.get(k).substring(0, 700) : example.get(k)).replace("\r\n", "|"))); if (found.isEmpty()) System.out.println("  nothing thrown");
        System.exit(0);
    }
    static Negotiator negotiator() { RandomSource q = RandomSource.seeded(r.nextInt()); return new Negotiator(new LocalSettings(new BundlePolicy[] {BundlePolicy.BALANCED, BundlePolicy.MAX_COMPAT, BundlePolicy.MAX_BUNDLE}[r.nextInt(3)], List.of("sha-256 " + String.join(":", Collections.nCopies(32, "AB"))), () -> new Credentials(q.nextIceChars(4), q.nextIceChars(24)), () -> q.nextInt() & 0xffffffffL, () -> UUID.randomUUID().toString(), "cname", "1", 1 << 20, r.nextInt(8) == 0)); }
    static Runnable sdp() throws Exception {
        List<String> corpus = new ArrayList<>(); try (Stream<Path> p = Files.list(Path.of(System.getProperty("sdp.dir", "src/test/resources/sdp")))) { for (Path x : p.toList()) corpus.add(Files.readString(x)); }
        return () -> { String s = mutateText(corpus), s2 = r.nextBoolean() ? s : mutateText(List.of(s)); attempt(s, () -> { Negotiator g = negotiator();
            if (r.nextInt(3) == 0) { g.addTransceiver(MediaKind.VIDEO, dev.jvmrtc.jsep.Direction.values()[r.nextInt(4)], true, null); if (r.nextBoolean()) g.wantData(); }
            if (r.nextInt(4) == 0) { String o = g.createOffer(false); g.applyLocal(g.parse(true, SdpType.OFFER, o)); g.plan(); Description d = g.parse(false, r.nextBoolean() ? SdpType.ANSWER : SdpType.PRANSWER, r.nextBoolean() ? s : mutateText(List.of(o.replace("actpass", "active")))); g.applyRemote(d); g.plan(); g.createOffer(true); g.isNegotiationNeeded(); return; }
            Description d = g.parse(false, SdpType.OFFER, s); g.applyRemote(d); g.plan(); if (r.nextInt(6) == 0) { g.rollback(false); g.plan(); g.createOffer(false); return; }
            String ans = g.createAnswer(); g.applyLocal(g.parse(true, SdpType.ANSWER, ans)); g.plan(); g.isNegotiationNeeded();
            Description e = g.parse(false, SdpType.OFFER, s2); g.applyRemote(e); g.plan(); String an2 = g.createAnswer(); g.applyLocal(g.parse(true, SdpType.ANSWER, an2)); g.plan(); g.createOffer(r.nextBoolean()); }); 
            for (String l : s.split("\r\n")) if (l.startsWith("a=candidate")) attempt(l, () -> Candidate.parse(l).address()); };
    }
    static Runnable stun() {
        IceCredentials us = new IceCredentials("abcd", "abcdefghijklmnopqrstuvwx"), them = new IceCredentials("efgh", "efghefghefghefghefghefgh"); InetSocketAddress local = new InetSocketAddress("127.0.0.1", 1000), remote = new InetSocketAddress("127.0.0.1", 2000);
        IceAgent[] ag = new IceAgent[1]; int[] age = {0};
        return () -> { if (ag[0] == null || age[0]++ > 2000) { age[0] = 0; ag[0] = new IceAgent(us, r.nextBoolean(), r.nextInt(5) == 0, RandomSource.seeded(r.nextInt()), () -> 1); ag[0].addLocalAddress(now, local, 65535); ag[0].addServer(now, "stun:x", new InetSocketAddress("127.0.0.1", 3478)); ag[0].setRemoteCredentials(now, them, false); try { ag[0].addRemoteCandidate(now, Candidate.parse("candidate:1 1 udp 1 127.0.0.1 2000 typ host")); } catch (MalformedException e) { } }
            List<byte[]> ours = new ArrayList<>(); for (Transmit t = ag[0].pollTransmit(); t != null; t = ag[0].pollTransmit()) ours.add(t.data()); now += 5_000_000; ag[0].handleTimeout(now); while (ag[0].pollEvent() != null) { }
            var w = StunMessage.write(1, StunClass.values()[r.nextInt(4)], TransactionId.random(RandomSource.seeded(r.nextInt())));
            int k = r.nextInt(8); for (int i = 0; i < k; i++) { int type = new int[] {1, 6, 8, 9, 0xa, 0x14, 0x15, 0x20, 0x24, 0x25, 0x8022, 0x8029, 0x802a, 0x7fff, 0xffff}[r.nextInt(15)]; if (type == 6) w.text(6, r.nextInt(3) == 0 ? "x" : "abcd:efgh"); else { byte[] v = new byte[r.nextInt(3) == 0 ? r.nextInt(80) : new int[] {0, 4, 8, 20}[r.nextInt(4)]]; r.nextBytes(v); w.attribute(type, v); } }
            byte[] d = r.nextInt(3) == 0 && !ours.isEmpty() ? ours.get(r.nextInt(ours.size())) : r.nextInt(4) == 0 ? w.bytes() : w.integrity(r.nextBoolean() ? us.password().getBytes() : them.password().getBytes()).fingerprinted();
            if (r.nextBoolean()) d = mutate(d); if (!ours.isEmpty() && r.nextBoolean() && d.length >= 20) System.arraycopy(ours.get(0), 8, d, 8, 12);
            byte[] f = d; attempt(hex(f), () -> { try { StunMessage m = StunMessage.parse(f, 0, f.length); m.errorCode(); m.errorReason(); m.unknownRequiredAttributes(); m.text(6); m.u32(0x24); m.u64(0x802a); m.hasIntegrity("x".getBytes()); m.hasIntegritySha256("x".getBytes()); m.mappedAddress(); m.xorAddresses(0x16); m.alternateServer(); m.otherAddress(); } catch (MalformedException e) { } ag[0].handleDatagram(now, local, r.nextInt(4) == 0 ? new InetSocketAddress("127.0.0.1", 1 + r.nextInt(65000)) : remote, LentBytes.of(f)); }); };
    }
    static Runnable rtp() throws Exception {
        List<RtpCodec> codecs = List.of(new RtpCodec(96, "VP8", 90000, 1, Map.of(), List.of("nack", "nack pli"), -1), new RtpCodec(102, "H264", 90000, 1, Map.of("packetization-mode", "1"), List.of("nack"), -1), new RtpCodec(98, "VP9", 90000, 1, Map.of(), List.of(), -1), new RtpCodec(111, "opus", 48000, 2, Map.of(), List.of(), -1));
        RtpReceiveStream[] s = new RtpReceiveStream[1]; RtpSendStream[] snd = new RtpSendStream[1]; TransportFeedback[] fb = new TransportFeedback[1]; dev.jvmrtc.rtp.send.Pacer[] pacer = new dev.jvmrtc.rtp.send.Pacer[1]; SendRateEstimate[] est = new SendRateEstimate[1]; PacketPool pool = new PacketPool(); int[] c = {0}; int[] seq = {0};
        return () -> { if (s[0] == null || c[0]++ > 3000) { c[0] = 0; s[0] = new RtpReceiveStream(1234, r.nextInt(4) > 0, codecs); s[0].setOrientationExtension(3); snd[0] = new RtpSendStream(77, 78, RandomSource.seeded(r.nextInt()), pool); boolean rtx = r.nextBoolean(); snd[0].configure(codecs.get(r.nextInt(4)), rtx ? new RtpCodec(97, "rtx", 90000, 1, Map.of("apt", "96"), List.of(), 96) : null, dev.jvmrtc.rtp.header.HeaderExtensions.of(Map.of(dev.jvmrtc.rtp.header.HeaderExtensions.MID, 1, dev.jvmrtc.rtp.header.HeaderExtensions.TRANSPORT_SEQUENCE, 2, dev.jvmrtc.rtp.header.HeaderExtensions.VIDEO_ORIENTATION, 3)), "0"); fb[0] = new TransportFeedback(); pacer[0] = new dev.jvmrtc.rtp.send.Pacer(); est[0] = new SendRateEstimate(); }
            now += r.nextInt(20_000_000);
            byte[] pl = new byte[1 + r.nextInt(60)]; r.nextBytes(pl); if (r.nextBoolean()) pl[0] = (byte) new int[] {0x10, 0x90, 0x7c, 0x78, 0x18, 0x38, 0x8a, 0x0a, 28, 24}[r.nextInt(10)];
            seq[0] += r.nextInt(10) == 0 ? r.nextInt(65536) : r.nextInt(3) - (r.nextInt(5) == 0 ? 2 : 0);
            ByteWriter w = new ByteWriter().u8(0x80 | (r.nextBoolean() ? 0x10 : 0) | (r.nextInt(8) == 0 ? 0x20 : 0) | (r.nextInt(6) == 0 ? r.nextInt(16) : 0)).u8(new int[] {96, 102, 98, 111, 97, 60}[r.nextInt(6)] | (r.nextInt(3) == 0 ? 0x80 : 0)).u16(seq[0]).u32(r.nextInt(20) * 3000L).u32(1234).u16(r.nextBoolean() ? 0xbede : 0x1000).u16(r.nextInt(4)).u32(r.nextInt()).u32(r.nextInt()).bytes(pl);
            byte[] d = r.nextInt(3) == 0 ? mutate(w.toByteArray()) : w.toByteArray();
            attempt("rtp " + hex(d), () -> { RtpPacket p = new RtpPacket(); if (p.wrap(d, 0, d.length)) { for (int id = 0; id < 20; id++) { p.findExtension(id); p.extensionText(id); p.extensionU16(id); } p.csrcs(); if (r.nextInt(4) == 0) s[0].handleRepair(now, p, new RtxRepair(96)); else s[0].handlePacket(now, p); while (s[0].pollFrame() != null) { } } s[0].handleTimeout(now); List<Rtcp> out = new ArrayList<>(); s[0].collectFeedback(now, 5, out); out.forEach(x -> x.write(new ByteWriter())); Rtcp.ReportBlock b = s[0].reportBlock(now); s[0].snapshot(); fb[0].observe(r.nextInt(65536), now); if (r.nextInt(50) == 0) for (Rtcp.TransportCc t = fb[0].build(1, 2); t != null; t = fb[0].build(1, 2)) t.write(new ByteWriter()); });
            ByteWriter q = new ByteWriter(); for (int i = r.nextInt(4); i >= 0; i--) { int len = r.nextInt(12); q.u8(0x80 | r.nextInt(32)).u8(r.nextInt(10) == 0 ? r.nextInt(256) : 200 + r.nextInt(7)).u16(len); for (int k = 0; k < len; k++) q.u32(r.nextInt(3) == 0 ? 77 : r.nextInt()); }
            byte[] e = r.nextInt(3) == 0 ? mutate(q.toByteArray()) : q.toByteArray();
            attempt("rtcp " + hex(e), () -> { if (r.nextInt(4) == 0) { byte[] f = new byte[r.nextInt(4000)]; r.nextBytes(f); snd[0].sendFrame(OutgoingFrame(f), now, pacer[0]); } for (QueuedPacket qp = pacer[0].poll(now); qp != null; qp = pacer[0].poll(now)) if (qp instanceof OutgoingPacket p) { p.stream().beforeProtect(p, new TransportSequence(), now); pool.release(p); }
                for (Rtcp x : Rtcp.parse(e, 0, e.length)) { if (x instanceof Rtcp.Nack k) snd[0].handleNack(now, k.sequenceNumbers(), 1_000_000L, pacer[0]); else if (x instanceof Rtcp.SenderReport k) { s[0].handleSenderReport(now, k); for (var b : k.blocks()) { snd[0].handleReportBlock(b, r.nextLong() & 0xffffffffL); est[0].handleReportBlock(now, b, snd[0].roundTripNanos()); } } else if (x instanceof Rtcp.ReceiverReport k) { for (var b : k.blocks()) { snd[0].handleReportBlock(b, r.nextLong() & 0xffffffffL); est[0].handleReportBlock(now, b, snd[0].roundTripNanos()); s[0].setRtt(snd[0].roundTripNanos()); } } else if (x instanceof Rtcp.ReceiverEstimatedMaximumBitrate k) est[0].handleRemb(k.bitsPerSecond()); else if (x instanceof Rtcp.FullIntraRequest k) snd[0].handleFir(k.sequence()); x.write(new ByteWriter()); }
                if (est[0].bitsPerSecond() < SendRateEstimate.MIN || est[0].bitsPerSecond() > SendRateEstimate.MAX) throw new IllegalStateException("rate " + est[0].bitsPerSecond()); pacer[0].setPathRate(now, est[0].mediaBitsPerSecond()); snd[0].senderReport(now, now, List.of()); }); };
    }
    static dev.jvmrtc.rtp.format.OutgoingFrame OutgoingFrame(byte[] d) { return dev.jvmrtc.rtp.format.OutgoingFrame.of(d, true, r.nextInt() & 0xffffffffL); }
    static final HandshakeExecutor EX = new dev.jvmrtc.engine.HandshakeThreads();
    static Runnable dtls() {
        RandomSource q = RandomSource.of(new java.security.SecureRandom()); DtlsIdentity ia = SelfSigned.ecdsa(java.time.Instant.now(), java.time.Instant.now().plusSeconds(1000000), q), ib = SelfSigned.ecdsa(java.time.Instant.now(), java.time.Instant.now().plusSeconds(1000000), q);
        return () -> { ArrayDeque<byte[]> ab = new ArrayDeque<>(), ba = new ArrayDeque<>(); List<String> log = new ArrayList<>();
            attempt("dtls", () -> { BcDtlsEngine x = new BcDtlsEngine(ia, (d, o, l) -> ab.add(Arrays.copyOfRange(d, o, o + l)), EX, q), y = new BcDtlsEngine(ib, (d, o, l) -> ba.add(Arrays.copyOfRange(d, o, o + l)), EX, q); long t = System.nanoTime();
                x.start(t, DtlsRole.CLIENT, List.of(Fingerprint.of("sha-256", ib.certificateDer()))); y.start(t, DtlsRole.SERVER, List.of(Fingerprint.of("sha-256", ia.certificateDer()))); int up = 0; boolean over = false;
                for (int turn = 0; turn < 40 && !over; turn++) { for (int side = 0; side < 2; side++) { ArrayDeque<byte[]> wire = side == 0 ? ab : ba; BcDtlsEngine to = side == 0 ? y : x; for (byte[] d; (d = wire.poll()) != null; ) { List<byte[]> in = new ArrayList<>(); switch (r.nextInt(12)) { case 0 -> in.add(mutate(d)); case 1 -> { in.add(mutate(d)); in.add(d); } case 2 -> { in.add(d); in.add(mutate(d)); in.add(d); } case 3 -> { } case 4 -> { byte[] z = new byte[d.length + 13]; System.arraycopy(d, 0, z, 0, d.length); in.add(z); in.add(d); } case 5 -> { if (d[0] == 22 && d.length > 30) { byte[] z = d.clone(); z[19] = (byte) r.nextInt(3); z[22] = (byte) r.nextInt(3); in.add(z); } in.add(d); } default -> in.add(d); } for (byte[] i : in) to.handleDatagram(t, LentBytes.of(i)); } }
                    for (BcDtlsEngine e : new BcDtlsEngine[] {x, y}) for (DtlsEvent v = e.pollEvent(); v != null; v = e.pollEvent()) { if (v instanceof DtlsEvent.Connected) up++; if (v instanceof DtlsEvent.Closed) over = true; if (v instanceof DtlsEvent.Data k) { for (int i = 0; i < k.plaintext().length(); i++) if (k.plaintext().u8(i) != 'z') throw new IllegalStateException("data that nobody sent"); } }
                    if (up == 2) { byte[] m = new byte[r.nextInt(200)]; Arrays.fill(m, (byte) 'z'); (r.nextBoolean() ? x : y).send(m, 0, m.length); if (r.nextInt(30) == 0) { x.close(); } } else { t = System.nanoTime(); x.handleTimeout(t); y.handleTimeout(t); } }
                x.close(); y.close(); }); };
    }
    static Runnable turn() {
        byte[] key; try { key = java.security.MessageDigest.getInstance("MD5").digest("u:r:p".getBytes()); } catch (Exception e) { throw new Error(e); }
        return () -> attempt("turn", () -> { boolean stream = r.nextBoolean(); TurnClient c = new TurnClient("u", "p", stream, RandomSource.seeded(r.nextInt())); TurnFraming fr = new TurnFraming(); c.start(now); InetSocketAddress peer = new InetSocketAddress("10.0.0.1", 5);
            for (int turn = 0; turn < 30; turn++) { now += r.nextInt(2_000_000_000); c.handleTimeout(now); List<byte[]> reqs = new ArrayList<>(); for (byte[] m = c.pollTransmit(); m != null; m = c.pollTransmit()) reqs.add(m); c.send(now, r.nextBoolean() ? peer : new InetSocketAddress("10.0.0." + r.nextInt(200), 5), new byte[r.nextInt(1500)], 0, 0, (d, o, l) -> { }); if (r.nextInt(3) == 0) c.bind(now, peer); while (c.pollEvent() != null) { }
                for (byte[] q : reqs) { StunMessage m = StunMessage.parse(q, 0, q.length); StunMessage.Writer w; if (!m.has(StunAttribute.USERNAME)) w = StunMessage.write(m.method(), StunClass.ERROR_RESPONSE, m.transactionId()).error(401, "x").text(StunAttribute.REALM, "r").attribute(StunAttribute.NONCE, new byte[4]); else { w = StunMessage.write(m.method(), r.nextInt(4) == 0 ? StunClass.ERROR_RESPONSE : StunClass.SUCCESS_RESPONSE, m.transactionId()); if (r.nextInt(4) == 0) w.error(new int[] {300, 401, 403, 437, 438, 486, 508, 0, 799}[r.nextInt(9)], "e"); if (r.nextInt(3) > 0) w.xorAddress(StunAttribute.XOR_RELAYED_ADDRESS, new InetSocketAddress("1.2.3.4", 9)).xorMappedAddress(peer).u32(StunAttribute.LIFETIME, r.nextInt(3) == 0 ? r.nextInt() & 0xffffffffL : 600); w.integrity(key); } byte[] a = w.fingerprinted(); if (r.nextInt(3) == 0) a = mutate(a); give(c, fr, stream, a); }
                if (r.nextInt(3) == 0) { ByteWriter w = new ByteWriter().u16(0x4000 + r.nextInt(3)).u16(r.nextInt(20)).zeros(r.nextInt(24)); give(c, fr, stream, w.toByteArray()); } if (r.nextInt(3) == 0) give(c, fr, stream, mutate(StunMessage.write(7, StunClass.INDICATION, TransactionId.random(RandomSource.seeded(1))).xorAddress(StunAttribute.XOR_PEER_ADDRESS, peer).attribute(StunAttribute.DATA, new byte[9]).bytes())); if (r.nextInt(20) == 0) c.close(); } });
    }
    static void give(TurnClient c, TurnFraming fr, boolean stream, byte[] d) { TurnClient.PeerSink up = (n, rel, p, x) -> { if (x.offset() < 0 || x.length() < 0 || x.offset() + x.length() > x.array().length) throw new IllegalStateException("bounds"); }; if (stream) { int at = 0; while (at < d.length) { int k = Math.min(d.length - at, 1 + r.nextInt(40)); fr.handle(LentBytes.of(d, at, k), x -> c.handleMessage(now, x, up, (y, p, z) -> { })); at += k; } } else c.handleMessage(now, LentBytes.of(d), up, (y, p, z) -> { }); }
    static Runnable codec(String name) throws Exception {
        List<byte[]> seeds = new ArrayList<>(); boolean video = name.equals("VP8") || name.equals("H264");
        if (video) { VideoEncoder e = Codecs.videoEncoder(name.equals("H264") ? new EncodedFormat("H264", Map.of("profile-level-id", "42e01f")) : EncodedFormat.of(name)); for (int i = 0; i < 12; i++) { VideoFrame f = VideoFrame.allocate(64, 48, i * 33000L); r.nextBytes(f.y()); EncodedFrame x = e.encode(f, i % 4 == 0); if (x != null) seeds.add(x.data()); f.release(); } }
        else { AudioEncoder e = Codecs.audioEncoder(EncodedFormat.of(name)); for (int i = 0; i < 12; i++) { short[] s = new short[e.sampleRate() * e.frameMillis() / 1000 * e.channels()]; for (int k = 0; k < s.length; k++) s[k] = (short) (r.nextGaussian() * 4000); byte[] d = e.encode(s); if (d != null) seeds.add(d); } }
        Object[] dec = {null}; int[] n = {0};
        return () -> { if (dec[0] == null || n[0]++ > 200) { n[0] = 0; dec[0] = video ? Codecs.videoDecoder(name) : Codecs.audioDecoder(name); } byte[] d = r.nextInt(5) == 0 ? seeds.get(r.nextInt(seeds.size())) : mutate(seeds.get(r.nextInt(seeds.size()))); if (r.nextInt(20) == 0) { d = new byte[r.nextInt(100)]; r.nextBytes(d); } byte[] f = d;
            attempt(name + " " + hex(f), () -> { if (video) { VideoFrame p = ((VideoDecoder) dec[0]).decode(EncodedFrame.of(f, name, 0, true)); if (p != null) p.release(); } else { AudioDecoder x = (AudioDecoder) dec[0]; if (r.nextInt(6) == 0) x.conceal(r.nextBoolean() ? null : f, 20); else x.decode(f); } }); };
    }
    static Runnable file() throws Exception {
        Path dir = Files.createTempDirectory("fuzzfiles"); List<byte[]> seeds = new ArrayList<>(); List<String> ext = new ArrayList<>();
        Path p = dir.resolve("a.ivf"); try (Ivf.Writer w = new Ivf.Writer(p, "VP8")) { for (int i = 0; i < 4; i++) w.write(EncodedFrame.of(new byte[30], "VP8", i * 3000, i == 0)); } seeds.add(Files.readAllBytes(p)); ext.add("ivf");
        p = dir.resolve("a.ogg"); try (OggOpus.Writer w = new OggOpus.Writer(p, 2)) { for (int i = 0; i < 4; i++) w.write(EncodedFrame.of(new byte[300], "opus", i * 960, true)); } seeds.add(Files.readAllBytes(p)); ext.add("ogg");
        p = dir.resolve("a.wav"); try (Wav.Writer w = new Wav.Writer(p)) { w.write(new AudioFrame(new short[960], 48000, 2)); } seeds.add(Files.readAllBytes(p)); ext.add("wav");
        p = dir.resolve("a.y4m"); try (Y4m.Writer w = new Y4m.Writer(p, 25)) { VideoFrame f = VideoFrame.allocate(16, 16, 0); w.write(f); f.release(); } seeds.add(Files.readAllBytes(p)); ext.add("y4m");
        byte[] h264 = {0, 0, 0, 1, 0x67, 66, -32, 31, 1, 0, 0, 0, 1, 0x68, 1, 0, 0, 0, 1, 0x65, 1, 2, 3, 0, 0, 1, 0x41, 4, 5}; seeds.add(h264); ext.add("h264");
        return () -> { int i = r.nextInt(seeds.size()); byte[] d = mutate(seeds.get(i)); Path f = dir.resolve("x." + ext.get(i)); attempt(ext.get(i) + " " + hex(d), () -> { Files.write(f, d); switch (ext.get(i)) { case "wav" -> { try (Wav.Reader x = new Wav.Reader(f)) { for (int k = 0; k < 20 && x.read(20) != null; k++) { } } } case "y4m" -> { try (Y4m.Reader x = new Y4m.Reader(f)) { for (int k = 0; k < 5; k++) { VideoFrame v = x.read(); if (v == null) break; v.release(); } } } default -> Clip.read(f); } }); };
    }
}
