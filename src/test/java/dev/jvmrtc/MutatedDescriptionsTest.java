package dev.jvmrtc;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.dom.RTCRangeError;
import dev.jvmrtc.dom.RTCTypeError;
import dev.jvmrtc.sdp.SdpException;
import dev.jvmrtc.sdp.SdpSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Descriptions of real peers and of our own, with some lines changed on the way, through whole connections: each future
 * ends, in a value or in an error of the API, and what we write we can read. {@code -Djvmrtc.mutants} is the number of
 * negotiations, {@code -Djvmrtc.seed} the first seed.
 */
class MutatedDescriptionsTest {
    private static final int MUTANTS = Integer.getInteger("jvmrtc.mutants", 400);
    private static final long SEED = Long.getLong("jvmrtc.seed", 1L);
    private static final Path REAL = Path.of("src/test/resources/sdp");
    private static final String[] KINDS = {"audio", "video"};

    private final List<String> offers = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();
    /** How many operations ended in which way. */
    private final Map<String, Integer> ends = new TreeMap<>();

    @Test
    void eachOperationEndsInAValueOrAnErrorOfTheApiAndWhatWeWriteWeCanRead() throws IOException {
        try (Stream<Path> files = Files.list(REAL)) {
            for (Path f :
                    files.filter(f -> f.toString().endsWith(".sdp")).sorted().toList()) {
                String sdp = Files.readString(f);
                lines.addAll(Arrays.asList(sdp.split("\r?\n")));
                if (f.getFileName().toString().contains("-offer")) {
                    offers.add(sdp);
                }
            }
        }
        assertTrue(offers.size() > 30, "the offers of real peers are there");
        // No packets: descriptions alone are looked at, and no address is there to send from.
        try (RTCPeerConnectionFactory factory =
                RTCPeerConnectionFactory.builder().addressFilter(a -> false).build()) {
            for (int i = 0; i < MUTANTS; i++) {
                Random random = new Random(SEED + i);
                try (RTCPeerConnection a = factory.createPeerConnection();
                        RTCPeerConnection b = factory.createPeerConnection()) {
                    negotiate(a, b, random);
                } catch (RuntimeException | AssertionError e) {
                    throw new AssertionError("seed " + (SEED + i) + ": " + e.getMessage(), e);
                }
            }
        }
        System.out.println(MUTANTS + " negotiations from seed " + SEED + ": " + ends);
        assertTrue(ends.get("done") > MUTANTS, "most operations succeed, or nothing is tried: " + ends);
    }

    private void negotiate(RTCPeerConnection a, RTCPeerConnection b, Random random) {
        if (random.nextInt(3) == 0) {
            String offer = offers.get(random.nextInt(offers.size()));
            if (take(b, RTCSdpType.OFFER, mutant(offer, random)) && write(b)) {
                add(b, random);
                write(b);
            }
            return;
        }
        RTCPeerConnection offerer = a;
        RTCPeerConnection answerer = b;
        for (int round = 0; round < 3; round++) {
            add(offerer, random);
            boolean wrong = random.nextInt(3) > 0;
            if (!write(offerer)) {
                return;
            }
            String offer = offerer.getLocalDescription().getSdp();
            if (take(answerer, RTCSdpType.OFFER, wrong && random.nextBoolean() ? mutant(offer, random) : offer)
                    && write(answerer)) {
                String answer = answerer.getLocalDescription().getSdp();
                if (!take(offerer, RTCSdpType.ANSWER, wrong ? mutant(answer, random) : answer)) {
                    take(offerer, RTCSdpType.ROLLBACK, "");
                }
            } else {
                take(offerer, RTCSdpType.ROLLBACK, "");
                take(answerer, RTCSdpType.ROLLBACK, "");
            }
            RTCPeerConnection other = offerer;
            offerer = random.nextBoolean() ? answerer : offerer;
            answerer = offerer == other ? answerer : other;
        }
    }

    private static void add(RTCPeerConnection pc, Random random) {
        switch (random.nextInt(4)) {
            case 0 -> pc.createDataChannel("d");
            case 1 ->
                pc.getTransceivers().stream()
                        .skip(random.nextInt(4))
                        .findFirst()
                        .ifPresent(RTCRtpTransceiver::stop);
            default -> pc.addTransceiver(KINDS[random.nextInt(2)]);
        }
    }

