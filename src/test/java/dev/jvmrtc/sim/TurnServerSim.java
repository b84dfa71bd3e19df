package dev.jvmrtc.sim;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.stun.StunAttribute;
import dev.jvmrtc.stun.StunClass;
import dev.jvmrtc.stun.StunMessage;
import dev.jvmrtc.stun.TransactionId;
import dev.jvmrtc.wire.Bytes;
import dev.jvmrtc.wire.MalformedException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A STUN and TURN server on the virtual network (RFC 8489, RFC 8656), with long-term credentials, by MD5 or SHA-256.
 */
public final class TurnServerSim {
    public static final String USER = "user";
    public static final String PASSWORD = "secret";
    private static final String REALM = "sim";

    private static final class Allocation {
        InetSocketAddress relayed;
        final Set<InetAddress> permissions = new HashSet<>();
        final Map<Integer, InetSocketAddress> peers = new HashMap<>();
        final Map<InetSocketAddress, Integer> channels = new HashMap<>();
    }

    public final InetSocketAddress address;
    private final VirtualNetwork network;
    private final RandomSource random;
    private final Map<InetSocketAddress, Allocation> allocations = new HashMap<>();
    private final Map<InetSocketAddress, Consumer<byte[]>> streams = new HashMap<>();
    private int nextPort = 50_000;
    public boolean sha256;
    public String nonce = "nonce-1";
    /** Where clients are sent to instead, or null. */
    public InetSocketAddress alternate;

    public int channelDataReceived;
    public int sendIndicationsReceived;
    public int allocationsReleased;

    public TurnServerSim(String ip, VirtualNetwork network, RandomSource random) {
        this.address = SimPeer.address(ip, 3_478);
        this.network = network;
        this.random = random;
        network.markServer(address);
        network.attach(address, (now, local, from, data) -> handle(from, data));
        network.listen(address, (client, toClient) -> {
            streams.put(client, toClient);
            return data -> {
                if (data == null) {
                    streams.remove(client);
                    release(client);
                } else {
                    handle(client, data);
                }
            };
        });
    }

    public int allocations() {
        return allocations.size();
    }

    private void send(InetSocketAddress from, InetSocketAddress to, byte[] data) {
        Consumer<byte[]> stream = streams.get(to);
        if (stream != null) {
            stream.accept(Arrays.copyOf(data, data.length + 3 & ~3)); // RFC 8656 §12.5: padded
            return;
        }
        network.send(from, to, data, 0, data.length);
    }

