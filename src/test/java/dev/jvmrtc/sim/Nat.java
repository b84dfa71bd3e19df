package dev.jvmrtc.sim;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** A network address translator of the virtual network, in the words of RFC 4787 §4.1 and §5. */
public final class Nat {

    /** What of the other end a mapping or a filter depends on. */
    public enum Dependence {
        ENDPOINT_INDEPENDENT,
        ADDRESS,
        ADDRESS_AND_PORT
    }

    private record Key(InetSocketAddress inside, Object destination) {}

    private static final class Mapping {
        final InetSocketAddress inside;
        final Set<Object> sentTo = new HashSet<>();

        Mapping(InetSocketAddress inside) {
            this.inside = inside;
        }
    }

    final String insidePrefix;
    final String publicIp;
    private final Dependence mapping;
    private final Dependence filtering;
    final boolean hairpin;
    final boolean blocksUdp;
    /** Whether its hosts do not see one another, as guests of a wireless network. */
    public boolean isolates;

    private final Map<Key, InetSocketAddress> mappings = new HashMap<>();
    private final Map<InetSocketAddress, Mapping> byPublic = new HashMap<>();
    private int nextPort = 20_000;

    /** @param insidePrefix what the addresses behind it begin with, "192.168.1." */
    public Nat(
            String insidePrefix,
            String publicIp,
            Dependence mapping,
            Dependence filtering,
            boolean hairpin,
            boolean blocksUdp) {
        this.insidePrefix = insidePrefix;
        this.publicIp = publicIp;
        this.mapping = mapping;
        this.filtering = filtering;
        this.hairpin = hairpin;
        this.blocksUdp = blocksUdp;
    }

    boolean isInside(InetSocketAddress a) {
        return a.getAddress().getHostAddress().startsWith(insidePrefix);
    }

    private static Object part(Dependence d, InetSocketAddress a) {
        return switch (d) {
            case ENDPOINT_INDEPENDENT -> "any";
            case ADDRESS -> a.getAddress();
            case ADDRESS_AND_PORT -> a;
        };
    }

    /** The source address that the world sees. */
    InetSocketAddress outbound(InetSocketAddress inside, InetSocketAddress to) {
        InetSocketAddress seen = mappings.computeIfAbsent(new Key(inside, part(mapping, to)), k -> {
            InetSocketAddress made = SimPeer.address(publicIp, nextPort++);
            byPublic.put(made, new Mapping(inside));
            return made;
        });
        byPublic.get(seen).sentTo.add(part(filtering, to));
        return seen;
    }

    /** Where a packet to a public address goes inside; null where it is dropped. */
    InetSocketAddress inbound(InetSocketAddress to, InetSocketAddress from) {
        Mapping m = byPublic.get(to);
        return m != null && m.sentTo.contains(part(filtering, from)) ? m.inside : null;
    }
}
