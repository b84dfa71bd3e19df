import dev.jvmrtc.wire.LentBytes;
import dev.jvmrtc.*;
import dev.jvmrtc.dtls.*;
import dev.jvmrtc.dtls.bc.*;
import dev.jvmrtc.ice.*;
import java.io.*;
import java.net.*;
import java.util.*;
import java.util.concurrent.*;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.tls.*;
import org.bouncycastle.tls.crypto.*;
import org.bouncycastle.tls.crypto.impl.bc.*;

/** A DTLS client or server with every knob turned: other certificates and keys, weak suites, old versions, renegotiation. Right: refused but for what is as strong as the offer, and never in the state connected. */
public class Downgrade {
    static RTCPeerConnectionFactory f = RTCPeerConnectionFactory.builder().includeLoopback(true).addressFilter(x -> x.isLoopbackAddress()).eventLoops(1).build();
    static class T implements DatagramTransport {
        final RawPeer p; final BlockingQueue<byte[]> in = new LinkedBlockingQueue<>(); volatile boolean closed; final List<byte[]> sent = Collections.synchronizedList(new ArrayList<>());
        T(RawPeer p) { this.p = p; }
        public int getReceiveLimit() { return 16000; } public int getSendLimit() { return 1200; }
        public int receive(byte[] b, int o, int n, int w) throws IOException { try { byte[] d = in.poll(w, TimeUnit.MILLISECONDS); if (d == null) return -1; System.arraycopy(d, 0, b, o, Math.min(n, d.length)); return Math.min(n, d.length); } catch (InterruptedException e) { throw new IOException(e); } }
        public void send(byte[] b, int o, int n) throws IOException { byte[] c = Arrays.copyOfRange(b, o, o + n); sent.add(c); synchronized (p) { p.raw(p.remote, c); } }
        public void close() { closed = true; }
    }
    static BcTlsCrypto crypto = new BcTlsCrypto(new java.security.SecureRandom());
    static TlsCredentialedSigner signer(TlsContext c, DtlsIdentity cert, DtlsIdentity key) throws IOException {
        return new BcDefaultTlsCredentialedSigner(new TlsCryptoParameters(c), crypto, PrivateKeyFactory.createKey(key.privateKeyDer()), new Certificate(new TlsCertificate[] {crypto.createCertificate(cert.certificateDer())}),
            SignatureAndHashAlgorithm.getInstance(HashAlgorithm.sha256, SignatureAlgorithm.ecdsa));
    }
    interface Knobs { default int[] suites() { return new int[] {CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}; } default ProtocolVersion[] versions() { return ProtocolVersion.DTLSv12.only(); }
        default TlsCredentials credentials(TlsContext c, RawPeer p) throws IOException { return signer(c, p.id, p.id); } default boolean ems() { return true; } default int[] srtp() { return new int[] {7, 1}; } default boolean sct() { return false; } }
    static void client(String name, Knobs k) throws Exception { client(name, k, null); }
    interface After { void run(DTLSTransport t, RawPeer p, T tr, RTCPeerConnection v) throws Exception; }
    static void client(String name, Knobs k, After after) throws Exception {
        RTCPeerConnection victim = f.createPeerConnection(); RawPeer p = new RawPeer(); p.hold = true; T t = new T(p);
        p.dtls.close(); p.dtls = new DtlsEngine() { public void abandon() { } public void start(long n, DtlsRole r, List<Fingerprint> l) { } public void handleDatagram(long n, LentBytes d) { t.in.add(d.copy()); } public boolean send(byte[] d, int o, int n) { return false; } public void close() { } public void handleTimeout(long n) { } public long nextTimeoutNanos() { return NEVER; } public DtlsEvent pollEvent() { return null; } };
        String[] err = {""};
        p.connect(victim, p.offer("active", "sendrecv", "data", "video"));
        p.pumpUntil(() -> p.remote != null, 5000);
        Thread pump = new Thread(() -> { try { while (!Thread.interrupted()) { synchronized (p) { p.pump(); } Thread.sleep(1); } } catch (Exception e) { } }); pump.setDaemon(true); pump.start();
        String r;
        try {
            victim.getSctp();
            DTLSClientProtocol proto = new DTLSClientProtocol();
            DTLSTransport tr = proto.connect(new DefaultTlsClient(crypto) {
                protected ProtocolVersion[] getSupportedVersions() { return k.versions(); } protected int[] getSupportedCipherSuites() { return k.suites(); }
                public boolean shouldUseExtendedMasterSecret() { return k.ems(); }
                public int getHandshakeTimeoutMillis() { return 4000; }
                public Hashtable getClientExtensions() throws IOException { Hashtable x = TlsExtensionsUtils.ensureExtensionsInitialised(super.getClientExtensions()); if (k.srtp() != null) TlsSRTPUtils.addUseSRTPExtension(x, new UseSRTPData(k.srtp(), TlsUtils.EMPTY_BYTES)); return x; }
                public TlsAuthentication getAuthentication() { return new TlsAuthentication() { public void notifyServerCertificate(TlsServerCertificate c) { } public TlsCredentials getClientCredentials(CertificateRequest q) throws IOException { return k.credentials(context, p); } }; }
                public void notifyHandshakeComplete() throws IOException { super.notifyHandshakeComplete(); var s = context.getSecurityParametersConnection(); System.out.print("   [negotiated suite 0x" + Integer.toHexString(s.getCipherSuite()) + " version " + s.getNegotiatedVersion() + " ems " + s.isExtendedMasterSecret() + " renegotiation_info " + s.isSecureRenegotiation() + " session id " + (s.getSessionID() == null ? 0 : s.getSessionID().length) + "]\n"); }
            }, t);
            r = "HANDSHAKE COMPLETE";
            Thread.sleep(300);
            if (after != null) after.run(tr, p, t, victim);
        } catch (Throwable e) { r = "refused: " + e.getClass().getSimpleName() + " " + e.getMessage(); }
        Thread.sleep(200);
        System.out.printf("client, %-62s %s; victim %s%n", name, r, victim.getConnectionState());
        pump.interrupt(); victim.close(); p.close();
    }
    static void server(String name, Knobs k) throws Exception {
        RTCPeerConnection victim = f.createPeerConnection(); RawPeer p = new RawPeer(); p.hold = true; T t = new T(p);
        p.dtls.close(); p.dtls = new DtlsEngine() { public void abandon() { } public void start(long n, DtlsRole r, List<Fingerprint> l) { } public void handleDatagram(long n, LentBytes d) { t.in.add(d.copy()); } public boolean send(byte[] d, int o, int n) { return false; } public void close() { } public void handleTimeout(long n) { } public long nextTimeoutNanos() { return NEVER; } public DtlsEvent pollEvent() { return null; } };
        p.connect(victim, p.offer("passive", "sendrecv", "data", "video"));
        p.pumpUntil(() -> p.remote != null, 5000);
        Thread pump = new Thread(() -> { try { while (!Thread.interrupted()) { synchronized (p) { p.pump(); } Thread.sleep(1); } } catch (Exception e) { } }); pump.setDaemon(true); pump.start();
        String r;
        try {
            DTLSServerProtocol proto = new DTLSServerProtocol(); proto.setVerifyRequests(false);
            proto.accept(new DefaultTlsServer(crypto) {
                protected ProtocolVersion[] getSupportedVersions() { return k.versions(); } protected int[] getSupportedCipherSuites() { return k.suites(); }
                public boolean shouldUseExtendedMasterSecret() { return k.ems(); }
                public int getHandshakeTimeoutMillis() { return 4000; }
                public CertificateRequest getCertificateRequest() { return k.sct() ? null : new CertificateRequest(new short[] {64}, TlsUtils.getDefaultSupportedSignatureAlgorithms(context), null); }
                public void notifyClientCertificate(Certificate c) { }
                public Hashtable getServerExtensions() throws IOException { Hashtable x = TlsExtensionsUtils.ensureExtensionsInitialised(super.getServerExtensions()); if (k.srtp() != null) TlsSRTPUtils.addUseSRTPExtension(x, new UseSRTPData(new int[] {k.srtp()[0]}, TlsUtils.EMPTY_BYTES)); return x; }
                protected TlsCredentialedSigner getECDSASignerCredentials() throws IOException { return (TlsCredentialedSigner) k.credentials(context, p); }
            }, t);
            r = "HANDSHAKE COMPLETE"; Thread.sleep(300);
        } catch (Throwable e) { r = "refused: " + e.getClass().getSimpleName() + " " + e.getMessage(); }
        Thread.sleep(200);
        System.out.printf("server, %-62s %s; victim %s%n", name, r, victim.getConnectionState());
        pump.interrupt(); victim.close(); p.close();
    }
    public static void main(String[] a) throws Exception {
        DtlsIdentity other = SelfSigned.ecdsa(java.time.Instant.now().minusSeconds(1000), java.time.Instant.now().plusSeconds(100000), new RawPeer().rnd);
        client("plain", new Knobs() { });
        client("no certificate (empty Certificate)", new Knobs() { public TlsCredentials credentials(TlsContext c, RawPeer p) { return null; } });
        client("another certificate", new Knobs() { public TlsCredentials credentials(TlsContext c, RawPeer p) throws IOException { return signer(c, other, other); } });
        client("the right certificate, another key", new Knobs() { public TlsCredentials credentials(TlsContext c, RawPeer p) throws IOException { return signer(c, p.id, other); } });
        client("chain: other's leaf, right certificate second", new Knobs() { public TlsCredentials credentials(TlsContext c, RawPeer p) throws IOException { return new BcDefaultTlsCredentialedSigner(new TlsCryptoParameters(c), crypto, PrivateKeyFactory.createKey(other.privateKeyDer()), new Certificate(new TlsCertificate[] {crypto.createCertificate(other.certificateDer()), crypto.createCertificate(p.id.certificateDer())}), SignatureAndHashAlgorithm.getInstance(HashAlgorithm.sha256, SignatureAlgorithm.ecdsa)); } });
        for (Object[] s : new Object[][] {{"ECDH_anon", CipherSuite.TLS_ECDH_anon_WITH_AES_128_CBC_SHA}, {"ECDHE_ECDSA_NULL", CipherSuite.TLS_ECDHE_ECDSA_WITH_NULL_SHA}, {"RSA key exchange", CipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256}, {"DHE_RSA", CipherSuite.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256}, {"PSK", CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256}, {"CBC SHA1", CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA}, {"CBC SHA256", CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256}, {"CHACHA20", CipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256}, {"CCM_8", CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8}})
            client("only " + s[0], new Knobs() { public int[] suites() { return new int[] {(Integer) s[1]}; } });
        client("only DTLS 1.0", new Knobs() { public ProtocolVersion[] versions() { return ProtocolVersion.DTLSv10.only(); } public int[] suites() { return new int[] {CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA}; } });
        client("no extended master secret", new Knobs() { public boolean ems() { return false; } });
        client("no use_srtp", new Knobs() { public int[] srtp() { return null; } });
        client("SRTP only NULL profiles 5, 6 and SHA1_32", new Knobs() { public int[] srtp() { return new int[] {5, 6, 2}; } });
        client("then a ClientHello under keys (renegotiation)", new Knobs() { }, (tr, p, t, v) -> { // first plain ClientHello again as handshake record of epoch 1
            byte[] hello = null; for (byte[] d : t.sent) if (d[0] == 22 && d[13] == 1) { hello = d; break; }
            var m = DTLSTransport.class.getDeclaredField("recordLayer"); m.setAccessible(true); Object rl = m.get(tr);
            var send = rl.getClass().getDeclaredMethod("sendRecord", short.class, byte[].class, int.class, int.class); send.setAccessible(true);
            byte[] body = Arrays.copyOfRange(hello, 13, hello.length); int before = t.in.size();
            send.invoke(rl, (short) 22, body, 0, body.length); send.invoke(rl, (short) 22, new byte[] {0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0}, 0, 12); Thread.sleep(500);
            System.out.println("   answers to renegotiation: " + (t.in.size() - before) + " datagrams, victim " + v.getConnectionState());
            // CCS and handshake garbage of huge length under keys
            byte[] huge = {11, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0, 2, 0, 0, 0, 0, 0, 0}; send.invoke(rl, (short) 22, huge, 0, 12); send.invoke(rl, (short) 20, new byte[] {1}, 0, 1);
            send.invoke(rl, (short) 21, new byte[] {1, 100}, 0, 2); Thread.sleep(200); System.out.println("   after 16 MB message, CCS, no_renegotiation warning under keys: victim " + v.getConnectionState());
        });
        server("plain", new Knobs() { });
        server("another certificate", new Knobs() { public TlsCredentials credentials(TlsContext c, RawPeer p) throws IOException { return signer(c, other, other); } });
        server("the right certificate, another key", new Knobs() { public TlsCredentials credentials(TlsContext c, RawPeer p) throws IOException { return signer(c, p.id, other); } });
        server("no CertificateRequest (victim unauthenticated)", new Knobs() { public boolean sct() { return true; } });
        server("no extended master secret", new Knobs() { public boolean ems() { return false; } });
        server("CBC SHA1", new Knobs() { public int[] suites() { return new int[] {CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA}; } });
        server("SRTP profile that was not offered (2)", new Knobs() { public int[] srtp() { return new int[] {2}; } });
        server("no use_srtp", new Knobs() { public int[] srtp() { return null; } });
        System.exit(0);
    }
}
