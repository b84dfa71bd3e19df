import dev.jvmrtc.*;
import dev.jvmrtc.dtls.*;
import dev.jvmrtc.dtls.bc.*;
import java.math.BigInteger;
import java.nio.file.*;
import java.util.*;
import java.util.concurrent.*;
import org.bouncycastle.asn1.*;
import org.bouncycastle.asn1.pkcs.*;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.*;
/** A peer with an RSA key of 16,384 bits and, with {@code big}, an exponent as long; as DTLS {@code active} or {@code passive}. Right: refused at once, and the loop always answers. */
public class BigRsa {
    static DtlsIdentity identity(boolean bigE) throws Exception {
        String pem = Files.readString(Path.of("rsa16384.pem")).replaceAll("-----[^-]+-----", "").replaceAll("\\s", "");
        RSAPrivateKey k = RSAPrivateKey.getInstance(PrivateKeyInfo.getInstance(Base64.getDecoder().decode(pem)).parsePrivateKey());
        BigInteger n = k.getModulus(), p = k.getPrime1(), q = k.getPrime2(), phi = p.subtract(BigInteger.ONE).multiply(q.subtract(BigInteger.ONE));
        BigInteger e = k.getPublicExponent(), d;
        if (bigE) { Random r = new Random(5); do { e = new BigInteger(16_380, r).setBit(0).setBit(16_379); } while (!e.gcd(phi).equals(BigInteger.ONE)); }
        d = e.modInverse(phi);
        RSAPrivateKey mine = new RSAPrivateKey(n, e, d, p, q, d.mod(p.subtract(BigInteger.ONE)), d.mod(q.subtract(BigInteger.ONE)), q.modInverse(p));
        AlgorithmIdentifier rsa = new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE), sig = new AlgorithmIdentifier(PKCSObjectIdentifiers.sha256WithRSAEncryption, DERNull.INSTANCE);
        V3TBSCertificateGenerator g = new V3TBSCertificateGenerator();
        g.setSerialNumber(new ASN1Integer(1)); g.setSignature(sig); g.setIssuer(new X500Name("CN=x")); g.setSubject(new X500Name("CN=x"));
        g.setStartDate(new Time(new Date(System.currentTimeMillis() - 86400000L))); g.setEndDate(new Time(new Date(System.currentTimeMillis() + 864000000L)));
        g.setSubjectPublicKeyInfo(new SubjectPublicKeyInfo(rsa, new RSAPublicKey(n, e)));
        ASN1EncodableVector v = new ASN1EncodableVector(); v.add(g.generateTBSCertificate()); v.add(sig); v.add(new DERBitString(new byte[64])); // nobody looks at a self-signature
        return new DtlsIdentity(true, new PrivateKeyInfo(rsa, mine).getEncoded(), new DERSequence(v).getEncoded(), java.time.Instant.now().plusSeconds(86400));
    }
    public static void main(String[] a) throws Exception {
        boolean bigE = a[0].equals("big");
        DtlsIdentity id = identity(bigE);
        System.out.println("certificate of " + id.certificateDer().length + " bytes");
        RTCPeerConnectionFactory f = RTCPeerConnectionFactory.builder().includeLoopback(true).addressFilter(x -> x.isLoopbackAddress()).eventLoops(1).build();
        RTCPeerConnection victim = f.createPeerConnection();
        RawPeer p = new RawPeer();
        p.id = id; p.dtls = new BcDtlsEngine(id, p::sendDtls, RawPeer.THREADS, p.rnd);
        // a watch on the loop
        long[] worst = {0}; List<String> log = Collections.synchronizedList(new ArrayList<>()); boolean[] stop = {false}; long start = System.nanoTime();
        Thread watch = new Thread(() -> { while (!stop[0]) { long t = System.nanoTime(); try { victim.getDropCounts().get(60, TimeUnit.SECONDS); } catch (Exception e) { log.add(e.toString()); } long d = (System.nanoTime() - t) / 1_000_000; if (d > 200) log.add(String.format("at %.1f s the loop did not answer for %d ms", (t - start) / 1e9, d)); try { Thread.sleep(20); } catch (InterruptedException e) { } } });
        watch.setDaemon(true); watch.start();
        try { p.hold = false; p.connectWait(victim, p.offer(a[1], "sendrecv", "data"), 60_000); System.out.println("connected, we are " + p.connected.role() + " " + p.connected.cipherSuite()); }
        catch (Exception e) { System.out.println("no connection: " + e.getMessage()); }
        Thread.sleep(500); stop[0] = true; log.forEach(System.out::println);
        System.exit(0);
    }
}
