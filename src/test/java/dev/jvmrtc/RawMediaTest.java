package dev.jvmrtc;

import static dev.jvmrtc.TwoPeers.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.dom.RTCRangeError;
import dev.jvmrtc.media.AudioSource;
import dev.jvmrtc.media.EncodedVideoSource;
import dev.jvmrtc.media.MediaDevices;
import dev.jvmrtc.media.MediaStream;
import dev.jvmrtc.media.MediaStreamConstraints;
import dev.jvmrtc.media.MediaStreamTrack;
import dev.jvmrtc.media.Tone;
import dev.jvmrtc.media.VideoSource;
import dev.jvmrtc.media.frame.AudioFrame;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.media.frame.VideoFrame;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Video and audio that are encoded and decoded on the way between two connections. */
class RawMediaTest {

    /** Takes until one fits; fails after ten seconds without. */
    private static <T> T first(BlockingQueue<T> queue, Predicate<T> fits) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        for (T t = queue.poll(10, TimeUnit.SECONDS);
                t != null && System.nanoTime() < end;
                t = queue.poll(10, TimeUnit.SECONDS)) {
            if (fits.test(t)) {
                return t;
            }
        }
        throw new AssertionError("nothing came that fits");
    }

    private static CompletableFuture<MediaStreamTrack> track(RTCPeerConnection pc, String kind) {
        CompletableFuture<MediaStreamTrack> track = new CompletableFuture<>();
        pc.addEventListener(RTCPeerConnection.TRACK, e -> {
            if (e.track().getKind().equals(kind)) {
                track.complete(e.track());
            }
        });
        return track;
    }

    private static boolean near(int rgb, int red, int green, int blue, int by) {
        return Math.abs((rgb >> 16) - red) <= by
                && Math.abs((rgb >> 8 & 255) - green) <= by
                && Math.abs((rgb & 255) - blue) <= by;
    }

    @Test
    void aTestPatternAndAToneArriveAsTheyWereSent() throws Exception {
        for (String[] codecs : new String[][] {{"opus", "VP8"}, {"G722", "H264"}, {"PCMU", "VP8"}, {"PCMA", "VP8"}}) {
            try (TwoPeers p = new TwoPeers()) {
                MediaStream stream =
                        await(MediaDevices.generated().getUserMedia(new MediaStreamConstraints(true, true)));
                stream.getTracks().forEach(t -> p.a.addTrack(t, stream));
                for (RTCRtpTransceiver t : p.a.getTransceivers()) {
                    String kind = t.getReceiver().getTrack().getKind();
                    String wanted = kind + "/" + codecs[kind.equals("audio") ? 0 : 1];
                    t.setCodecPreferences(RTCRtpSender.getCapabilities(kind).codecs().stream()
                            .filter(c -> c.mimeType().equalsIgnoreCase(wanted))
                            .toList());
                }
                CompletableFuture<MediaStreamTrack> video = track(p.b, "video");
                CompletableFuture<MediaStreamTrack> audio = track(p.b, "audio");
                p.negotiate();
                BlockingQueue<int[]> colours = new LinkedBlockingQueue<>();
                await(video)
                        .onVideoFrame(f -> colours.add(new int[] {
                            f.width(), f.height(), f.rgb(f.width() / 4, 100), f.rgb(f.width() * 3 / 4, 100)
                        }));
                BlockingQueue<AudioFrame> heard = new LinkedBlockingQueue<>();
                await(audio).onAudioFrame(heard::add);
                int[] seen = first(colours, c -> true);
                assertEquals(320, seen[0]);
                assertEquals(240, seen[1]);
                assertTrue(
                        near(seen[2], 200, 30, 30, 20) && near(seen[3], 30, 30, 200, 20),
                        codecs[1] + " " + Integer.toHexString(seen[2]) + " " + Integer.toHexString(seen[3]));
                RTCStats out = await(p.a.getStats()).ofType("outbound-rtp").stream()
                        .filter(s -> "video".equals(s.get("kind")))
                        .findFirst()
                        .get();
                assertEquals(320L, out.get("frameWidth"));
                assertEquals("none", out.get("qualityLimitationReason"));
                assertTrue((Long) out.get("framesEncoded") > 0 && (Long) out.get("keyFramesEncoded") > 0);
                RTCStats in = await(p.b.getStats()).ofType("inbound-rtp").stream()
                        .filter(s -> "video".equals(s.get("kind")))
                        .findFirst()
                        .get();
                assertTrue((Long) in.get("framesDecoded") > 0 && (Long) in.get("frameHeight") == 240L);
                assertTrue(Tone.share(first(heard, f -> Tone.share(f, 440) > 0.9), 440) > 0.9, codecs[0]);
                checkStatistics(p);
                stream.getTracks().forEach(MediaStreamTrack::stop);
            }
        }
    }

    private static RTCStats of(RTCStatsReport report, String type, String kind) {
        return report.ofType(type).stream()
                .filter(s -> kind.equals(s.get("kind")))
                .findFirst()
                .orElseThrow();
    }

    private static void checkStatistics(TwoPeers p) {
        RTCStatsReport sent = await(p.a.getStats());
        RTCStatsReport received = await(p.b.getStats());
        assertEquals(320L, of(sent, "media-source", "video").get("width"));
        assertTrue((Long) of(sent, "media-source", "video").get("frames") > 0);
        assertEquals(0.25, (Double) of(sent, "media-source", "audio").get("audioLevel"), 0.01, "8,000 of 32,768");
        double mean = (Double) of(sent, "media-source", "audio").get("totalAudioEnergy")
                / (Double) of(sent, "media-source", "audio").get("totalSamplesDuration");
        assertEquals(0.25 * 0.25 / 2, mean, 0.004, "the mean square of a sine");
        RTCStats heard = of(received, "inbound-rtp", "audio");
        assertTrue((Double) heard.get("totalAudioEnergy") > 0 && (Long) heard.get("totalSamplesReceived") > 0);
        double delay = (Double) heard.get("jitterBufferDelay") / (Long) heard.get("jitterBufferEmittedCount");
        assertTrue(delay > 0.005 && delay < 3, "seconds for each sample, on a machine however busy: " + delay);
        assertEquals(
                heard.get("totalSamplesReceived"),
                received.get((String) heard.get("playoutId")).get("totalSamplesCount"));
        assertNotNull(of(received, "inbound-rtp", "video").get("freezeCount"));
    }

    @Test
    void aDisabledTrackSendsBlackAndSilence() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            MediaStream stream = await(MediaDevices.generated().getUserMedia(new MediaStreamConstraints(true, true)));
            stream.getTracks().forEach(t -> p.a.addTrack(t, stream));
            CompletableFuture<MediaStreamTrack> video = track(p.b, "video");
            CompletableFuture<MediaStreamTrack> audio = track(p.b, "audio");
            p.negotiate();
            BlockingQueue<Integer> colours = new LinkedBlockingQueue<>();
            await(video).onVideoFrame(f -> colours.add(f.rgb(f.width() / 4, 100)));
            BlockingQueue<AudioFrame> heard = new LinkedBlockingQueue<>();
            await(audio).onAudioFrame(heard::add);
            first(colours, c -> near(c, 200, 30, 30, 12));
            stream.getTracks().forEach(t -> t.setEnabled(false));
            first(colours, c -> near(c, 0, 0, 0, 6));
            first(heard, f -> {
                for (short s : f.samples()) {
                    if (Math.abs(s) > 30) {
                        return false;
                    }
                }
                return true;
            });
            stream.getTracks().forEach(t -> t.setEnabled(true));
            first(colours, c -> near(c, 200, 30, 30, 12));
            stream.getTracks().forEach(MediaStreamTrack::stop);
        }
    }

    @Test
    void theSizeFollowsTheSourceAndTheParametersOfTheEncoding() throws Exception {
        ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1);
        try (TwoPeers p = new TwoPeers()) {
            VideoSource source = new VideoSource();
            RTCRtpSender sender = p.a.addTrack(source.createTrack());
            CompletableFuture<MediaStreamTrack> video = track(p.b, "video");
            p.negotiate();
            BlockingQueue<String> sizes = new LinkedBlockingQueue<>();
            await(video)
                    .onVideoFrame(f -> sizes.add(
                            f.width() + "x" + f.height() + (f.rotation() == 0 ? "" : " turned by " + f.rotation())));
            int[] size = {320, 180, 0};
            clock.scheduleAtFixedRate(
                    () -> {
                        synchronized (size) {
                            source.push(VideoFrame.allocate(size[0], size[1], System.nanoTime() / 1_000)
                                    .withRotation(size[2]));
                        }
                    },
                    0,
                    33,
                    TimeUnit.MILLISECONDS);
            first(sizes, "320x180"::equals);
            synchronized (size) {
                size[0] = 175;
                size[1] = 143;
            }
            first(sizes, "175x143"::equals);
            synchronized (size) {
                size[2] = 90;
            }
            first(sizes, "175x143 turned by 90"::equals);
            RTCRtpSendParameters parameters = sender.getParameters();
            await(sender.setParameters(parameters.toBuilder()
                    .encodings(List.of(parameters.encodings().get(0).toBuilder()
                            .scaleResolutionDownBy(2.0)
                            .build()))
                    .build()));
            first(sizes, "87x71 turned by 90"::equals);
            RTCRtpSendParameters again = sender.getParameters();
            RTCRtpEncodingParameters larger = again.encodings().get(0).toBuilder()
                    .scaleResolutionDownBy(0.5)
                    .build();
            assertThrows(
                    RTCRangeError.class,
                    () -> await(sender.setParameters(
                            again.toBuilder().encodings(List.of(larger)).build())));
            assertThrows(
                    RTCRangeError.class,
                    () -> p.a.addTransceiver(
                            "video",
                            RTCRtpTransceiverInit.builder()
                                    .sendEncodings(List.of(larger))
                                    .build()));
        } finally {
            clock.shutdownNow();
        }
    }

    /** Negotiates with an answer that is changed on its way. */
    private static void negotiate(TwoPeers p, java.util.function.UnaryOperator<String> change) {
        await(p.a.setLocalDescription());
        await(p.b.setRemoteDescription(p.a.getLocalDescription()));
        await(p.b.setLocalDescription());
        await(p.a.setRemoteDescription(new RTCSessionDescription(
                RTCSdpType.ANSWER, change.apply(p.b.getLocalDescription().getSdp()))));
    }

    @Test
    void aPeerThatIsNotToldHowAFrameIsTurnedGetsItUpright() throws Exception {
        ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1);
        try (TwoPeers p = new TwoPeers()) {
            VideoSource source = new VideoSource();
            p.a.addTrack(source.createTrack());
            CompletableFuture<MediaStreamTrack> video = track(p.b, "video");
            negotiate(p, sdp -> sdp.replaceAll("a=extmap:\\d+ urn:3gpp:video-orientation\r\n", ""));
            BlockingQueue<String> sizes = new LinkedBlockingQueue<>();
            await(video).onVideoFrame(f -> sizes.add(f.width() + "x" + f.height() + " " + f.rotation()));
            clock.scheduleAtFixedRate(
                    () -> source.push(VideoFrame.allocate(320, 180, System.nanoTime() / 1_000)
                            .withRotation(270)),
                    0,
                    33,
                    TimeUnit.MILLISECONDS);
            assertEquals("180x320 0", first(sizes, s -> true));
        } finally {
            clock.shutdownNow();
        }
    }

    @Test
    void threeTemporalLayersArriveInTheirPatternAndTwoAfterAChange() throws Exception {
        ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1);
        try (TwoPeers p = new TwoPeers()) {
            VideoSource source = new VideoSource();
            RTCRtpSender sender = p.a.addTransceiver(
                            source.createTrack(),
                            RTCRtpTransceiverInit.builder()
                                    .sendEncodings(List.of(RTCRtpEncodingParameters.builder()
                                            .scalabilityMode("L1T3")
                                            .build()))
                                    .build())
                    .getSender();
            CompletableFuture<MediaStreamTrack> video = track(p.b, "video");
            p.negotiate();
            BlockingQueue<EncodedFrame> frames = new LinkedBlockingQueue<>();
            await(video).onEncodedFrame(frames::add);
            clock.scheduleAtFixedRate(
                    () -> source.push(VideoFrame.allocate(160, 120, System.nanoTime() / 1_000)
                            .black()),
                    0,
                    33,
                    TimeUnit.MILLISECONDS);
            first(frames, EncodedFrame::keyFrame);
            assertEquals(List.of(2, 1, 2, 0, 2, 1, 2, 0), layers(frames, 8));
            RTCRtpSendParameters parameters = sender.getParameters();
            await(sender.setParameters(parameters.toBuilder()
                    .encodings(List.of(parameters.encodings().get(0).toBuilder()
                            .scalabilityMode("L1T2")
                            .build()))
                    .build()));
            first(frames, EncodedFrame::keyFrame);
            assertEquals(List.of(1, 0, 1, 0), layers(frames, 4));
            RTCRtpSendParameters again = sender.getParameters();
            RTCRtpEncodingParameters spatial =
                    again.encodings().get(0).toBuilder().scalabilityMode("L3T3").build();
            assertEquals(
                    "OperationError",
                    assertThrows(
                                    RTCException.class,
                                    () -> await(sender.setParameters(again.toBuilder()
                                            .encodings(List.of(spatial))
                                            .build())))
                            .getName());
            assertThrows(
                    RTCException.class,
                    () -> p.a.addTransceiver(
                            "video",
                            RTCRtpTransceiverInit.builder()
                                    .sendEncodings(List.of(spatial))
                                    .build()));
        } finally {
            clock.shutdownNow();
        }
    }

    private static List<Integer> layers(BlockingQueue<EncodedFrame> frames, int count) throws InterruptedException {
        List<Integer> layers = new java.util.ArrayList<>();
        while (layers.size() < count) {
            layers.add(first(frames, f -> true).temporalLayer());
        }
        return layers;
    }

    @Test
    void thePeerSaysHowItWantsItsAudio() throws Exception {
        ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1);
        try (TwoPeers p = new TwoPeers()) {
            AudioSource source = new AudioSource();
            p.a.addTrack(source.createTrack());
            CompletableFuture<MediaStreamTrack> audio = track(p.b, "audio");
            negotiate(
                    p,
                    sdp -> sdp.replaceFirst(
                            "a=fmtp:111 [^\r]*\r\n",
                            "a=fmtp:111 stereo=1;maxaveragebitrate=36000;usedtx=1\r\na=ptime:60\r\n"));
            BlockingQueue<EncodedFrame> frames = new LinkedBlockingQueue<>();
            await(audio).onEncodedFrame(frames::add);
            boolean[] silent = new boolean[1];
            Random noise = new Random(1);
            clock.scheduleAtFixedRate(
                    () -> {
                        short[] s = new short[960];
                        for (int i = 0; i < s.length && !silent[0]; i++) {
                            s[i] = (short) (noise.nextGaussian() * 2_000);
                        }
                        source.push(new AudioFrame(s, 48_000, 2));
                    },
                    0,
                    10,
                    TimeUnit.MILLISECONDS);
            long before = first(frames, f -> true).rtpTimestamp();
            int bytes = 0;
            for (int i = 0; i < 20; i++) {
                EncodedFrame f = first(frames, x -> true);
                assertEquals(2_880, f.rtpTimestamp() - before, "60 ms");
                assertEquals(0x4, f.data()[0] & 0x4, "stereo (RFC 6716 §3.1)");
                before = f.rtpTimestamp();
                bytes += f.data().length;
            }
            assertEquals(36_000, bytes * 8 / 1.2, 7_000);
            silent[0] = true;
            long[] last = {before};
            first(frames, f -> {
                long gap = f.rtpTimestamp() - last[0];
                last[0] = f.rtpTimestamp();
                return gap > 3 * 2_880; // nothing was sent in silence, and the time went on
            });
        } finally {
            clock.shutdownNow();
        }
    }

    @Test
    void thePeerSaysHowMuchItIsWillingToReceive() throws Exception {
        for (String[] line :
                new String[][] {{"b=TIAS:90000", "90000"}, {"b=AS:120", "98000"}, {"b=AS:120\r\nb=TIAS:70000", "70000"}
                }) {
            try (TwoPeers p = new TwoPeers()) {
                VideoSource source = new VideoSource();
                MediaStreamTrack track = source.createTrack();
                p.a.addTrack(track);
                await(p.a.setLocalDescription());
                await(p.b.setRemoteDescription(p.a.getLocalDescription()));
                await(p.b.setLocalDescription());
                String sdp = p.b.getLocalDescription()
                        .getSdp()
                        .replaceFirst("(m=video[^\r]*\r\nc=[^\r]*\r\n)", "$1" + line[0] + "\r\n");
                await(p.a.setRemoteDescription(new RTCSessionDescription(RTCSdpType.ANSWER, sdp)));
                await(TwoPeers.state(p.a, RTCPeerConnectionState.CONNECTED));
                assertEquals(
                        Double.valueOf(line[1]), target(p.a.getSenders().get(0), Double.parseDouble(line[1])), line[0]);
            }
        }
    }

    @Test
    void framesThatCannotBeDecodedAreCountedAndAKeyFrameIsAskedFor() throws Exception {
        ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1);
        try (TwoPeers p = new TwoPeers()) {
            EncodedVideoSource source = new EncodedVideoSource("VP8");
            BlockingQueue<Long> asked = new LinkedBlockingQueue<>();
            p.a.addTrack(source.createTrack());
            CompletableFuture<MediaStreamTrack> video = track(p.b, "video");
            p.negotiate();
            MediaStreamTrack track = await(video);
            track.onVideoFrame(f -> {
                throw new IllegalStateException("this sink never works");
            });
            source.onKeyFrameRequested(rid -> asked.add(System.nanoTime()));
            int[] n = new int[1];
            clock.scheduleAtFixedRate(
                    () -> {
                        byte[] rubbish = new byte[40]; // the tag of a key frame, then nothing that could be
                        rubbish[0] = 0x10;
                        source.push(EncodedFrame.of(rubbish, "VP8", n[0]++ * 1_800L, true));
                    },
                    0,
                    20,
                    TimeUnit.MILLISECONDS);
            long start = System.nanoTime();
            for (int i = 0; i < 4; i++) {
                assertNotNull(asked.poll(10, TimeUnit.SECONDS));
            }
            assertTrue(
                    System.nanoTime() - start > TimeUnit.MILLISECONDS.toNanos(700),
                    "at most twice a second, beside the one at the beginning");
            assertTrue(
                    track.getDecodeFailures().getOrDefault("VP8: bad header", 0L) > 5,
                    track.getDecodeFailures().toString());
        } finally {
            clock.shutdownNow();
        }
    }

    @Test
    void videoAndAudioGoOnWhileTheApplicationBlocksItsExecutor() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            MediaStream stream = await(MediaDevices.generated().getUserMedia(new MediaStreamConstraints(true, true)));
            stream.getTracks().forEach(t -> p.a.addTrack(t, stream));
            CompletableFuture<MediaStreamTrack> video = track(p.b, "video");
            CompletableFuture<MediaStreamTrack> audio = track(p.b, "audio");
            RTCDataChannel channel = p.a.createDataChannel("blocks");
            CompletableFuture<Void> blocked = new CompletableFuture<>();
            CompletableFuture<Void> release = new CompletableFuture<>();
            p.b.onDataChannel(e -> e.channel().onMessage(m -> {
                blocked.complete(null);
                release.orTimeout(30, TimeUnit.SECONDS).handle((v, x) -> v).join();
            }));
            p.negotiate();
            AtomicInteger shown = new AtomicInteger();
            AtomicInteger loud = new AtomicInteger();
            await(video).onVideoFrame(f -> shown.incrementAndGet());
            await(audio).onAudioFrame(f -> loud.addAndGet(f.samples()[0] != 0 ? 1 : 0));
            channel.onOpen(e -> channel.send("x"));
            await(blocked);
            int seen = shown.get();
            int heard = loud.get();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(25);
            while ((shown.get() < seen + 10 || loud.get() < heard + 50) && System.nanoTime() < end) {
                Thread.sleep(20);
            }
            assertTrue(
                    shown.get() >= seen + 10 && loud.get() >= heard + 50,
                    shown.get() - seen + " video frames, " + (loud.get() - heard) + " loud audio frames");
            assertFalse(release.isDone());
            release.complete(null);
            stream.getTracks().forEach(MediaStreamTrack::stop);
        }
    }

    @Test
    void anAudioSourceMayHaveAnyRateAndPause() throws Exception {
        ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1);
        try (TwoPeers p = new TwoPeers()) {
            AudioSource source = new AudioSource();
            p.a.addTrack(source.createTrack());
            CompletableFuture<MediaStreamTrack> audio = track(p.b, "audio");
            p.negotiate();
            BlockingQueue<AudioFrame> heard = new LinkedBlockingQueue<>();
            await(audio).onAudioFrame(heard::add);
            long[] n = new long[1];
            clock.scheduleAtFixedRate(
                    () -> {
                        short[] s = new short[441 * 2];
                        for (int i = 0; i < 441; i++, n[0]++) {
                            s[2 * i] = (short) (8_000 * Math.sin(2 * Math.PI * 1_000 * n[0] / 44_100));
                            s[2 * i + 1] = s[2 * i];
                        }
                        source.push(new AudioFrame(s, 44_100, 2));
                    },
                    0,
                    10,
                    TimeUnit.MILLISECONDS);
            first(heard, f -> Tone.share(f, 1_000) > 0.95);
        } finally {
            clock.shutdownNow();
        }
    }

    @Test
    void aSenderOfHighPriorityHasFourTimesTheShareOfALowOne() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            RTCRtpSender low = p.a.addTrack(new VideoSource().createTrack());
            RTCRtpSender high = p.a.addTransceiver(
                            new VideoSource().createTrack(),
                            RTCRtpTransceiverInit.builder()
                                    .sendEncodings(List.of(RTCRtpEncodingParameters.builder()
                                            .priority(RTCPriorityType.HIGH)
                                            .build()))
                                    .build())
                    .getSender();
            p.negotiate();
            await(TwoPeers.state(p.a, RTCPeerConnectionState.CONNECTED));
            assertEquals(240_000.0, target(high, 240_000));
            assertEquals(60_000.0, target(low, 60_000));
            RTCRtpSendParameters parameters = low.getParameters();
            await(low.setParameters(parameters.toBuilder()
                    .encodings(List.of(parameters.encodings().get(0).toBuilder()
                            .priority(RTCPriorityType.HIGH)
                            .build()))
                    .build()));
            assertEquals(150_000.0, target(low, 150_000));
        }
    }

    /** What the sender is to send, once it is this much. */
    private static Object target(RTCRtpSender sender, double expected) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        Object target = null;
        while (!Double.valueOf(expected).equals(target) && System.nanoTime() < end) {
            target = await(sender.getStats()).ofType("outbound-rtp").get(0).get("targetBitrate");
        }
        return target;
    }
}
