package dev.jvmrtc.media;

import dev.jvmrtc.media.codec.AudioDecoder;
import dev.jvmrtc.media.codec.AudioEncoder;
import dev.jvmrtc.media.codec.CodecException;
import dev.jvmrtc.media.codec.Codecs;
import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.EncodedFrame;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** Mutated Opus packets, of which some make the decoder throw AssertionErrors, as a track's frames; right is that its audio goes on, and that they are only counted. */
public class OpusKill {
    static final Random R = new Random(18);

    static byte[] mutate(byte[] in) {
        byte[] d = in.clone();
        for (int k = 1 + R.nextInt(5); k > 0 && d.length > 0; k--) {
            switch (R.nextInt(4)) {
                case 0 -> d[R.nextInt(d.length)] = (byte) R.nextInt();
                case 1 -> d[R.nextInt(d.length)] ^= (byte) (1 << R.nextInt(8));
                case 2 -> d = Arrays.copyOf(d, Math.max(1, R.nextInt(d.length + 1)));
                default -> d = Arrays.copyOf(d, d.length + R.nextInt(40));
            }
        }
        return d;
    }

    public static void main(String[] a) throws Exception {
        List<byte[]> seeds = new ArrayList<>();
        AudioEncoder e = Codecs.audioEncoder(EncodedFormat.of("opus"));
        while (seeds.size() < 12) {
            short[] s = new short[e.sampleRate() * e.frameMillis() / 1000 * e.channels()];
            for (int k = 0; k < s.length; k++) {
                s[k] = (short) (R.nextGaussian() * 4000);
            }
            byte[] d = e.encode(s);
            if (d != null) {
                seeds.add(d);
            }
        }
        EncodedAudioSource src = new EncodedAudioSource("opus");
        MediaStreamTrack t = src.createTrack();
        AtomicInteger n = new AtomicInteger();
        t.onAudioFrame(f -> n.incrementAndGet());
        AudioDecoder alone = Codecs.audioDecoder("opus");
        int escaped = 0;
        int refused = 0;
        int packets = a.length > 0 ? Integer.parseInt(a[0]) : 20_000;
        for (int i = 0; i < packets; i++) {
            try {
                alone.decode(R.nextInt(5) == 0 ? seeds.get(R.nextInt(12)) : mutate(seeds.get(R.nextInt(12))));
            } catch (CodecException x) {
                refused++;
            } catch (Throwable x) {
                escaped++;
            }
        }
        long ts = 0;
        for (int i = 0; i < 500; i++) {
            src.push(EncodedFrame.of(i % 5 == 0 ? seeds.get(i % 12) : mutate(seeds.get(i % 12)), "opus", ts += 960, true));
            Thread.sleep(2);
        }
        Thread.sleep(500);
        int mid = n.get();
        for (int i = 0; i < 60; i++) {
            src.push(EncodedFrame.of(seeds.get(i % 12), "opus", ts += 960, true));
            Thread.sleep(20);
        }
        System.out.printf("%d packets: %d refused, %d escaped; %d audio frames in 1.2 s after hostile ones; failures %s%n", packets, refused, escaped, n.get() - mid,
            t.getDecodeFailures());
        System.exit(0);
    }
}