    /** Sets our description, and reads it. */
    private boolean write(RTCPeerConnection pc) {
        if (!ends(pc.setLocalDescription(), true)) {
            return false;
        }
        try {
            SdpSession.parse(pc.getLocalDescription().getSdp());
        } catch (SdpException e) {
            throw new AssertionError(
                    "we cannot read what we wrote: " + pc.getLocalDescription().getSdp(), e);
        }
        return true;
    }

    private boolean take(RTCPeerConnection pc, RTCSdpType type, String sdp) {
        return ends(pc.setRemoteDescription(new RTCSessionDescription(type, sdp)), false);
    }

    private boolean ends(CompletableFuture<Void> future, boolean ours) {
        try {
            future.get(20, TimeUnit.SECONDS);
            ends.merge("done", 1, Integer::sum);
            return true;
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() instanceof CompletionException c ? c.getCause() : e.getCause();
            if (!(cause instanceof RTCException)
                    && !(cause instanceof RTCTypeError)
                    && !(cause instanceof RTCRangeError)) {
                throw new AssertionError("no error of the API: " + cause, cause);
            }
            ends.merge(
                    (ours ? "ours: " : "theirs: ")
                            + (cause instanceof RTCException x
                                    ? x.getName()
                                    : cause.getClass().getSimpleName()),
                    1,
                    Integer::sum);
            return false;
        } catch (TimeoutException e) {
            return fail("an operation never ends");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A description with one to three lines or sections changed. */
    private String mutant(String sdp, Random random) {
        List<String> all = new ArrayList<>(Arrays.asList(sdp.split("\r?\n")));
        for (int n = 1 + random.nextInt(3); n > 0 && all.size() > 1; n--) {
            int at = random.nextInt(all.size());
            switch (random.nextInt(11)) {
                case 0 -> all.remove(at);
                case 1 -> all.add(at, all.get(random.nextInt(all.size())));
                case 2 -> Collections.swap(all, at, random.nextInt(all.size()));
                case 3 -> all.add(at, lines.get(random.nextInt(lines.size())));
                case 4 ->
                    all.set(
                            at,
                            all.get(at)
                                    .replaceFirst(
                                            "\\d+",
                                            List.of("0", "1", "9", "65536", "99999999999", "-1")
                                                    .get(random.nextInt(6))));
                case 5 ->
                    all.set(
                            at,
                            all.get(at).substring(0, random.nextInt(all.get(at).length() + 1)));
                case 6 ->
                    all.set(
                            at,
                            all.get(at)
                                    + List.of(" ", "\t", ";", " 0", "\r", ":", "\u00e9")
                                            .get(random.nextInt(7)));
                case 7 ->
                    all.set(
                            at,
                            all.get(at)
                                    .replaceFirst(
                                            "(sendrecv|sendonly|recvonly|inactive|active|passive|actpass)",
                                            List.of(
                                                            "sendrecv",
                                                            "sendonly",
                                                            "recvonly",
                                                            "inactive",
                                                            "active",
                                                            "passive",
                                                            "holdconn",
                                                            "")
                                                    .get(random.nextInt(8))));
                case 8 -> all = all.subList(0, Math.max(1, at));
                default -> sections(all, random);
            }
        }
        return String.join(random.nextInt(8) == 0 ? "\n" : "\r\n", all) + "\r\n";
    }

    /** Sections left out, told twice, or in another order. */
    private static void sections(List<String> all, Random random) {
        List<List<String>> parts = new ArrayList<>();
        parts.add(new ArrayList<>());
        for (String l : all) {
            if (l.startsWith("m=")) {
                parts.add(new ArrayList<>());
            }
            parts.get(parts.size() - 1).add(l);
        }
        if (parts.size() > 1) {
            int at = 1 + random.nextInt(parts.size() - 1);
            switch (random.nextInt(4)) {
                case 0 -> parts.remove(at);
                case 1 -> parts.add(at, parts.get(at));
                case 2 -> Collections.swap(parts, at, 1 + random.nextInt(parts.size() - 1));
                default -> parts.get(at).set(0, parts.get(at).get(0).replaceFirst(" \\d+ ", " 0 "));
            }
        }
        all.clear();
        parts.forEach(all::addAll);
    }
}
