import dev.jvmrtc.*;
import dev.jvmrtc.stun.*;
import java.net.*;
import java.util.*;
import java.util.concurrent.*;
/** Small things that servers and strangers say: a description with a group and a section without mid, mapped addresses of three bytes, a spoofed Data indication (root). Right: an error or a drop, and the call goes on. */
public class Small {
    public static void main(String[] a) throws Exception {
        RTCPeerConnectionFactory f = RTCPeerConnectionFactory.builder().includeLoopback(true).addressFilter(x -> x.getHostAddress().equals("127.0.0.1")).eventLoops(1).build();
        { // BUNDLE and a section without mid
            RTCPeerConnection pc = f.createPeerConnection(); String sdp = SdpAttacks.head("a=group:BUNDLE 0\r\n") + SdpAttacks.video("96", "0", "") + SdpAttacks.video("96", "1", "").replace("a=mid:1\r\n", "");
            CompletableFuture<Void> c = pc.setRemoteDescription(new RTCSessionDescription(RTCSdpType.OFFER, sdp));
            try { c.get(3, TimeUnit.SECONDS); System.out.println("no-mid: taken"); } catch (TimeoutException e) { System.out.println("no-mid: future NEVER COMPLETES"); } catch (ExecutionException e) { System.out.println("no-mid: " + e.getCause()); }
            try { pc.createOffer().get(3, TimeUnit.SECONDS); System.out.println("   next operation works"); } catch (Exception e) { System.out.println("   next operation: " + e); }
            pc.close();
        }
        { // a STUN server's answer with a mapped address of 3 bytes
            DatagramSocket s = new DatagramSocket(0, InetAddress.getByName("127.0.0.1")); Thread t = new Thread(() -> { try { byte[] b = new byte[2000]; while (true) { DatagramPacket p = new DatagramPacket(b, b.length); s.receive(p); StunMessage m = StunMessage.parse(b, 0, p.getLength()); byte[] r = StunMessage.write(1, StunClass.SUCCESS_RESPONSE, m.transactionId()).attribute(StunAttribute.XOR_MAPPED_ADDRESS, new byte[3]).fingerprinted(); s.send(new DatagramPacket(r, r.length, p.getSocketAddress())); } } catch (Exception e) { } }); t.setDaemon(true); t.start();
            RTCPeerConnection pc = f.createPeerConnection(RTCConfiguration.builder().iceServers(List.of(RTCIceServer.of("stun:127.0.0.1:" + s.getLocalPort()))).build()); pc.createDataChannel("x"); pc.setLocalDescription().join(); Thread.sleep(1000);
            System.out.println("STUN answer with XOR-MAPPED-ADDRESS of 3 bytes: connection " + pc.getConnectionState() + ", dtls " + pc.getSctp()); pc.close(); s.close();
        }
        { // one datagram from the TURN server's address, by anybody: no integrity, no transaction
            TurnEvil.Server s = new TurnEvil.Server(); InetSocketAddress[] client = new InetSocketAddress[1]; s.a = (m, x) -> { client[0] = x; return m.has(StunAttribute.USERNAME) ? TurnEvil.success(m, new InetSocketAddress("127.0.0.1", 40000), x) : TurnEvil.challenge(m, 8); };
            RTCPeerConnection pc = TurnEvil.pc(s.port()); RawPeer p = new RawPeer(); p.connect(pc, p.offer("actpass", "sendrecv", "data")); p.pumpFor(300); String before = pc.getConnectionState().toString();
            byte[] evil = StunMessage.write(7, StunClass.INDICATION, TransactionId.random(p.rnd)).attribute(StunAttribute.XOR_PEER_ADDRESS, new byte[3]).attribute(StunAttribute.DATA, new byte[4]).bytes();
            Process q = new ProcessBuilder("python3", "spoof.py", "" + s.port(), "" + client[0].getPort(), HexFormat.of().formatHex(evil)).inheritIO().start(); q.waitFor(); p.pumpFor(500);
            System.out.println("established direct call, one spoofed TURN Data indication of " + evil.length + " bytes: " + before + " -> " + pc.getConnectionState() + " (selected path is the direct one: " + p.remote + ")"); pc.close();
        }
        System.exit(0);
    }
}
