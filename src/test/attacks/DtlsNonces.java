import dev.jvmrtc.wire.LentBytes;
import dev.jvmrtc.core.*;
import dev.jvmrtc.dtls.*;
import dev.jvmrtc.dtls.bc.*;
import dev.jvmrtc.wire.*;
import java.util.*;
/** Thousands of associations with loss for so many seconds: every record under keys that leaves either side, by its number. Right: no number twice, and the nonce is the number. */
public class DtlsNonces {
    public static void main(String[] a) throws Exception {
        RandomSource q = RandomSource.of(new java.security.SecureRandom()); HandshakeExecutor ex = new dev.jvmrtc.engine.HandshakeThreads(); Random r = new Random(7);
        DtlsIdentity ia = SelfSigned.ecdsa(java.time.Instant.now(), java.time.Instant.now().plusSeconds(1000000), q), ib = SelfSigned.ecdsa(java.time.Instant.now(), java.time.Instant.now().plusSeconds(1000000), q);
        long records = 0, reused = 0, mismatch = 0, assoc = 0, up = 0, finishedAgain = 0, end = System.currentTimeMillis() + Integer.parseInt(a[0]) * 1000L;
        while (System.currentTimeMillis() < end) { assoc++;
            List<byte[]>[] out = new List[] {new ArrayList<byte[]>(), new ArrayList<byte[]>()}; Set<Long>[] nums = new Set[] {new HashSet<Long>(), new HashSet<Long>()};
            BcDtlsEngine[] e = new BcDtlsEngine[2]; for (int k = 0; k < 2; k++) { int s = k; e[k] = new BcDtlsEngine(k == 0 ? ia : ib, (d, o, l) -> out[s].add(Arrays.copyOfRange(d, o, o + l)), ex, q); }
            e[0].start(System.nanoTime(), DtlsRole.CLIENT, List.of(Fingerprint.of("sha-256", ib.certificateDer()))); e[1].start(System.nanoTime(), DtlsRole.SERVER, List.of(Fingerprint.of("sha-256", ia.certificateDer())));
            boolean[] conn = new boolean[2]; long stop = System.currentTimeMillis() + 1200; int sent = 0; double loss = r.nextInt(3) * 0.15; List<byte[]> lastFlight = new ArrayList<>(); byte[] m = new byte[300];
            while (System.currentTimeMillis() < stop && sent < 200) { for (int k = 0; k < 2; k++) { List<byte[]> w = List.copyOf(out[k]); out[k].clear(); for (byte[] d : w) { for (int p = 0; p + 13 <= d.length; ) { int n = Bytes.u16(d, p + 11); if (Bytes.u16(d, p + 3) == 1) { records++; long num = Bytes.i64(d, p + 3); if (Bytes.i64(d, p + 13) != num) mismatch++; if (!nums[k].add(num)) reused++; if (d[p] == 22 && conn[k]) finishedAgain++; } p += 13 + n; }
                        if (r.nextDouble() >= loss) e[1 - k].handleDatagram(System.nanoTime(), LentBytes.of(d)); if (k == 0 && !conn[1] && lastFlight.size() < 8 && d[0] == 22) lastFlight.add(d); } }
                for (int k = 0; k < 2; k++) { e[k].handleTimeout(System.nanoTime()); for (DtlsEvent v = e[k].pollEvent(); v != null; v = e[k].pollEvent()) if (v instanceof DtlsEvent.Connected) conn[k] = true; if (conn[k] && r.nextInt(3) == 0) { e[k].send(m, 0, r.nextInt(300)); sent++; } }
                if (conn[1] && r.nextInt(10) == 0) for (byte[] d : lastFlight) e[1].handleDatagram(System.nanoTime(), LentBytes.of(d)); // the client's flight again
                if (!conn[0] || !conn[1]) Thread.sleep(1); }
            if (conn[0] && conn[1]) up++;
            e[0].close(); e[1].close(); for (int k = 0; k < 2; k++) for (byte[] d : out[k]) if (Bytes.u16(d, 3) == 1) { records++; if (!nums[k].add(Bytes.i64(d, 3))) reused++; if (Bytes.i64(d, 13) != Bytes.i64(d, 3)) mismatch++; }
        }
        System.out.printf("%d associations (%d up), %d records under keys, %d handshake records resent after the handshake; numbers used twice: %d, nonce unlike the number: %d%n", assoc, up, records, finishedAgain, reused, mismatch);
        System.exit(0);
    }
}
