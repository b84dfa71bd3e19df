package dev.jvmrtc.media.playout;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.core.MediaKind;
import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.jsep.BundlePolicy;
import dev.jvmrtc.jsep.Direction;
import dev.jvmrtc.jsep.JsepTransceiver;
import dev.jvmrtc.media.codec.AudioEncoder;
import dev.jvmrtc.media.codec.CodecException;
import dev.jvmrtc.media.codec.Codecs;
import dev.jvmrtc.media.codec.VideoDecoder;
import dev.jvmrtc.media.codec.VideoEncoder;
import dev.jvmrtc.media.frame.AudioFrame;
import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.PlayoutStatistics;
import dev.jvmrtc.media.frame.VideoFrame;
import dev.jvmrtc.rtp.format.OutgoingFrame;
import dev.jvmrtc.rtp.receive.ReceivedFrame;
import dev.jvmrtc.session.plan.SessionEvent;
import dev.jvmrtc.session.plan.SourceFormat;
import dev.jvmrtc.sim.SimPeer;
import dev.jvmrtc.sim.StandInDtls;
import dev.jvmrtc.sim.VirtualNetwork;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * A call with real codecs on the virtual clock: 2 % of all packets are lost, and the sound cards' clocks differ by 300
 * parts in a million. Every ten seconds a flash and a beep are sent together. {@code -Djvmrtc.callMinutes=60} for an
 * hour.
 */
class LongCallTest {
    private static final int MINUTES = Integer.getInteger("jvmrtc.callMinutes", 2);
    private static final long SEED = Long.getLong("sim.seed", 11);
    private static final long SECOND = 1_000_000_000L;
    private static final long MILLI = 1_000_000L;
    private static final int WIDTH = 160;
    private static final int HEIGHT = 120;
    private static final int PICTURES_PER_SECOND = 15;
    private static final int RATE = 48_000;
    private static final int SOUND_MILLIS = 20;
    private static final double HALF_THE_DRIFT = 150e-6;
    private static final long FLASH_INTERVAL = 10 * SECOND;
    private static final long BEEP = 60 * MILLI;
    private static final int LOUD = 4_000;
    private static final int BRIGHT = 150;

    private final VirtualNetwork network =
            new VirtualNetwork(SEED, new VirtualNetwork.Conditions(2, 0, 25 * MILLI, 10 * MILLI));
    private final long start = network.now();
    private final List<String> notes = new ArrayList<>();

    /** One side: it films and records, watches and listens. */
    private final class End {
        final SimPeer peer;
        /** How much faster its sound card is than the true time, for recording and for playing. */
        final double drift;

        final VideoEncoder videoEncoder = Codecs.videoEncoder(EncodedFormat.of("VP8"));
        final AudioEncoder audioEncoder = Codecs.audioEncoder(new EncodedFormat("opus", Map.of("useinbandfec", "1")));
        final VideoDecoder videoDecoder = Codecs.videoDecoder("VP8");
        final AudioPlayout sound = new AudioPlayout(Codecs.audioDecoder("opus"), RATE);
        final VideoPlayout pictures = new VideoPlayout();
        final LipSync sync = new LipSync();
        final List<Long> flashes = new ArrayList<>();
        final List<Long> beeps = new ArrayList<>();
        boolean keyFrameNeeded = true;
        boolean bright;
        long recorded;
        long played;
        long filmed;
        long shown;
        int mostHeldMillis;
        int mostPictures;
        JsepTransceiver audio;
        JsepTransceiver video;

        End(SimPeer peer, double drift) {
            this.peer = peer;
            this.drift = drift;
        }

        void begin() {
            audio = peer.negotiator.transceivers().get(0);
            video = peer.negotiator.transceivers().get(1);
            peer.session.media().setSource(audio.id, List.of(new SourceFormat("opus", Map.of())));
            peer.session.media().setSource(video.id, List.of(new SourceFormat("VP8", Map.of())));
            film();
            record();
            play();
        }

        private boolean isFlash(long at, long lasting) {
            return at - start >= FLASH_INTERVAL && (at - start) % FLASH_INTERVAL < lasting;
        }

        /** When its card has counted so many units of so many nanoseconds. */
        private long byCard(long n, long nanos) {
            return start + SECOND + (long) (n * nanos / (1 + drift));
        }

