package dev.jvmrtc.interop;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.jvmrtc.RTCBundlePolicy;
import dev.jvmrtc.RTCConfiguration;
import dev.jvmrtc.RTCDataChannel;
import dev.jvmrtc.RTCDataChannelInit;
import dev.jvmrtc.RTCDataChannelState;
import dev.jvmrtc.RTCIceCandidateInit;
import dev.jvmrtc.RTCIceGatheringState;
import dev.jvmrtc.RTCIceServer;
import dev.jvmrtc.RTCIceTransportPolicy;
import dev.jvmrtc.RTCOfferOptions;
import dev.jvmrtc.RTCPeerConnection;
import dev.jvmrtc.RTCPeerConnectionFactory;
import dev.jvmrtc.RTCPeerConnectionState;
import dev.jvmrtc.RTCRtpCodec;
import dev.jvmrtc.RTCRtpReceiver;
import dev.jvmrtc.RTCRtpTransceiver;
import dev.jvmrtc.RTCRtpTransceiverDirection;
import dev.jvmrtc.RTCRtpTransceiverInit;
import dev.jvmrtc.RTCSdpType;
import dev.jvmrtc.RTCSessionDescription;
import dev.jvmrtc.RTCSignalingState;
import dev.jvmrtc.RTCStats;
import dev.jvmrtc.RTCStatsReport;
import dev.jvmrtc.media.MediaDevices;
import dev.jvmrtc.media.MediaStream;
import dev.jvmrtc.media.MediaStreamConstraints;
import dev.jvmrtc.media.MediaStreamTrack;
import dev.jvmrtc.media.file.Clip;
import dev.jvmrtc.media.file.ClipSource;
import dev.jvmrtc.media.frame.AudioFrame;
import dev.jvmrtc.media.frame.VideoFrame;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A peer for the command line: signalling as JSON lines on standard input and output, behaviour by flags. It calls
 * other WebRTC implementations in the interoperability tests; src/test/interop/CONTRACT.md says what it reads and
 * writes.
 */
public final class Peer {
    /**
     * Bytes of bulk that the echoer may owe us: browsers' send queues hold 16 MiB, and what does not fit is not echoed.
     */
    private static final long UNANSWERED = 8 << 20;

    private static final int FRAMES_BETWEEN_LOOKS = 30;
    /** Of 10 ms each. */
    private static final int AUDIO_FRAMES_BETWEEN_LOOKS = 100;

    private static final int AUDIO_FRAMES_LOOKED_AT = 10;
    private static final Gson JSON =
            new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

    private final Options opts;
    private final RTCPeerConnection pc;
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final List<RTCIceCandidateInit> early = new ArrayList<>();
    private final Map<String, Integer> received = new LinkedHashMap<>();
    private final Map<String, int[]> sizes = new LinkedHashMap<>();
    private CompletableFuture<Void> gathered = new CompletableFuture<>();
    private boolean probedBack;
    /** Of perfect negotiation (webrtc-pc §10.7), on the connection's executor alone. */
    private boolean makingOffer;

    private boolean ignoreOffer;
    private boolean settingRemoteAnswer;
    private boolean restarted;

    /** The command line. */
    private static final class Options {
        String role = "offer";
        boolean data;
        String audio = "none";
        String video = "none";
        String codec;
        String audioCodec;
        boolean noTrickle;
        boolean relayOnly;
        boolean tcpOnly;
        boolean mdns;
        boolean extraChannels;
        boolean answererProbes;
        boolean recover;
        Integer sharedUdpPort;
        double restartIceAfter;
        double duration = 60;
        long bulk;
        int[] probeSizes = {0, 1, 100, 1_200, 16_384, 65_535};
        String bundlePolicy;
        Path media;
        Path turnCa;
        final List<RTCIceServer> iceServers = new ArrayList<>();

