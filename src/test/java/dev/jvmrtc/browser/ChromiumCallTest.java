package dev.jvmrtc.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonPrimitive;
import dev.jvmrtc.RTCDataChannel;
import dev.jvmrtc.RTCPeerConnection;
import dev.jvmrtc.RTCPeerConnectionFactory;
import dev.jvmrtc.RTCPeerConnectionState;
import dev.jvmrtc.RTCRtpEncodingParameters;
import dev.jvmrtc.RTCRtpReceiver;
import dev.jvmrtc.RTCRtpTransceiver;
import dev.jvmrtc.RTCRtpTransceiverDirection;
import dev.jvmrtc.RTCRtpTransceiverInit;
import dev.jvmrtc.RTCSdpType;
import dev.jvmrtc.RTCSessionDescription;
import dev.jvmrtc.media.AudioSource;
import dev.jvmrtc.media.Tone;
import dev.jvmrtc.media.VideoSource;
import dev.jvmrtc.media.frame.AudioFrame;
import dev.jvmrtc.media.frame.VideoFrame;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls with a real browser: everything that it sends comes back to it through the JVM. */
@Timeout(120)
class ChromiumCallTest {
    private static final String SIZES = "[0, 1, 100, 1200, 16384, 65535]";
    private static final int BULK = 10_000_000;
    private static final RTCPeerConnectionFactory FACTORY =
            RTCPeerConnectionFactory.builder().includeLoopback(true).build();
    private static Chromium browser;

    private RTCPeerConnection pc;
    private final AtomicInteger audioFrames = new AtomicInteger();
    private final AtomicInteger videoFrames = new AtomicInteger();

    @BeforeAll
    static void start() throws Exception {
        Chromium.assumeInstalled();
        browser = Chromium.withScript(new String(
                ChromiumCallTest.class.getResourceAsStream("/browser/page.js").readAllBytes(), StandardCharsets.UTF_8));
    }