        private void film() {
            long at = start + SECOND + filmed * SECOND / PICTURES_PER_SECOND;
            network.at(at, () -> {
                VideoFrame f = VideoFrame.allocate(WIDTH, HEIGHT, (at - start) / 1_000);
                Arrays.fill(f.y(), (byte) (isFlash(at, SECOND / PICTURES_PER_SECOND) ? 230 : 40));
                Arrays.fill(f.u(), (byte) 128);
                Arrays.fill(f.v(), (byte) 128);
                for (int i = 0; i < 40; i++) {
                    Arrays.fill(
                            f.y(),
                            (i + 40) * WIDTH + (int) (filmed % 100),
                            (i + 40) * WIDTH + (int) (filmed % 100) + 40,
                            (byte) (60 + i));
                }
                boolean key = peer.keyFrameRequests.remove((Integer) video.id);
                EncodedFrame e = videoEncoder.encode(f, key);
                f.release();
                if (e != null) {
                    peer.session
                            .media()
                            .sendFrame(
                                    at,
                                    video.id,
                                    OutgoingFrame.of(e.data(), e.keyFrame(), filmed * 90_000 / PICTURES_PER_SECOND),
                                    at);
                    peer.turn();
                    tidy();
                }
                filmed++;
                film();
            });
        }

        private void record() {
            long begin = byCard(recorded * SOUND_MILLIS, MILLI);
            long at = byCard((recorded + 1) * SOUND_MILLIS, MILLI);
            network.at(at, () -> {
                short[] s = new short[RATE / 1_000 * SOUND_MILLIS];
                for (int i = 0; i < s.length; i++) {
                    long then = begin + (long) (i * SECOND / (RATE * (1 + drift)));
                    s[i] = (short) (isFlash(then, BEEP) ? 12_000 * Math.sin(2 * Math.PI * 1_000 * i / RATE) : 0);
                }
                byte[] data = audioEncoder.encode(s);
                peer.session.media().sendFrame(at, audio.id, OutgoingFrame.of(data, true, recorded * s.length), begin);
                peer.turn();
                tidy();
                recorded++;
                record();
            });
        }

        private void play() {
            long at = byCard(played * AudioPlayout.TAKE_MILLIS, MILLI);
            network.at(at, () -> {
                receive(at);
                AudioFrame heard = sound.take(at, sync);
                for (int i = 0; heard != null && i < heard.samples().length; i += heard.channels()) {
                    if (Math.abs(heard.samples()[i]) > LOUD) {
                        note(beeps, at + i / heard.channels() * SECOND / RATE);
                        break;
                    }
                }
                mostHeldMillis = Math.max(mostHeldMillis, sound.heldMillis());
                played++;
                play();
            });
        }

        /** What the session has delivered since. */
        private void receive(long now) {
            for (ReceivedFrame f : peer.frames) {
                EncodedFrame e =
                        new EncodedFrame(f.data(), f.codec(), f.rtpTimestamp(), f.ntpMillis(), f.keyFrame(), null);
                try {
                    if (f.codec().equals("VP8")) {
                        pictures.offer(e, now, sync);
                    } else {
                        sound.offer(e, now, sync);
                    }
                } catch (CodecException x) {
                    throw new AssertionError(x);
                }
            }
            peer.frames.clear();
            mostPictures = Math.max(mostPictures, pictures.held());
            for (EncodedFrame e = pictures.poll(now); e != null; e = pictures.poll(now)) {
                show(e, now);
            }
        }

        private void show(EncodedFrame e, long now) {
            if (keyFrameNeeded && !e.keyFrame()) {
                peer.session.media().requestKeyFrame(video.id);
                return;
            }
            try {
                VideoFrame f = videoDecoder.decode(e);
                keyFrameNeeded = false;
                shown++;
                pictures.shown(now, 0);
                boolean isBright = (f.y()[5] & 0xFF) > BRIGHT;
                if (isBright && !bright) {
                    note(flashes, now);
                }
                bright = isBright;
                f.release();
            } catch (CodecException x) {
                throw new AssertionError(x);
            }
        }

        private void note(List<Long> list, long at) {
            if (list.isEmpty() || at - list.get(list.size() - 1) > FLASH_INTERVAL / 2) {
                list.add(at);
            }
        }

