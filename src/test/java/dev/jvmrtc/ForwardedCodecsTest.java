package dev.jvmrtc;

import static dev.jvmrtc.TwoPeers.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.media.EncodedVideoSource;
import dev.jvmrtc.media.MediaStreamTrack;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.wire.ByteWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * Codecs that nothing here decodes, over two connections: one peer sends to a server, which passes on what it receives
 * to another peer.
 */
class ForwardedCodecsTest {
    private static final long SEED = Long.getLong("jvmrtc.seed", 55L);
    private static final int FRAMES = 40;

    private final Random random = new Random(SEED);
    private final List<EncodedFrame> pushed = new ArrayList<>();
    private final BlockingQueue<EncodedFrame> atServer = new LinkedBlockingQueue<>();
    private final BlockingQueue<EncodedFrame> atEnd = new LinkedBlockingQueue<>();
    private final List<EncodedFrame> got = new ArrayList<>();
    private final AtomicBoolean keyFrameAsked = new AtomicBoolean(true);

    private static byte[] hex(String h) {
        return HexFormat.of().parseHex(h);
    }

    /**
     * An access unit: delimiter and parameter sets before an IDR picture of two slices that ends its sequence, or a
     * slice of a P picture.
     */
    private byte[] hevc(boolean key) {
        ByteWriter w = new ByteWriter().bytes(hex("00000001" + "460150"));
        if (!key) {
            return slice(w, "0201d0").toByteArray();
        }
        w.bytes(hex("00000001" + "40010c01" + "00000001" + "42010101" + "00000001" + "4401c172"));
        return slice(slice(w, "2601af"), "26012f")
                .bytes(hex("00000001" + "4801"))
                .toByteArray();
    }

    private ByteWriter slice(ByteWriter w, String head) {
        return w.u32(1).bytes(hex(head)).bytes(payload());
    }

    /** A temporal unit: a sequence header and metadata before a key frame, or a frame header and tiles of a layer. */
    private byte[] av1(boolean key) {
        ByteWriter w = new ByteWriter();
        return (key
                        ? unit(w.bytes(hex("0a03" + "010203" + "2a02" + "0109")), "32", "10")
                        : unit(unit(w, "1e08", "30"), "2608", ""))
                .toByteArray();
    }

    private ByteWriter unit(ByteWriter w, String header, String begin) {
        byte[] rest = payload();
        int n = begin.length() / 2 + rest.length;
        w.bytes(hex(header));
        for (; n > 0x7f; n >>= 7) {
            w.u8(0x80 | n & 0x7f);
        }
        return w.u8(n).bytes(hex(begin)).bytes(rest);
    }

    /** Some fit a packet, some are of several; no byte is zero, so that no start code is in it. */
    private byte[] payload() {
        byte[] d = new byte[random.nextInt(4) == 0 ? 1_500 + random.nextInt(2_000) : 1 + random.nextInt(300)];
        for (int i = 0; i < d.length; i++) {
            d[i] = (byte) (1 + random.nextInt(255));
        }
        return d;
    }

    /** As an encoder does it: a key frame at first and whenever one was asked for. */
    private void push(EncodedVideoSource source, String codec, Function<Boolean, byte[]> encoder) {
        boolean key = keyFrameAsked.getAndSet(false);
        EncodedFrame f = EncodedFrame.of(encoder.apply(key), codec, 90_000 + pushed.size() * 3_000L, key);
        pushed.add(f);
        source.push(f);
    }

    /** What has come to the end within the time of a frame. */
    private boolean takes(boolean keyFrame) throws InterruptedException {
        boolean seen = false;
        for (EncodedFrame f = atEnd.poll(15, TimeUnit.MILLISECONDS); f != null; f = atEnd.poll()) {
            got.add(f);
            seen |= f.keyFrame() || !keyFrame;
        }
        return seen;
    }

    private static MediaStreamTrack connect(
            TwoPeers p, MediaStreamTrack sent, String codec, BlockingQueue<EncodedFrame> sink) {
        CompletableFuture<MediaStreamTrack> received = new CompletableFuture<>();
        p.b.onTrack(e -> {
            e.track().onEncodedFrame(sink::add);
            received.complete(e.track());
        });
        List<RTCRtpCodec> wanted = RTCRtpReceiver.getCapabilities("video").codecs().stream()
                .filter(c -> c.mimeType().equals("video/" + codec))
                .toList();
        p.a.addTrack(sent);
        p.a.getTransceivers().get(0).setCodecPreferences(wanted);
        await(p.a.setLocalDescription().thenCompose(v -> p.b.setRemoteDescription(p.a.getLocalDescription())));
        p.b.getTransceivers().get(0).setCodecPreferences(wanted);
        await(p.b.setLocalDescription().thenCompose(v -> p.a.setRemoteDescription(p.b.getLocalDescription())));
        return await(received);
    }

    private void passes(String codec, Function<Boolean, byte[]> encoder) throws InterruptedException {
        EncodedVideoSource source = new EncodedVideoSource(codec);
        source.onKeyFrameRequested(rid -> keyFrameAsked.set(true));
        try (TwoPeers first = new TwoPeers();
                TwoPeers second = new TwoPeers()) {
            MediaStreamTrack passedOn = connect(first, source.createTrack(), codec, atServer);
            for (int i = 0; i < 1_000 && atServer.poll(15, TimeUnit.MILLISECONDS) == null; i++) {
                push(source, codec, encoder);
            }
            // Who comes to a stream that runs begins with a key frame, which it asks for through the server.
            MediaStreamTrack track = connect(second, passedOn, codec, atEnd);
            for (int i = 0; i < 1_000 && !takes(false); i++) {
                push(source, codec, encoder);
            }
            for (int i = 0; i < FRAMES; i++) {
                push(source, codec, encoder);
                takes(false);
            }
            int before = got.size();
            track.requestKeyFrame();
            boolean answered = false;
            for (int i = 0; i < 1_000 && !answered; i++) {
                push(source, codec, encoder);
                answered = takes(true);
            }
            assertTrue(answered, "a key frame came after " + before + " frames of " + pushed.size() + ", seed " + SEED);
            while (!Arrays.equals(
                    pushed.get(pushed.size() - 1).data(),
                    got.get(got.size() - 1).data())) {
                EncodedFrame f = atEnd.poll(10, TimeUnit.SECONDS);
                assertNotNull(f, "the last frame, seed " + SEED);
                got.add(f);
            }
        }
        allCame();
    }

    /** What came is all that was pushed from a key frame on: bytes, kind, and distances in time. */
    private void allCame() {
        int from = pushed.size() - got.size();
        assertTrue(
                from > 0 && got.size() > FRAMES && got.get(0).keyFrame(), got.size() + " frames of " + pushed.size());
        for (int i = 0; i < got.size(); i++) {
            EncodedFrame sent = pushed.get(from + i);
            EncodedFrame f = got.get(i);
            String which = "frame " + i + " of " + got.size() + ", seed " + SEED;
            assertArrayEquals(sent.data(), f.data(), which);
            assertEquals(sent.codec() + " " + sent.keyFrame(), f.codec() + " " + f.keyFrame(), which);
            assertEquals(i * 3_000L, f.rtpTimestamp() - got.get(0).rtpTimestamp(), which);
        }
    }

    @Test
    void accessUnitsOfH265PassThroughAServerAsTheyWereSent() throws InterruptedException {
        passes("H265", this::hevc);
    }

    @Test
    void temporalUnitsOfAv1PassThroughAServerAsTheyWereSent() throws InterruptedException {
        passes("AV1", this::av1);
    }
}