    @AfterAll
    static void stop() throws Exception {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void open() {
        pc = FACTORY.createPeerConnection();
        pc.onDataChannel(e -> echo(e.channel()));
        pc.onTrack(e -> {
            e.track()
                    .onEncodedFrame(
                            f -> (e.track().getKind().equals("audio") ? audioFrames : videoFrames).incrementAndGet());
            // What comes in goes out again.
            e.transceiver().getSender().replaceTrack(e.track());
            e.transceiver().setDirection(RTCRtpTransceiverDirection.SENDRECV);
        });
        browser.evaluate("open()");
    }

    @AfterEach
    void close() {
        pc.close();
        await(pc.closed());
    }

    private static void echo(RTCDataChannel c) {
        c.onMessage(m -> {
            if (m.isBinary()) {
                c.send(m.bytes());
            } else {
                c.send(m.text());
            }
        });
    }

    private static <T> T await(CompletableFuture<T> f) {
        try {
            return f.get(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static String quoted(String s) {
        return new JsonPrimitive(s).toString();
    }

    private void browserOffers() {
        browserOffers("{}");
    }

    private void browserOffers(String options) {
        String offer = browser.evaluate("offer(" + options + ")").getAsString();
        await(pc.setRemoteDescription(new RTCSessionDescription(RTCSdpType.OFFER, offer))
                .thenCompose(v -> pc.setLocalDescription()));
        browser.evaluate("accept(" + quoted(localDescription()) + ")");
    }

    private void jvmOffers() {
        await(pc.setLocalDescription());
        String answer =
                browser.evaluate("answer(" + quoted(localDescription()) + ")").getAsString();
        await(pc.setRemoteDescription(new RTCSessionDescription(RTCSdpType.ANSWER, answer)));
    }

    /** With all candidates in it. */
    private String localDescription() {
        CompletableFuture<Void> complete = new CompletableFuture<>();
        pc.addEventListener(RTCPeerConnection.ICE_CANDIDATE, e -> {
            if (e.candidate() == null) {
                complete.complete(null);
            }
        });
        // After a restart the gathering state is that of the generation before until the next one has begun; the
        // description knows better.
        if (pc.getLocalDescription().getSdp().contains("a=end-of-candidates")) {
            complete.complete(null);
        }
        await(complete);
        return pc.getLocalDescription().getSdp();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void echoesMessagesOfAllSizesAndTenMegabytes(boolean browserOffers) {
        RTCDataChannel ours = null;
        if (browserOffers) {
            browser.evaluate("channel('echo') && 1");
            browserOffers();
        } else {
            ours = pc.createDataChannel("from-jvm");
            jvmOffers();
        }
        browser.evaluate("connected()");
        assertEquals(12, browser.evaluate("echo('echo', " + SIZES + ")").getAsInt());
        assertTrue(browser.evaluate("bulk(" + BULK + ")", 90).getAsBoolean());
        if (ours != null) {
            CompletableFuture<String> back = new CompletableFuture<>();
            ours.onMessage(m -> back.complete(m.text()));
            ours.send("héllo ✓ 𝄞");
            assertEquals("héllo ✓ 𝄞", await(back));
        }
    }

    @ParameterizedTest
    @CsvSource({"true,VP8", "false,VP8", "true,H264", "false,H264", "false,AV1"})
    void echoesAudioAndVideoWhichTheBrowserDecodes(boolean browserOffers, String codec) {
        if (browserOffers) {
            browser.evaluate("media('" + codec + "')");
            browserOffers();
        } else {
            pc.addTransceiver("audio");
            pc.addTransceiver("video");
            for (RTCRtpTransceiver t : pc.getTransceivers()) {
                t.getSender().replaceTrack(t.getReceiver().getTrack());
            }
            pc.getTransceivers()
                    .get(1)
                    .setCodecPreferences(RTCRtpReceiver.getCapabilities("video").codecs().stream()
                            .filter(c -> c.mimeType().equals("video/" + codec)
                                    || c.mimeType().equals("video/rtx"))
                            .toList());
            await(pc.setLocalDescription());
            browser.evaluate("(async () => { await pc.setRemoteDescription({type: 'offer', sdp: "
                    + quoted(localDescription()) + "}); await media('" + codec + "'); })()");
            String answer = browser.evaluate(
                            "(async () => { await pc.setLocalDescription(); await gathered(); return pc.localDescription.sdp; })()")
                    .getAsString();
            await(pc.setRemoteDescription(new RTCSessionDescription(RTCSdpType.ANSWER, answer)));
        }
        browser.evaluate("connected()");
        assertTrue(browser.evaluate("framesAdvance(40)").getAsBoolean());
        if (!codec.equals("AV1")) { // whose encoder is so slow on a busy machine that the frame is another by then
            assertTrue(browser.evaluate("videoIsRight()").getAsString().matches("\\d+x\\d+"));
        }
        assertTrue(browser.evaluate("audioArrives()").getAsBoolean());
        assertTrue(audioFrames.get() > 50, audioFrames + " audio frames reached the JVM");
        assertTrue(videoFrames.get() > 30, videoFrames + " video frames reached the JVM");
    }

    @Test
    void addsVideoToADataCallTakesItAwayAndRestartsIce() {
        browser.evaluate("channel('echo') && 1");
        browserOffers();
        browser.evaluate("connected()");
        assertEquals(2, browser.evaluate("echo('echo', [100])").getAsInt());
        browser.evaluate("media('VP8')");
        browserOffers();
        assertTrue(browser.evaluate("framesAdvance(20)").getAsBoolean());
        browser.evaluate("pc.getSenders().forEach(s => s.track && s.track.kind === 'video' && pc.removeTrack(s))");
        browserOffers();
        assertEquals(
                "recvonly",
                browser.evaluate("pc.getTransceivers().find(t => t.receiver.track.kind === 'video').currentDirection")
                        .getAsString());
        assertEquals(2, browser.evaluate("echo('echo', [1000])").getAsInt());
        String before = browser.evaluate("pc.localDescription.sdp.match(/ice-ufrag:(.*)/)[1]")
                .getAsString();
        browserOffers("{iceRestart: true}");
        assertTrue(!before.equals(browser.evaluate("pc.localDescription.sdp.match(/ice-ufrag:(.*)/)[1]")
                .getAsString()));
        browser.evaluate("connected()");
        assertEquals(2, browser.evaluate("echo('echo', [5000])").getAsInt());
        pc.restartIce();
        jvmOffers();
        browser.evaluate("connected()");
        assertEquals(2, browser.evaluate("echo('echo', [5000])").getAsInt());
        assertEquals(RTCPeerConnectionState.CONNECTED, pc.getConnectionState());
    }

    @ParameterizedTest
    @ValueSource(strings = {"opus", "G722", "PCMU", "PCMA"})
    void hearsTheBrowsersToneAndIsHeard(String codec) throws Exception {
        pc.close();
        pc = FACTORY.createPeerConnection();
        BlockingQueue<AudioFrame> heard = new LinkedBlockingQueue<>();
        pc.onTrack(e -> e.track().onAudioFrame(heard::add));
        AudioSource source = new AudioSource();
        pc.addTrack(source.createTrack());
        browser.evaluate("tone(1000, '" + codec + "')");
        browserOffers();
        ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1);
        try {
            int[] n = new int[1];
            clock.scheduleAtFixedRate(
                    () -> {
                        short[] s = new short[480];
                        for (int i = 0; i < s.length; i++, n[0]++) {
                            s[i] = (short) (10_000 * Math.sin(2 * Math.PI * 440 * n[0] / 48_000));
                        }
                        source.push(new AudioFrame(s, 48_000, 1));
                    },
                    0,
                    10,
                    TimeUnit.MILLISECONDS);
            browser.evaluate("connected()");
            assertEquals(440, browser.evaluate("heardHertz()").getAsDouble(), 10);
            assertEquals("audio/" + codec, pc.getSenders().get(0).getSendCodec().mimeType());
            int clear = 0;
            while (clear < 30) {
                AudioFrame f = heard.poll(10, TimeUnit.SECONDS);
                assertNotNull(f, "after " + clear + " frames");
                clear += Tone.share(f, 1_000) > 0.9 ? 1 : 0;
            }
        } finally {
            clock.shutdownNow();
        }
    }

    @Test
    void theBrowserTurnsAFrameAsItIsToldAndDecodesTemporalLayers() {
        VideoSource source = new VideoSource();
        pc.addTransceiver(
                source.createTrack(),
                RTCRtpTransceiverInit.builder()
                        .sendEncodings(List.of(RTCRtpEncodingParameters.builder()
                                .scalabilityMode("L1T3")
                                .build()))
                        .build());
        jvmOffers();
        ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1);
        try {
            int[] n = new int[1];
            clock.scheduleAtFixedRate(
                    () -> {
                        VideoFrame f = VideoFrame.allocate(320, 180, System.nanoTime() / 1_000)
                                .withRotation(90);
                        Arrays.fill(f.y(), (byte) (60 + n[0]++ % 100));
                        Arrays.fill(f.u(), (byte) 128);
                        Arrays.fill(f.v(), (byte) 128);
                        source.push(f);
                    },
                    0,
                    33,
                    TimeUnit.MILLISECONDS);
            browser.evaluate("connected()");
            assertEquals("180x320", browser.evaluate("remoteSize()").getAsString());
            double before = browser.evaluate("stat('inbound-rtp', 'video', 'framesDecoded')")
                    .getAsDouble();
            assertTrue(browser.evaluate(
                            "until('decoding of all layers', async () => await stat('inbound-rtp', 'video', 'framesDecoded') > "
                                    + before + " + 60)")
                    .getAsBoolean());
            assertEquals(
                    1,
                    browser.evaluate("stat('inbound-rtp', 'video', 'keyFramesDecoded')")
                            .getAsInt(),
                    1,
                    "no layer was missed");
        } finally {
            clock.shutdownNow();
        }
    }
}