    private byte[] key() {
        try {
            return MessageDigest.getInstance(sha256 ? "SHA-256" : "MD5")
                    .digest((USER + ":" + REALM + ":" + PASSWORD).getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private void handle(InetSocketAddress from, byte[] data) {
        if ((data[0] & 0xc0) == 0x40) {
            channelData(from, data);
            return;
        }
        try {
            StunMessage m = StunMessage.parse(data, 0, data.length);
            if (m.messageClass() == StunClass.INDICATION) {
                sendIndication(from, m);
            } else if (m.method() == StunMessage.BINDING) {
                send(
                        address,
                        from,
                        StunMessage.write(StunMessage.BINDING, StunClass.SUCCESS_RESPONSE, m.transactionId())
                                .xorMappedAddress(from)
                                .fingerprinted());
            } else if (alternate != null) {
                byte[] a = new byte[8];
                a[1] = 1;
                Bytes.put16(a, 2, alternate.getPort());
                System.arraycopy(alternate.getAddress().getAddress(), 0, a, 4, 4);
                send(
                        address,
                        from,
                        error(m, 300, "Try Alternate")
                                .attribute(StunAttribute.ALTERNATE_SERVER, a)
                                .fingerprinted());
            } else {
                request(from, m);
            }
        } catch (MalformedException e) {
            throw new AssertionError("our client sends nonsense", e);
        }
    }

    private static StunMessage.Writer error(StunMessage m, int code, String reason) {
        return StunMessage.write(m.method(), StunClass.ERROR_RESPONSE, m.transactionId())
                .error(code, reason);
    }

    private String fullNonce() {
        // Security features: the first bit says that password algorithms are sent.
        return sha256 ? "obMatJos2gAAA" + nonce : nonce;
    }

    private void challenge(InetSocketAddress from, StunMessage m, int code) {
        StunMessage.Writer w = error(m, code, code == 401 ? "Unauthorized" : "Stale Nonce")
                .text(StunAttribute.REALM, REALM)
                .text(StunAttribute.NONCE, fullNonce());
        if (sha256) {
            w.attribute(StunAttribute.PASSWORD_ALGORITHMS, new byte[] {0, 2, 0, 0, 0, 1, 0, 0});
        }
        send(address, from, w.fingerprinted());
    }

    private void request(InetSocketAddress from, StunMessage m) throws MalformedException {
        boolean signed = sha256 ? m.hasIntegritySha256(key()) : m.hasIntegrity(key());
        if (!signed || !USER.equals(m.text(StunAttribute.USERNAME))) {
            challenge(from, m, 401);
            return;
        }
        if (!fullNonce().equals(m.text(StunAttribute.NONCE))) {
            challenge(from, m, 438);
            return;
        }
        Allocation a = allocations.get(from);
        StunMessage.Writer ok = StunMessage.write(m.method(), StunClass.SUCCESS_RESPONSE, m.transactionId());
        if (m.method() == 3) {
            if (a == null) {
                a = new Allocation();
                a.relayed = new InetSocketAddress(address.getAddress(), nextPort++);
                allocations.put(from, a);
                Allocation made = a;
                network.attach(a.relayed, (now, local, peer, data) -> fromPeer(from, made, peer, data));
            }
            ok.xorAddress(StunAttribute.XOR_RELAYED_ADDRESS, a.relayed)
                    .u32(StunAttribute.LIFETIME, 600)
                    .xorMappedAddress(from);
        } else if (a == null) {
            send(address, from, sign(error(m, 437, "Allocation Mismatch")));
            return;
        } else if (m.method() == 4) {
            if (m.u32(StunAttribute.LIFETIME) == 0) {
                release(from);
            }
            ok.u32(StunAttribute.LIFETIME, m.u32(StunAttribute.LIFETIME));
        } else if (m.method() == 8) {
            a.permissions.add(
                    m.xorAddresses(StunAttribute.XOR_PEER_ADDRESS).get(0).getAddress());
        } else if (m.method() == 9) {
            InetSocketAddress peer =
                    m.xorAddresses(StunAttribute.XOR_PEER_ADDRESS).get(0);
            int number = (int) (m.u32(StunAttribute.CHANNEL_NUMBER) >> 16);
            a.permissions.add(peer.getAddress());
            a.peers.put(number, peer);
            a.channels.put(peer, number);
        }
        send(address, from, sign(ok));
    }

    private void release(InetSocketAddress client) {
        Allocation a = allocations.remove(client);
        if (a != null) {
            network.detach(a.relayed);
            allocationsReleased++;
        }
    }

    private byte[] sign(StunMessage.Writer w) {
        return (sha256 ? w.integritySha256(key()) : w.integrity(key())).fingerprinted();
    }

    private void sendIndication(InetSocketAddress from, StunMessage m) throws MalformedException {
        Allocation a = allocations.get(from);
        InetSocketAddress peer = m.xorAddresses(StunAttribute.XOR_PEER_ADDRESS).get(0);
        sendIndicationsReceived++;
        if (a != null && a.permissions.contains(peer.getAddress())) {
            send(a.relayed, peer, m.value(StunAttribute.DATA));
        }
    }

    private void channelData(InetSocketAddress from, byte[] data) {
        Allocation a = allocations.get(from);
        InetSocketAddress peer = a == null ? null : a.peers.get(Bytes.u16(data, 0));
        channelDataReceived++;
        if (peer != null) {
            send(a.relayed, peer, Arrays.copyOfRange(data, 4, 4 + Bytes.u16(data, 2)));
        }
    }

    private void fromPeer(InetSocketAddress client, Allocation a, InetSocketAddress peer, byte[] data) {
        if (!a.permissions.contains(peer.getAddress())) {
            return;
        }
        Integer channel = a.channels.get(peer);
        if (channel != null) {
            byte[] framed = new byte[4 + data.length];
            Bytes.put16(framed, 0, channel);
            Bytes.put16(framed, 2, data.length);
            System.arraycopy(data, 0, framed, 4, data.length);
            send(address, client, framed);
        } else {
            send(
                    address,
                    client,
                    StunMessage.write(7, StunClass.INDICATION, TransactionId.random(random))
                            .xorAddress(StunAttribute.XOR_PEER_ADDRESS, peer)
                            .attribute(StunAttribute.DATA, data)
                            .bytes());
        }
    }
}
