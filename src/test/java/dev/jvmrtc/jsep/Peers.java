package dev.jvmrtc.jsep;

import java.util.List;
import java.util.Random;

/** Two negotiators and what signalling carries between them. */
final class Peers {
    final Negotiator a = negotiator(BundlePolicy.BALANCED, 1);
    final Negotiator b = negotiator(BundlePolicy.BALANCED, 2);

    static Negotiator negotiator(BundlePolicy policy, long seed) {
        Random random = new Random(seed);
        return new Negotiator(new LocalSettings(
                policy,
                List.of("sha-256 AA:BB"),
                () -> new Credentials(
                        "uuuu" + random.nextInt(1_000_000),
                        "pppppppppppppppppp" + (1_000_000 + random.nextInt(1_000_000))),
                () -> random.nextInt() & 0xffffffffL,
                () -> "track" + random.nextInt(),
                "cname",
                Long.toString(seed),
                1 << 20,
                false));
    }

    /** One offers, and the other has the offer. */
    static String offer(Negotiator from, Negotiator to) throws JsepException {
        String offer = from.createOffer(false);
        from.applyLocal(from.parse(true, SdpType.OFFER, offer));
        to.applyRemote(to.parse(false, SdpType.OFFER, offer));
        return offer;
    }

    /** One answers what it was offered, and the other has the answer. */
    static String answer(Negotiator from, Negotiator to) throws JsepException {
        String answer = from.createAnswer();
        from.applyLocal(from.parse(true, SdpType.ANSWER, answer));
        to.applyRemote(to.parse(false, SdpType.ANSWER, answer));
        return answer;
    }

    /** a offers, b answers. */
    void negotiate() throws JsepException {
        offer(a, b);
        answer(b, a);
    }

    /** The lines of a description that begin so. */
    static List<String> lines(String sdp, String begin) {
        return sdp.lines().filter(l -> l.startsWith(begin)).toList();
    }

    /** The m= lines without their formats: {@code audio 9}. */
    static List<String> sections(String sdp) {
        return lines(sdp, "m=").stream()
                .map(l -> l.substring(2).split(" ")[0] + " " + l.split(" ")[1])
                .toList();
    }
}
