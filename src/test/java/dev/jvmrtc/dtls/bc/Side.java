package dev.jvmrtc.dtls.bc;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.dtls.DtlsEvent;
import dev.jvmrtc.dtls.DtlsIdentity;
import dev.jvmrtc.dtls.DtlsRole;
import dev.jvmrtc.dtls.Fingerprint;
import dev.jvmrtc.dtls.HandshakeExecutor;
import dev.jvmrtc.dtls.SrtpProfile;
import dev.jvmrtc.wire.LentBytes;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** One end of an association in a test: an engine, what it sends, and what it has told. */
final class Side {
    final ArrayDeque<byte[]> out = new ArrayDeque<>();
    final List<DtlsEvent> events = new ArrayList<>();
    final DtlsIdentity identity;
    final BcDtlsEngine engine;
    private final LongSupplier clock;

    /** By the system's clock. */
    Side(DtlsIdentity identity, HandshakeExecutor executor, int... cipherSuites) {
        this(identity, executor, System::nanoTime, cipherSuites);
    }

    /** @param cipherSuites what it offers as a client; all where none is given */
    Side(DtlsIdentity identity, HandshakeExecutor executor, LongSupplier clock, int... cipherSuites) {
        this.identity = identity;
        this.clock = clock;
        this.engine = new BcDtlsEngine(
                identity,
                (d, o, n) -> out.add(Arrays.copyOfRange(d, o, o + n)),
                executor,
                RandomSource.of(new SecureRandom()),
                List.of(SrtpProfile.values()),
                cipherSuites.length == 0 ? HandshakeParameters.CIPHER_SUITES : cipherSuites,
                null);
    }

    Fingerprint print() {
        return Fingerprint.of("sha-256", identity.certificateDer());
    }

    void start(DtlsRole role, Side peer) {
        engine.start(clock.getAsLong(), role, List.of(peer.print()));
    }

    void take(byte[] datagram) {
        engine.handleDatagram(clock.getAsLong(), LentBytes.of(datagram.clone()));
        collect();
    }

    /** Moves what the engine has to tell to the events. */
    void collect() {
        for (DtlsEvent e = engine.pollEvent(); e != null; e = engine.pollEvent()) {
            events.add(e);
        }
    }

    /** The first of the kind, or null. */
    <T extends DtlsEvent> T event(Class<T> type) {
        return events.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElse(null);
    }

    /** Carries datagrams to and fro until none is left. */
    static void exchange(Side a, Side b) {
        exchange(a, b, to -> {});
    }

    /** @param before sees each receiver before its datagram */
    static void exchange(Side a, Side b, Consumer<Side> before) {
        for (boolean any = true; any; ) {
            any = false;
            for (Side from : List.of(a, b)) {
                Side to = from == a ? b : a;
                for (byte[] d = from.out.poll(); d != null; d = from.out.poll()) {
                    any = true;
                    before.accept(to);
                    to.take(d);
                }
                from.collect();
            }
        }
    }
}
