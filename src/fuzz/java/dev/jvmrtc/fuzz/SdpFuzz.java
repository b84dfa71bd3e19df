package dev.jvmrtc.fuzz;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.ice.Candidate;
import dev.jvmrtc.jsep.BundlePolicy;
import dev.jvmrtc.jsep.Credentials;
import dev.jvmrtc.jsep.Description;
import dev.jvmrtc.jsep.Direction;
import dev.jvmrtc.jsep.JsepException;
import dev.jvmrtc.jsep.LocalSettings;
import dev.jvmrtc.jsep.Negotiator;
import dev.jvmrtc.jsep.SdpType;
import dev.jvmrtc.jsep.SignalingState;
import dev.jvmrtc.sdp.Section;
import dev.jvmrtc.wire.ByteWriter;
import dev.jvmrtc.wire.MalformedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Any text as an offer; or two negotiators whose descriptions are altered on the way, line by line, as the input says.
 * Each is refused with an error of the API, or taken, and what is taken can be answered, planned and offered again.
 */
public final class SdpFuzz {
    private final FuzzInput in;
    private final Negotiator a;
    private final Negotiator b;

    private SdpFuzz(FuzzInput in) {
        this.in = in;
        a = negotiator(1, in.next(3));
        b = negotiator(2, in.next(3));
    }

    private static Negotiator negotiator(int seed, int policy) {
        RandomSource random = RandomSource.seeded(seed);
        return new Negotiator(new LocalSettings(
                new BundlePolicy[] {BundlePolicy.BALANCED, BundlePolicy.MAX_COMPAT, BundlePolicy.MAX_BUNDLE}[policy],
                List.of("sha-256 " + String.join(":", Collections.nCopies(32, "AB"))),
                () -> new Credentials(random.nextIceChars(8), random.nextIceChars(24)),
                () -> random.nextInt() & 0xffffffffL,
                () -> random.nextIceChars(8),
                "cname",
                Integer.toString(seed),
                1 << 20,
                false));
    }

    public static void fuzzerTestOneInput(byte[] data) {
        FuzzInput in = new FuzzInput(data);
        boolean whole = in.flag();
        SdpFuzz f = new SdpFuzz(in);
        if (whole) {
            f.wholeOffer(new String(in.rest(), StandardCharsets.UTF_8));
        } else {
            while (!in.isEmpty()) {
                f.round();
            }
        }
    }

    private void wholeOffer(String text) {
        if (take(b, SdpType.OFFER, text)) {
            candidates(b);
            answer(b, in);
            take(b, SdpType.OFFER, text);
            b.plan();
            b.createOffer(true);
        }
        new SdpFuzz(new FuzzInput(new byte[0])).take(a, SdpType.ANSWER, text);
    }

    /** One thing is changed, offered by one side and answered by the other. */
    private void round() {
        boolean fromA = in.flag();
        Negotiator from = fromA ? a : b;
        Negotiator to = fromA ? b : a;
        switch (in.next(6)) {
            case 0 -> from.wantData();
            case 1 -> from.wantIceRestart();
            case 2, 3 -> {
                if (from.transceivers().size() < 8) {
                    from.addTransceiver(
                            in.flag() ? MediaKind.AUDIO : MediaKind.VIDEO,
                            Direction.values()[in.next(4)],
                            in.flag(),
                            "t" + in.next());
                }
            }
            case 4 -> from.transceivers().forEach(t -> t.direction = Direction.values()[in.next(4)]);
            default -> from.transceivers().stream().skip(in.next(8)).findFirst().ifPresent(t -> t.stopping = true);
        }
        if (from.state() != SignalingState.STABLE || to.state() != SignalingState.STABLE) {
            return;
        }
        String offer = from.createOffer(in.next() < 40);
        own(from, SdpType.OFFER, offer);
        if (!take(to, SdpType.OFFER, altered(offer))) {
            back(from, true);
            return;
        }
        if (in.next() < 40) {
            back(to, false);
            back(from, true);
            return;
        }
        candidates(to);
        String answer = to.createAnswer();
        own(to, SdpType.ANSWER, answer);
        if (!take(from, in.next() < 40 ? SdpType.PRANSWER : SdpType.ANSWER, altered(answer))
                && from.state() != SignalingState.STABLE) {
            back(from, true);
        }
    }

    private static void answer(Negotiator n, FuzzInput in) {
        own(n, SdpType.ANSWER, n.createAnswer());
    }