        static Options parse(String[] args) {
            Options o = new Options();
            for (int i = 0; i < args.length; i++) {
                String value = i + 1 < args.length ? args[i + 1] : "";
                int before = i;
                i++;
                switch (args[before]) {
                    case "--role" -> o.role = value;
                    case "--audio" -> o.audio = value;
                    case "--video" -> o.video = value;
                    case "--codec" -> o.codec = value;
                    case "--audio-codec" -> o.audioCodec = value;
                    case "--restart-ice-after" -> o.restartIceAfter = Double.parseDouble(value);
                    case "--duration" -> o.duration = Double.parseDouble(value);
                    case "--shared-udp" -> o.sharedUdpPort = Integer.valueOf(value);
                    case "--bulk" -> o.bulk = Long.parseLong(value);
                    case "--probe-sizes" ->
                        o.probeSizes = Arrays.stream(value.replace("!", "").split(","))
                                .mapToInt(Integer::parseInt)
                                .toArray();
                    case "--bundle-policy" -> o.bundlePolicy = value;
                    case "--media" -> o.media = Path.of(value);
                    case "--turn-ca" -> o.turnCa = Path.of(value);
                    case "--ice-server" -> o.iceServers.add(iceServer(value));
                    default -> {
                        i = before;
                        switch (args[before]) {
                            case "--data" -> o.data = true;
                            case "--no-trickle" -> o.noTrickle = true;
                            case "--relay-only" -> o.relayOnly = true;
                            case "--tcp-only" -> o.tcpOnly = true;
                            case "--mdns" -> o.mdns = true;
                            case "--extra-channels" -> o.extraChannels = true;
                            case "--answerer-probes" -> o.answererProbes = true;
                            case "--recover" -> o.recover = true;
                            default -> {
                                // Flags that are not known are ignored, with their value if they have one.
                            }
                        }
                    }
                }
            }
            return o;
        }

        private static RTCIceServer iceServer(String text) {
            String[] w = text.split(",");
            return RTCIceServer.builder()
                    .urls(List.of(w[0]))
                    .username(w.length > 1 ? w[1] : null)
                    .credential(w.length > 2 ? w[2] : null)
                    .build();
        }
    }

    private Peer(Options opts) throws Exception {
        this.opts = opts;
        RTCConfiguration.Builder config = RTCConfiguration.builder().iceServers(opts.iceServers);
        if (opts.relayOnly) {
            config.iceTransportPolicy(RTCIceTransportPolicy.RELAY);
        }
        if (opts.bundlePolicy != null) {
            config.bundlePolicy(RTCBundlePolicy.of(opts.bundlePolicy));
        }
        RTCPeerConnectionFactory.Builder factory = RTCPeerConnectionFactory.builder();
        if (opts.turnCa != null) {
            factory.sslContext(trusting(opts.turnCa));
        }
        if (opts.tcpOnly) {
            factory.udp(false).passiveTcp(true);
        }
        if (opts.sharedUdpPort != null) {
            factory.sharedUdpPort(opts.sharedUdpPort);
        }
        factory.hideLocalAddresses(opts.mdns);
        pc = factory.build().createPeerConnection(config.build());
    }

