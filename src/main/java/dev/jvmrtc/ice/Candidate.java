package dev.jvmrtc.ice;

import dev.jvmrtc.wire.MalformedException;
import dev.jvmrtc.wire.Words;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * An ICE candidate (RFC 8445 §5.1, its line RFC 8839 §5.1).
 *
 * @param foundation groups candidates of the same type, base and server; empty for a peer's that has none
 * @param component 1 = RTP (and, with rtcp-mux, all), 2 = RTCP
 * @param transport "udp" or "tcp", lower case
 * @param priority 1 … 2^31 − 1
 * @param host IP literal, {@code localhost}, or a name such as the {@code .local} ones of browsers
 * @param relatedHost of a reflexive or relayed candidate, or null
 * @param tcpType "active", "passive", "so", or null
 * @param usernameFragment the {@code ufrag} extension, or null
 */
public record Candidate(
        String foundation,
        int component,
        String transport,
        long priority,
        String host,
        int port,
        CandidateType type,
        String relatedHost,
        int relatedPort,
        String tcpType,
        String usernameFragment) {

    /** The port of candidates from which streams are only opened: RFC 6544 §4.5 writes 9, the discard port. */
    public static final int ACTIVE_PORT = 9;

    /** RFC 8445 §5.1.2.1, component 1. {@code localPreference} is 0 … 65535. */
    public static long priority(CandidateType type, int localPreference) {
        return priority(type.preference(), localPreference);
    }

    private static long priority(int typePreference, int localPreference) {
        return (long) typePreference << 24 | (long) localPreference << 8 | 255;
    }

    /** The priority of a candidate that the peer learns from a check which {@code local} sends (RFC 8445 §7.1.1). */
    static long reflexivePriority(Candidate local) {
        CandidateType type = CandidateType.PEER_REFLEXIVE;
        return priority(local.isTcp() ? type.tcpPreference() : type.preference(), (int) (local.priority >> 8 & 0xffff));
    }

    public static Candidate host(InetSocketAddress address, int localPreference) {
        return of(CandidateType.HOST, address, null, localPreference, "");
    }

    /** A UDP candidate of ours; {@code source} tells foundations of different servers apart. */
    public static Candidate of(
            CandidateType type, InetSocketAddress address, InetSocketAddress base, int localPreference, String source) {
        String baseHost = literal((base == null ? address : base).getAddress());
        return new Candidate(
                foundation(type, baseHost, "udp", source),
                1,
                "udp",
                priority(type, localPreference),
                literal(address.getAddress()),
                address.getPort(),
                type,
                base == null ? null : baseHost,
                base == null ? 0 : base.getPort(),
                null,
                null);
    }

    /**
     * A TCP candidate of ours (RFC 6544).
     *
     * @param tcpType "active" or "passive"
     */
    static Candidate tcp(
            CandidateType type,
            InetSocketAddress address,
            InetSocketAddress base,
            int localPreference,
            String tcpType) {
        String baseHost = literal((base == null ? address : base).getAddress());
        // RFC 6544 §4.2: local preference = 2^13 * direction preference + other preference, with 6 for active and 4 for
        // passive ones.
        int direction = tcpType.equals("active") ? 6 : 4;
        int other = Math.max(0, localPreference - 65_535 + 8_191);
        return new Candidate(
                foundation(type, baseHost, "tcp", tcpType),
                1,
                "tcp",
                priority(type.tcpPreference(), direction << 13 | other),
                literal(address.getAddress()),
                address.getPort(),
                type,
                base == null ? null : baseHost,
                base == null ? 0 : base.getPort(),
                tcpType,
                null);
    }

    private static String foundation(CandidateType type, String baseHost, String transport, String source) {
        CRC32 crc = new CRC32();
        crc.update((type + "|" + baseHost + "|" + transport + "|" + source).getBytes(StandardCharsets.UTF_8));
        return Long.toString(crc.getValue());
    }

    /** An address as text, without the zone of a link-local one. */
    public static String literal(InetAddress address) {
        String s = address.getHostAddress();
        int zone = s.indexOf('%');
        return zone < 0 ? s : s.substring(0, zone);
    }

    /**
     * Parses {@code candidate:…}, with or without {@code a=} in front. Words of the grammar may be in upper case (RFC
     * 5234 §2.3), and the foundation may be missing: against RFC 8839 §5.1, but cameras write {@code candidate: 1 udp
     * …}, and browsers take it.
     */
    public static Candidate parse(String line) throws MalformedException {
        String s = line.trim();
        if (s.startsWith("a=")) {
            s = s.substring(2);
        }
        if (!s.startsWith("candidate:")) {
            throw new MalformedException("a candidate starts with \"candidate:\"");
        }
        String[] w = Words.of(s.substring("candidate:".length()));
        if (w.length > 6 && w[5].equalsIgnoreCase("typ")) {
            w = Stream.concat(Stream.of(""), Stream.of(w)).toArray(String[]::new);
        }
        if (w.length < 8 || !w[6].equalsIgnoreCase("typ") || w[0].length() > 32) {
            throw new MalformedException(
                    "a candidate has the form \"foundation component transport priority address port typ type\"");
        }
        CandidateType type = CandidateType.of(w[7].toLowerCase(Locale.ROOT));
        String transport = w[2].toLowerCase(Locale.ROOT);
        long priority;
        int component;
        int port;
        try {
            component = Integer.parseInt(w[1]);
            priority = Long.parseLong(w[3]);
            port = Integer.parseInt(w[5]);
        } catch (NumberFormatException e) {
            throw new MalformedException("component, priority and port of a candidate are numbers");
        }
        if (type == null
                || component < 1
                || component > 256
                || port < 0
                || port > 65535
                || priority < 0
                || priority > 0xffffffffL) {
            throw new MalformedException("a candidate's component, priority, port or type is out of range");
        }
        if (!transport.equals("udp") && !transport.equals("tcp")) {
            throw new MalformedException("a candidate's transport is udp or tcp");
        }
        String relatedHost = null;
        int relatedPort = 0;
        String tcpType = null;
        String ufrag = null;
        for (int i = 8; i + 1 < w.length; i += 2) {
            switch (w[i].toLowerCase(Locale.ROOT)) {
                case "raddr" -> relatedHost = w[i + 1];
                case "rport" -> relatedPort = parsePort(w[i + 1]);
                case "tcptype" -> tcpType = w[i + 1].toLowerCase(Locale.ROOT);
                case "ufrag" -> ufrag = w[i + 1];
                default -> {
                    // RFC 8839 §5.1: unknown extensions are ignored.
                }
            }
        }
        return new Candidate(
                w[0], component, transport, priority, w[4], port, type, relatedHost, relatedPort, tcpType, ufrag);
    }

    private static int parsePort(String s) {
        try {
            int port = Integer.parseInt(s);
            return port < 0 || port > 65535 ? 0 : port;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** The line without {@code a=}. */
    public String toSdp() {
        List<String> w = new ArrayList<>(List.of(
                "candidate:" + foundation,
                Integer.toString(component),
                transport,
                Long.toString(priority),
                host,
                Integer.toString(port),
                "typ",
                type.toString()));
        if (relatedHost != null) {
            w.addAll(List.of("raddr", relatedHost, "rport", Integer.toString(relatedPort)));
        }
        if (tcpType != null) {
            w.addAll(List.of("tcptype", tcpType));
        }
        if (usernameFragment != null) {
            w.addAll(List.of("ufrag", usernameFragment));
        }
        return String.join(" ", w);
    }

    public Candidate withUsernameFragment(String ufrag) {
        return new Candidate(
                foundation, component, transport, priority, host, port, type, relatedHost, relatedPort, tcpType, ufrag);
    }

    public Candidate withHost(String newHost) {
        return new Candidate(
                foundation,
                component,
                transport,
                priority,
                newHost,
                port,
                type,
                relatedHost,
                relatedPort,
                tcpType,
                usernameFragment);
    }

    Candidate withRelated(InetSocketAddress related) {
        return new Candidate(
                foundation,
                component,
                transport,
                priority,
                host,
                port,
                type,
                literal(related.getAddress()),
                related.getPort(),
                tcpType,
                usernameFragment);
    }

    public boolean isTcp() {
        return transport.equals("tcp");
    }

    /** Whether it is one that streams are opened from, not to. */
    boolean isActiveTcp() {
        return isTcp() && "active".equals(tcpType);
    }

    /** Whether {@code host} is a name that must be resolved first. */
    public boolean isName() {
        return parseLiteral(host) == null;
    }

    /** The address, or null where {@code host} is a name. Resolves nothing. */
    public InetSocketAddress address() {
        InetAddress ip = parseLiteral(host);
        return ip == null ? null : new InetSocketAddress(ip, port);
    }

    /** An IP literal as an address without ever asking DNS; null for anything else. */
    static InetAddress parseLiteral(String s) {
        if (s.isEmpty() || s.length() > 45) {
            return null;
        }
        if (s.equalsIgnoreCase("localhost")) {
            return InetAddress.getLoopbackAddress(); // RFC 6761 §6.3: no question of DNS
        }
        boolean v6 = s.indexOf(':') >= 0;
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            if (!(c >= '0' && c <= '9' || c == '.' || v6 && (c == ':' || Character.digit(c, 16) >= 0))) {
                return null;
            }
        }
        if (!v6 && s.chars().filter(c -> c == '.').count() != 3) {
            return null;
        }
        try {
            InetAddress a = InetAddress.getByName(s);
            return a instanceof Inet4Address || a instanceof Inet6Address ? a : null;
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