    /** What we make ourselves we take ourselves. */
    private static void own(Negotiator n, SdpType type, String text) {
        try {
            FuzzBounds.work(text.length(), () -> {
                try {
                    n.applyLocal(n.parse(true, type, text));
                } catch (JsepException e) {
                    throw new IllegalStateException(
                            "our own " + type + " is refused: " + e.getMessage() + "\n" + text, e);
                }
                n.plan();
                n.isNegotiationNeeded();
            });
        } finally {
            FuzzBounds.atMost(200_000, text.length(), "characters of a description of ours");
        }
    }

    private static void back(Negotiator n, boolean local) {
        try {
            n.rollback(local);
            n.plan();
        } catch (JsepException e) {
            // not in that state
        }
    }

    private boolean take(Negotiator n, SdpType type, String text) {
        boolean[] taken = {false};
        FuzzBounds.work(text.length(), () -> {
            try {
                Description d = n.parse(false, type, text);
                n.applyRemote(d);
                n.plan();
                n.isNegotiationNeeded();
                taken[0] = true;
            } catch (JsepException e) {
                // refused
            }
        });
        return taken[0];
    }

    private static void candidates(Negotiator n) {
        for (Section s : n.remote().sections()) {
            for (String c : s.candidates()) {
                try {
                    Candidate.parse(c);
                } catch (MalformedException e) {
                    // refused
                }
            }
        }
    }

    /** Lines taken away, doubled, moved, cut and grown. */
    private String altered(String description) {
        List<String> lines = new ArrayList<>(Arrays.asList(description.split("\r\n")));
        for (int n = in.next(6); n > 0 && !lines.isEmpty(); n--) {
            int i = in.u16() % lines.size();
            switch (in.next(7)) {
                case 0 -> lines.remove(i);
                case 1 -> lines.add(in.u16() % lines.size(), lines.get(i));
                case 2 -> Collections.swap(lines, i, in.u16() % lines.size());
                case 3 -> lines.set(i, splice(lines.get(i), ""));
                case 4 -> lines.set(i, splice(lines.get(i), new String(in.bytes(in.next(24)), StandardCharsets.UTF_8)));
                case 5 -> lines.add(i, new String(in.bytes(in.next(64)), StandardCharsets.UTF_8));
                default -> {
                    List<String> copy = new ArrayList<>(lines.subList(i, Math.min(lines.size(), i + 1 + in.next(16))));
                    lines.addAll(in.u16() % (lines.size() + 1), copy);
                }
            }
        }
        return String.join("\r\n", lines) + "\r\n";
    }

    private String splice(String line, String put) {
        int from = in.next() % (line.length() + 1);
        int to = Math.min(line.length(), from + in.next(8));
        return line.substring(0, from) + put + line.substring(to);
    }

    /** What {@link SeedMaker} writes as this target's first inputs. */
    static Map<String, byte[]> seeds() throws IOException {
        Map<String, byte[]> seeds = new TreeMap<>();
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/sdp"))) {
            for (Path p : files.sorted().toList()) {
                String name = p.getFileName().toString();
                if (name.endsWith(".sdp") && name.contains("offer") && Files.size(p) < 1_950) {
                    seeds.put(
                            name.replace(".sdp", ""),
                            new ByteWriter()
                                    .u8(1)
                                    .u8(0)
                                    .u8(0)
                                    .bytes(Files.readAllBytes(p))
                                    .toByteArray());
                }
            }
        }
        ByteWriter rounds = new ByteWriter().u8(0).u8(2).u8(2);
        rounds.u8(1).u8(0).u8(255).u8(0).u8(255).u8(255).u8(0); // data, nothing altered
        rounds.u8(0)
                .u8(2)
                .u8(1)
                .u8(0)
                .u8(0)
                .u8(1)
                .u8(255)
                .u8(0)
                .u8(255)
                .u8(255)
                .u8(0); // a section more, from the other side
        rounds.u8(1)
                .u8(2)
                .u8(0)
                .u8(0)
                .u8(0)
                .u8(2)
                .u8(255)
                .u8(1)
                .u16(9)
                .u8(1)
                .u16(3)
                .u8(255)
                .u8(255)
                .u8(0); // a line doubled
        rounds.u8(1).u8(1).u8(0).u8(0).u8(255).u8(0).u8(0);
        seeds.put("rounds", rounds.toByteArray());
        return seeds;
    }
}