    /** For TURN over TLS: trusts the certificate in a PEM file, and nothing else. */
    private static SSLContext trusting(Path pem) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (InputStream in = Files.newInputStream(pem)) {
            trusted.setCertificateEntry(
                    "turn", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    public static void main(String[] args) throws Exception {
        Peer peer = new Peer(Options.parse(args));
        peer.start();
        Thread input = new Thread(peer::readInput, "stdin");
        input.setDaemon(true);
        input.start();
        peer.timer.schedule(
                () -> peer.ended.complete(null), (long) (peer.opts.duration * 1_000), TimeUnit.MILLISECONDS);
        peer.ended.join();
        if (peer.pc.getConnectionState() != RTCPeerConnectionState.CONNECTED) {
            System.err.println(peer.pc.getConnectivityReport().get(5, TimeUnit.SECONDS));
            System.err.println("dropped: " + peer.pc.getDropCounts().get(5, TimeUnit.SECONDS));
        }
        peer.pc.close();
        peer.pc.closed().get(5, TimeUnit.SECONDS);
        System.exit(0);
    }

    // ---------------------------------------------------------------- output

    private synchronized void emit(Map<String, Object> message) {
        System.out.println(JSON.toJson(message));
        System.out.flush();
    }

    private void event(String name, Object value) {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("type", "event");
        m.put("name", name);
        m.put("value", value);
        emit(m);
    }

    private static Map<String, Object> map(Object... pairs) {
        Map<String, Object> m = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            m.put((String) pairs[i], pairs[i + 1]);
        }
        return m;
    }

    private void error(String where, Throwable e) {
        Throwable cause = e.getCause() != null ? e.getCause() : e;
        event("error", where + ": " + cause);
        cause.printStackTrace();
    }

    // ---------------------------------------------------------------- the connection

    private void start() throws IOException {
        event("ready", map("peer", "jvmrtc", "version", "0.1.0", "role", opts.role));
        pc.onIceCandidate(e -> {
            boolean end = e.candidate() == null;
            if (end) {
                gathered.complete(null);
            }
            if (!opts.noTrickle && (end || !e.candidate().getCandidate().isEmpty())) {
                emit(map(
                        "type",
                        "candidate",
                        "candidate",
                        end ? "" : e.candidate().getCandidate(),
                        "sdpMid",
                        end ? null : e.candidate().getSdpMid(),
                        "sdpMLineIndex",
                        end ? null : e.candidate().getSdpMLineIndex()));
            }
        });
        pc.onIceCandidateError(e -> event("icecandidateerror", e.errorCode() + " " + e.errorText() + " " + e.url()));
        pc.onIceGatheringStateChange(
                e -> event("icegatheringstate", pc.getIceGatheringState().toString()));
        pc.onSignalingStateChange(
                e -> event("signalingstate", pc.getSignalingState().toString()));
        pc.onIceConnectionStateChange(
                e -> event("iceconnectionstate", pc.getIceConnectionState().toString()));
        pc.onConnectionStateChange(e -> connectionState());
        pc.onDataChannel(e -> echo(e.channel()));
        pc.onTrack(e -> {
            event(
                    "track",
                    map(
                            "kind",
                            e.track().getKind(),
                            "mid",
                            e.transceiver().getMid(),
                            "streams",
                            e.streams().stream().map(MediaStream::getId).toList()));
            watch(e.track());
        });
        timer.scheduleAtFixedRate(() -> pc.getStats().thenAccept(this::rtpTotals), 1, 1, TimeUnit.SECONDS);
        if (opts.recover) {
            pc.onIceRestartNeeded(e -> {
                event("restart", "needed");
                pc.restartIce();
            });
            pc.onNegotiationNeeded(e -> negotiate());
        }
        if (opts.role.equals("offer")) {
            addMedia();
            if (opts.data) {
                openProbes();
            }
            if (opts.recover) {
                steady();
            } else {
                offer(false);
            }
        }
    }

    // ---------------------------------------------------------------- perfect negotiation: either side offers when it
    // needs to

    private void negotiate() {
        makingOffer = true;
        pc.setLocalDescription().whenComplete((v, error) -> {
            makingOffer = false;
            if (error == null) {
                emit(map(
                        "type",
                        pc.getLocalDescription().getType().toString(),
                        "sdp",
                        pc.getLocalDescription().getSdp()));
            }
        });
    }

    /** On the connection's executor. */
    private void described(RTCSdpType type, String sdp) {
        boolean offer = type == RTCSdpType.OFFER;
        boolean ready = !makingOffer && (pc.getSignalingState() == RTCSignalingState.STABLE || settingRemoteAnswer);
        ignoreOffer = opts.role.equals("offer") && offer && !ready;
        if (ignoreOffer) {
            return;
        }
        settingRemoteAnswer = !offer;
        pc.setRemoteDescription(new RTCSessionDescription(type, sdp))
                .whenComplete((v, error) -> settingRemoteAnswer = false)
                .thenCompose(v -> {
                    if (!offer) {
                        return CompletableFuture.completedFuture(null);
                    }
                    addMediaOnce();
                    return pc.setLocalDescription().thenCompose(x -> sendLocal("answer"));
                })
                .exceptionally(e -> {
                    error(type + " of the peer", e);
                    return null;
                });
    }

    /** Something small that goes to and fro for as long as there is a path. */
    private void steady() {
        RTCDataChannel c = pc.createDataChannel("steady");
        int[] back = {0};
        c.onMessage(m -> back[0]++);
        timer.scheduleAtFixedRate(
                () -> {
                    if (c.getReadyState() == RTCDataChannelState.OPEN) {
                        c.send("tick");
                    }
                },
                200,
                200,
                TimeUnit.MILLISECONDS);
        timer.scheduleAtFixedRate(() -> event("steady", back[0]), 1, 1, TimeUnit.SECONDS);
    }

    private void connectionState() {
        event("connectionstate", pc.getConnectionState().toString());
        if (pc.getConnectionState() != RTCPeerConnectionState.CONNECTED) {
            return;
        }
        pc.getStats().thenAccept(this::transportStats);
        if (opts.data && opts.role.equals("answer") && opts.answererProbes && !probedBack) {
            probedBack = true;
            probe(pc.createDataChannel("probe-b"), opts.probeSizes);
        }
        if (opts.restartIceAfter > 0 && opts.role.equals("offer") && !restarted) {
            restarted = true;
            timer.schedule(this::restart, (long) (opts.restartIceAfter * 1_000), TimeUnit.MILLISECONDS);
        }
    }

    private void restart() {
        event("restart", "offering");
        offer(true).thenRun(() -> {
            if (opts.data) {
                // Opened once the answer is there, so that it goes over the new path.
                timer.schedule(
                        () -> probe(pc.createDataChannel("probe-r"), new int[] {10, 1_000}), 1, TimeUnit.SECONDS);
            }
        });
    }

    private CompletableFuture<Void> offer(boolean iceRestart) {
        gathered = new CompletableFuture<>();
        return pc.createOffer(RTCOfferOptions.builder().iceRestart(iceRestart).build())
                .thenCompose(pc::setLocalDescription)
                .thenCompose(v -> sendLocal("offer"))
                .exceptionally(e -> {
                    error("offer", e);
                    return null;
                });
    }

    private CompletableFuture<Void> sendLocal(String type) {
        boolean wait = opts.noTrickle && pc.getIceGatheringState() != RTCIceGatheringState.COMPLETE;
        CompletableFuture<Void> ready = wait ? gathered : CompletableFuture.completedFuture(null);
        // Without waiting the description is the one before any candidate, which travel by themselves.
        return ready.thenRun(
                () -> emit(map("type", type, "sdp", pc.getLocalDescription().getSdp())));
    }

    private void readInput() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                try {
                    handle(JsonParser.parseString(line).getAsJsonObject());
                } catch (RuntimeException e) {
                    error("input", e);
                }
            }
        } catch (IOException e) {
            error("stdin", e);
        }
        ended.complete(null);
    }

    private void handle(JsonObject m) {
        switch (m.get("type").getAsString()) {
            case "offer" -> {
                if (opts.recover) {
                    pc.execute(() -> described(RTCSdpType.OFFER, m.get("sdp").getAsString()));
                } else {
                    answer(m.get("sdp").getAsString());
                }
            }
            case "answer" -> {
                if (opts.recover) {
                    pc.execute(() -> described(RTCSdpType.ANSWER, m.get("sdp").getAsString()));
                } else {
                    answered(m.get("sdp").getAsString());
                }
            }
            case "candidate" -> candidate(m);
            case "cmd" -> {
                if (m.get("name").getAsString().equals("restart")) {
                    restart();
                } else {
                    ended.complete(null);
                }
            }
            default -> {
                // Nothing else is to be understood.
            }
        }
    }

    private void answered(String sdp) {
        pc.setRemoteDescription(new RTCSessionDescription(RTCSdpType.ANSWER, sdp))
                .thenRun(this::addEarly)
                .exceptionally(e -> {
                    error("answer", e);
                    return null;
                });
    }

    private void answer(String sdp) {
        pc.setRemoteDescription(new RTCSessionDescription(RTCSdpType.OFFER, sdp))
                .thenCompose(v -> {
                    addEarly();
                    addMediaOnce();
                    gathered = new CompletableFuture<>();
                    return pc.setLocalDescription();
                })
                .thenCompose(v -> sendLocal("answer"))
                .exceptionally(e -> {
                    error("offer of the peer", e);
                    return null;
                });
    }

    private void addMediaOnce() {
        if (pc.getCurrentLocalDescription() == null) {
            try {
                addMedia();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    private void candidate(JsonObject m) {
        RTCIceCandidateInit init = RTCIceCandidateInit.ofJson(m.toString());
        if (opts.recover) {
            pc.execute(() -> {
                boolean ofIgnoredOffer = ignoreOffer;
                pc.addIceCandidate(init).exceptionally(e -> {
                    if (!ofIgnoredOffer) {
                        error("candidate", e);
                    }
                    return null;
                });
            });
            return;
        }
        synchronized (early) {
            if (pc.getRemoteDescription() == null) {
                early.add(init);
                return;
            }
        }
        add(init);
    }

    private void add(RTCIceCandidateInit init) {
        pc.addIceCandidate(init).exceptionally(e -> {
            error("candidate", e);
            return null;
        });
    }

    private void addEarly() {
        synchronized (early) {
            early.forEach(this::add);
            early.clear();
        }
    }

    // ---------------------------------------------------------------- data

    private void wire(RTCDataChannel c, String by) {
        Runnable info = () -> event(
                "datachannel",
                map(
                        "label",
                        c.getLabel(),
                        "by",
                        by,
                        "id",
                        c.getId(),
                        "ordered",
                        c.isOrdered(),
                        "maxRetransmits",
                        c.getMaxRetransmits(),
                        "maxPacketLifeTime",
                        c.getMaxPacketLifeTime(),
                        "protocol",
                        c.getProtocol(),
                        "negotiated",
                        c.isNegotiated()));
        c.onOpen(e -> info.run());
        c.onClose(e -> event("datachannelclose", map("label", c.getLabel())));
    }

    private void echo(RTCDataChannel c) {
        wire(c, "remote");
        c.onMessage(m -> {
            byte[] bytes = m.isBinary() ? bytes(m.bytes()) : m.text().getBytes(StandardCharsets.UTF_8);
            if (m.isBinary()) {
                c.send(bytes);
            } else {
                c.send(m.text());
            }
            if (received.merge(c.getLabel(), 1, Integer::sum) <= 40
                    && !c.getLabel().equals("bulk")) {
                event(
                        "message",
                        map(
                                "label",
                                c.getLabel(),
                                "binary",
                                m.isBinary(),
                                "len",
                                bytes.length,
                                "sha256",
                                sha256(bytes)));
            }
        });
    }

    private void openProbes() {
        probe(pc.createDataChannel("probe"), opts.probeSizes);
        if (opts.extraChannels) {
            probe(
                    pc.createDataChannel(
                            "unord",
                            RTCDataChannelInit.builder()
                                    .ordered(false)
                                    .maxRetransmits(0)
                                    .build()),
                    new int[] {10, 900});
            probe(
                    pc.createDataChannel(
                            "life",
                            RTCDataChannelInit.builder()
                                    .maxPacketLifeTime(500)
                                    .protocol("x-test")
                                    .build()),
                    new int[] {10, 900});
        }
        if (opts.bulk > 0) {
            bulk();
        }
    }

    private record Sent(int length, boolean binary, String sha, long at) {}

    private void probe(RTCDataChannel c, int[] probeSizes) {
        wire(c, "local");
        boolean reliable = c.getMaxRetransmits() == null && c.getMaxPacketLifeTime() == null && c.isOrdered();
        ArrayDeque<Sent> waiting = new ArrayDeque<>();
        int[] counts = new int[2];
        Runnable go = () -> {
            send(c, "h\u00e9llo \u2713 \ud834\udd1e", waiting);
            for (int i = 0; i < probeSizes.length; i++) {
                if (probeSizes[i] > pc.getSctp().getMaxMessageSize()) {
                    continue;
                }
                StringBuilder s = new StringBuilder();
                for (int j = 0; j < probeSizes[i]; j++) {
                    s.append((char) (97 + (i + j * 3L) % 26));
                }
                send(c, s.toString(), waiting);
                byte[] b = pattern(i, probeSizes[i]);
                waiting.add(new Sent(b.length, true, sha256(b), System.nanoTime()));
                c.send(b);
            }
            counts[0] = waiting.size();
        };
        c.onMessage(m -> {
            byte[] bytes = m.isBinary() ? bytes(m.bytes()) : m.text().getBytes(StandardCharsets.UTF_8);
            String sha = sha256(bytes);
            Sent sent = reliable
                    ? waiting.peek()
                    : waiting.stream()
                            .filter(x -> x.sha.equals(sha) && x.binary == m.isBinary())
                            .findFirst()
                            .orElse(null);
            waiting.remove(sent);
            boolean ok = sent != null && sent.sha.equals(sha) && sent.binary == m.isBinary();
            counts[1] += ok ? 1 : 0;
            event(
                    "echo",
                    map(
                            "label",
                            c.getLabel(),
                            "binary",
                            m.isBinary(),
                            "len",
                            bytes.length,
                            "sha256",
                            sha,
                            "ok",
                            ok,
                            "ms",
                            sent == null ? null : (Object) ((System.nanoTime() - sent.at) / 1_000_000)));
            if (waiting.isEmpty()) {
                event(
                        "echodone",
                        map("label", c.getLabel(), "sent", counts[0], "ok", counts[1], "all", counts[0] == counts[1]));
            }
        });
        if (c.getReadyState() == RTCDataChannelState.OPEN) {
            go.run();
        } else {
            c.addEventListener(RTCDataChannel.OPEN, e -> go.run());
        }
    }

    private static void send(RTCDataChannel c, String text, ArrayDeque<Sent> waiting) {
        byte[] b = text.getBytes(StandardCharsets.UTF_8);
        waiting.add(new Sent(b.length, false, sha256(b), System.nanoTime()));
        c.send(text);
    }

    private void bulk() {
        RTCDataChannel c = pc.createDataChannel("bulk");
        wire(c, "local");
        byte[] chunk = pattern(9, 16_384);
        long[] n = new long[3]; // sent, back, start
        MessageDigest sent = newSha256();
        MessageDigest back = newSha256();
        Runnable pump = () -> {
            while (n[0] < opts.bulk && c.getBufferedAmount() < 1 << 20 && n[0] - n[1] < UNANSWERED) {
                ByteBuffer.wrap(chunk).putLong(n[0]); // no two are the same
                sent.update(chunk);
                c.send(chunk);
                n[0] += chunk.length;
            }
        };
        c.setBufferedAmountLowThreshold(262_144);
        c.addEventListener(RTCDataChannel.OPEN, e -> {
            n[2] = System.nanoTime();
            pump.run();
        });
        c.onBufferedAmountLow(e -> pump.run());
        c.onMessage(m -> {
            byte[] echoed = bytes(m.bytes());
            back.update(echoed);
            n[1] += echoed.length;
            pump.run();
            if (n[1] >= opts.bulk && n[0] >= opts.bulk) {
                byte[] digest = sent.digest();
                if (MessageDigest.isEqual(digest, back.digest())) {
                    event(
                            "bulkdone",
                            map(
                                    "bytes",
                                    n[1],
                                    "ms",
                                    (System.nanoTime() - n[2]) / 1_000_000,
                                    "sha256",
                                    HexFormat.of().formatHex(digest)));
                } else {
                    event("error", "what came back of bulk is not what was sent");
                }
            }
        });
    }

    private static byte[] pattern(int i, int length) {
        byte[] b = new byte[length];
        for (int j = 0; j < length; j++) {
            b[j] = (byte) (i * 31 + j * 7 + (j >> 8));
        }
        return b;
    }

    private static byte[] bytes(ByteBuffer b) {
        byte[] copy = new byte[b.remaining()];
        b.duplicate().get(copy);
        return copy;
    }

    private static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(newSha256().digest(bytes));
    }

    private static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    // ---------------------------------------------------------------- media

    private static boolean sends(String flow) {
        return flow.equals("send") || flow.equals("sendrecv");
    }

    private void addMedia() throws IOException {
        for (String kind : List.of("audio", "video")) {
            String flow = kind.equals("audio") ? opts.audio : opts.video;
            if (flow.equals("none")) {
                continue;
            }
            RTCRtpTransceiverDirection direction = flow.equals("send")
                    ? RTCRtpTransceiverDirection.SENDONLY
                    : flow.equals("recv") ? RTCRtpTransceiverDirection.RECVONLY : RTCRtpTransceiverDirection.SENDRECV;
            if (opts.role.equals("offer")) {
                MediaStreamTrack track = sends(flow) ? source(kind) : null;
                RTCRtpTransceiverInit init = RTCRtpTransceiverInit.builder()
                        .direction(direction)
                        .streams(track == null ? List.of() : List.of(new MediaStream(List.of(track))))
                        .build();
                prefer(track == null ? pc.addTransceiver(kind, init) : pc.addTransceiver(track, init), kind);
            } else if (sends(flow)) {
                MediaStreamTrack track = source(kind);
                pc.addTrack(track, new MediaStream(List.of(track)));
            }
        }
        for (RTCRtpTransceiver t : pc.getTransceivers()) {
            prefer(t, t.getReceiver().getTrack().getKind());
        }
    }

    private void prefer(RTCRtpTransceiver t, String kind) {
        String wanted = kind.equals("audio") ? opts.audioCodec : opts.codec;
        if (wanted == null) {
            return;
        }
        List<String> names = Arrays.stream(wanted.split(","))
                .map(n -> (kind + "/" + n).toLowerCase(Locale.ROOT))
                .toList();
        List<RTCRtpCodec> codecs = RTCRtpReceiver.getCapabilities(kind).codecs().stream()
                .filter(c -> names.contains(c.mimeType().toLowerCase(Locale.ROOT))
                        || c.mimeType().endsWith("/rtx"))
                .toList();
        t.setCodecPreferences(codecs);
    }

    /**
     * Prepared clips in every codec that there is one for; a tone where the codec is G.711; generated devices without a
     * folder of clips.
     */
    private MediaStreamTrack source(String kind) throws IOException {
        boolean g711 = kind.equals("audio") && opts.audioCodec != null && opts.audioCodec.startsWith("PCM");
        List<Clip> clips = new ArrayList<>();
        if (opts.media != null && !g711) {
            String[] names = kind.equals("audio")
                    ? new String[] {"tone.ogg"}
                    : new String[] {"pic-VP8.ivf", "pic-H264.h264", "pic-VP9.ivf"};
            for (String name : names) {
                if (Files.exists(opts.media.resolve(name))) {
                    clips.add(Clip.read(opts.media.resolve(name)));
                }
            }
        }
        if (!clips.isEmpty()) {
            return new ClipSource(clips, true).createTrack();
        }
        MediaStreamConstraints wanted = new MediaStreamConstraints(kind.equals("audio"), kind.equals("video"));
        return MediaDevices.generated().getUserMedia(wanted).join().getTracks().get(0);
    }

    /**
     * Tells what is seen and heard: the size and the colours of a video frame, the strongest frequency of the audio.
     */
    private void watch(MediaStreamTrack track) {
        int[] seen = new int[3];
        sizes.put(track.getId(), seen);
        track.onEncodedFrame(f -> {
            if (seen[0]++ == 0) {
                event(
                        "firstframe",
                        map("kind", track.getKind(), "codec", f.codec(), "width", seen[1], "height", seen[2]));
            }
        });
        int[] count = new int[1];
        if (track.getKind().equals("video")) {
            track.onVideoFrame(f -> {
                seen[1] = f.width();
                seen[2] = f.height();
                if (++count[0] % FRAMES_BETWEEN_LOOKS == 10) {
                    event(
                            "picture",
                            map(
                                    "width",
                                    f.width(),
                                    "height",
                                    f.height(),
                                    "left",
                                    colour(f, 0.25),
                                    "right",
                                    colour(f, 0.75)));
                }
            });
        } else {
            List<AudioFrame> audio = new ArrayList<>();
            track.onAudioFrame(f -> {
                // Of each second the last frames before its middle.
                int place = ++count[0] % AUDIO_FRAMES_BETWEEN_LOOKS;
                if (place > AUDIO_FRAMES_BETWEEN_LOOKS / 2 - AUDIO_FRAMES_LOOKED_AT
                        && place <= AUDIO_FRAMES_BETWEEN_LOOKS / 2) {
                    audio.add(f);
                }
                if (place == AUDIO_FRAMES_BETWEEN_LOOKS / 2) {
                    event("tone", map("hz", strongestFrequency(audio)));
                    audio.clear();
                }
            });
        }
    }

    /** Of a spot on the middle line. */
    private static List<Integer> colour(VideoFrame f, double x) {
        int rgb = f.rgb((int) (f.width() * x), f.height() / 2);
        return List.of(rgb >> 16, rgb >> 8 & 255, rgb & 255);
    }

    /**
     * By the power at each frequency in steps of 5 Hz; the audio lasts 100 ms, so that a pure tone is found to within
     * one of them.
     */
    private static double strongestFrequency(List<AudioFrame> audio) {
        int channels = audio.get(0).channels();
        int rate = audio.get(0).sampleRate();
        double[] samples = audio.stream()
                .flatMapToDouble(f ->
                        IntStream.range(0, f.samples().length / channels).mapToDouble(i -> f.samples()[i * channels]))
                .toArray();
        double best = 0;
        double hertz = 0;
        for (int hz = 100; hz < 2_000; hz += 5) {
            double re = 0;
            double im = 0;
            for (int i = 0; i < samples.length; i++) {
                double t = 2 * Math.PI * hz * i / rate;
                double window = 0.5 - 0.5 * Math.cos(2 * Math.PI * i / samples.length);
                re += samples[i] * window * Math.cos(t);
                im += samples[i] * window * Math.sin(t);
            }
            if (re * re + im * im > best) {
                best = re * re + im * im;
                hertz = hz;
            }
        }
        return hertz;
    }

    // ---------------------------------------------------------------- statistics

    private void transportStats(RTCStatsReport report) {
        for (RTCStats t : report.ofType("transport")) {
            RTCStats pair = report.get(t.get("selectedCandidatePairId"));
            if (pair != null) {
                event(
                        "selectedpair",
                        map(
                                "local",
                                candidate(report.get(pair.get("localCandidateId"))),
                                "remote",
                                candidate(report.get(pair.get("remoteCandidateId")))));
            }
            event(
                    "dtls",
                    map(
                            "role",
                            t.get("dtlsRole"),
                            "version",
                            t.get("tlsVersion"),
                            "cipher",
                            t.get("dtlsCipher"),
                            "srtp",
                            t.get("srtpCipher"),
                            "state",
                            t.get("dtlsState")));
        }
    }

    private static Map<String, Object> candidate(RTCStats c) {
        return c == null
                ? map()
                : map(
                        "type",
                        c.get("candidateType"),
                        "proto",
                        c.get("protocol"),
                        "addr",
                        c.get("address") + ":" + c.get("port"));
    }

    private void rtpTotals(RTCStatsReport report) {
        for (String type : List.of("inbound-rtp", "outbound-rtp")) {
            boolean in = type.equals("inbound-rtp");
            for (RTCStats s : report.ofType(type)) {
                RTCStats codec = report.get(s.get("codecId"));
                int[] seen = sizes.getOrDefault(s.get("trackIdentifier"), new int[3]);
                event(
                        "rtp",
                        map(
                                "dir",
                                in ? "in" : "out",
                                "kind",
                                s.get("kind"),
                                "codec",
                                codec == null ? null : codec.get("mimeType"),
                                "ssrc",
                                s.get("ssrc"),
                                "packets",
                                s.get(in ? "packetsReceived" : "packetsSent"),
                                "lost",
                                s.get("packetsLost"),
                                "frames",
                                s.get(in ? "framesReceived" : "framesSent"),
                                "width",
                                seen[1],
                                "height",
                                seen[2],
                                "nack",
                                s.get("nackCount"),
                                "pli",
                                s.get("pliCount")));
            }
        }
    }
}
