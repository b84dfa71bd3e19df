import dev.jvmrtc.*;
import java.io.*;
import java.net.*;
import java.util.*;
import java.util.concurrent.*;
/** Default settings but for the address: what a remote party's candidates make this machine connect to. Right: nothing connects to the mail server's port. */
public class Ssrf {
    public static void main(String[] a) throws Exception {
        InetAddress own = NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses).filter(x -> x instanceof Inet4Address && !x.isLoopbackAddress()).findFirst().orElse(null);
        System.out.println("own address " + own);
        RTCPeerConnectionFactory f = own == null ? RTCPeerConnectionFactory.builder().includeLoopback(true).build() : RTCPeerConnectionFactory.builder().build();
        String target = own == null ? "127.0.0.1" : own.getHostAddress();
        ServerSocket s = new ServerSocket(25, 50, InetAddress.getByName(target)); BlockingQueue<byte[]> got = new LinkedBlockingQueue<>();
        Thread t = new Thread(() -> { try { while (true) { Socket c = s.accept(); byte[] b = new byte[400]; c.setSoTimeout(2000); int n = c.getInputStream().read(b); got.add(Arrays.copyOf(b, Math.max(0, n))); } } catch (IOException e) { } }); t.setDaemon(true); t.start();
        RTCPeerConnection v = f.createPeerConnection(); RawPeer p = new RawPeer();
        String offer = p.offer("actpass", "sendrecv", "data").replaceAll("a=candidate:[^\r]*\r\n", "").replace("a=ice-ufrag:" + p.ufrag, "a=ice-ufrag:HELO evil.example") + "a=candidate:1 1 tcp 1 " + target + " 25 typ host tcptype passive\r\na=candidate:2 1 tcp 1 " + target + " 26 typ host tcptype passive\r\n";
        v.setRemoteDescription(new RTCSessionDescription(RTCSdpType.OFFER, offer)).get(5, TimeUnit.SECONDS); v.setLocalDescription().get(5, TimeUnit.SECONDS);
        byte[] b = got.poll(10, TimeUnit.SECONDS); System.out.println(b == null ? "nothing connected" : "port 25 got a connection and " + b.length + " bytes: " + new String(b, java.nio.charset.StandardCharsets.ISO_8859_1).replaceAll("[^ -~]", "."));
        System.exit(0);
    }
}
