import dev.jvmrtc.*;
import java.util.*;
import java.util.concurrent.*;
/** One datagram with no secret in it, of each kind and length, against an established call; with an argument one is really spoofed from another socket (root). Right: the call goes on. */
public class DtlsKill {
    public static void main(String[] a) throws Exception {
        RTCPeerConnectionFactory f = RTCPeerConnectionFactory.builder().includeLoopback(true).addressFilter(x -> x.isLoopbackAddress()).eventLoops(1).build();
        for (int type : new int[] {22, 21, 20, 24, 23}) for (int len : new int[] {0, 1, 8, 23, 24, 100}) {
            RTCPeerConnection victim = f.createPeerConnection();
            String[] err = {""};
            RawPeer p = new RawPeer();
            p.connect(victim, p.offer("actpass", "sendrecv", "data"));
            victim.getSctp().getTransport().onError(e -> err[0] = e.error().getMessage());
            p.pumpFor(200);
            byte[] d = new byte[13 + len];
            d[0] = (byte) type; d[1] = (byte) 0xfe; d[2] = (byte) 0xfd; d[4] = 1; d[8] = 1; d[11] = (byte) (len >> 8); d[12] = (byte) len;
            String before = victim.getConnectionState().toString();
            p.raw(p.remote, d);   // nothing secret in it
            p.pumpFor(200);
            System.out.printf("type %d, epoch 1, length %3d: %s -> %s %s%n", type, len, before, victim.getConnectionState(), err[0]);
            victim.close(); p.close();
        }
        if (a.length > 0) { // spoofed for real
            RTCPeerConnection victim = f.createPeerConnection();
            RawPeer p = new RawPeer();
            p.connect(victim, p.offer("actpass", "sendrecv", "data"));
            p.pumpFor(200);
            System.out.println("spoofing from " + p.local + " to " + p.remote + ", state " + victim.getConnectionState());
            Process s = new ProcessBuilder("python3", "spoof.py", "" + p.local.getPort(), "" + p.remote.getPort(), "16fefd00010000000100000000").inheritIO().start();
            s.waitFor(); p.pumpFor(300);
            System.out.println("after one spoofed datagram of 13 bytes: " + victim.getConnectionState());
        }
        System.exit(0);
    }
}