        /** What the peer keeps for tests that look back; a target for the encoder is among it. */
        private void tidy() {
            for (SessionEvent e : peer.events) {
                if (e instanceof SessionEvent.TargetBitrateChanged t && t.mediaId() == video.id) {
                    videoEncoder.setTargetBitrate(t.bitsPerSecond());
                } else if (e instanceof SessionEvent.TargetBitrateChanged t) {
                    audioEncoder.setTargetBitrate(t.bitsPerSecond());
                }
            }
            peer.events.clear();
        }
    }

    private SimPeer peer(String name, String ip, long seed) {
        RandomSource random = RandomSource.seeded(seed);
        return new SimPeer(
                name,
                ip,
                network,
                random,
                SimPeer.fakeIdentity(random),
                (id, out) -> new StandInDtls(id, out, random),
                BundlePolicy.MAX_BUNDLE);
    }

    private static long heap() {
        Runtime r = Runtime.getRuntime();
        for (int i = 0; i < 4; i++) {
            System.gc();
        }
        return r.totalMemory() - r.freeMemory();
    }

    @Test
    void soundAndPicturesStayInStepAndNothingGrows() {
        End a = new End(peer("a", "10.0.0.1", SEED * 2), HALF_THE_DRIFT);
        End b = new End(peer("b", "10.0.0.2", SEED * 2 + 1), -HALF_THE_DRIFT);
        a.peer.connectTo(b.peer);
        b.peer.connectTo(a.peer);
        a.peer.negotiator.addTransceiver(MediaKind.AUDIO, Direction.SENDRECV, false, "t-a");
        a.peer.negotiator.addTransceiver(MediaKind.VIDEO, Direction.SENDRECV, false, "t-v");
        a.peer.negotiate();
        List<SimPeer> both = List.of(a.peer, b.peer);
        assertTrue(
                SimPeer.runUntil(
                        network,
                        both,
                        30 * SECOND,
                        () -> b.peer.negotiator.transceivers().size() == 2),
                "negotiated");
        a.begin();
        b.begin();
        long[] heap = new long[2];
        network.at(start + 60 * SECOND, () -> heap[0] = heap());
        boolean[] over = new boolean[1];
        network.at(start + MINUTES * 60 * SECOND, () -> {
            heap[1] = heap();
            over[0] = true;
        });
        assertTrue(SimPeer.runUntil(network, both, (MINUTES + 1) * 60 * SECOND, () -> over[0]));
        for (End e : List.of(a, b)) {
            String name = e.peer.name + " (seed " + SEED + "): ";
            int expected = MINUTES * 6 - 1;
            assertTrue(
                    e.beeps.size() >= expected - MINUTES && e.beeps.size() <= expected,
                    name + e.beeps.size() + " beeps of " + expected);
            assertTrue(
                    e.flashes.size() >= expected - MINUTES && e.flashes.size() <= expected,
                    name + e.flashes.size() + " flashes of " + expected);
            int compared = 0;
            long worst = 0;
            for (long flash : e.flashes) {
                for (long beep : e.beeps) {
                    if (Math.abs(flash - beep) < FLASH_INTERVAL / 2) {
                        worst = Math.max(worst, Math.abs(flash - beep));
                        compared++;
                    }
                }
            }
            PlayoutStatistics s = e.sound.statistics();
            notes.add(
                    name + compared + " flashes with beeps, at most " + worst / MILLI + " ms apart; sound held at most "
                            + e.mostHeldMillis + " ms, " + s.concealments() + " gaps made good, of silence "
                            + s.silentSamples() / 48 + " ms; " + e.shown + " of " + e.filmed + " pictures shown");
            assertTrue(compared >= expected - 2 * MINUTES, name + compared + " compared");
            assertTrue(worst <= 80 * MILLI, name + notes);
            assertTrue(e.mostHeldMillis < 400, name + "sound held " + e.mostHeldMillis + " ms");
            assertTrue(e.mostPictures < 15, name + e.mostPictures + " pictures held");
            assertTrue(e.shown > e.filmed * 9 / 10, name + notes);
        }
        notes.add("heap " + heap[0] / 1_024 + " KiB after a minute, " + heap[1] / 1_024 + " KiB at the end");
        System.out.println(String.join("\n", notes));
        // What tests before this one left behind may have gone in the meantime.
        assertTrue(heap[1] < heap[0] * 1.05, notes.toString());
    }
}
