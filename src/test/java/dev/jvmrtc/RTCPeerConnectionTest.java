package dev.jvmrtc;

import static dev.jvmrtc.TwoPeers.await;
import static dev.jvmrtc.TwoPeers.opened;
import static dev.jvmrtc.TwoPeers.state;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.dom.RTCTypeError;
import dev.jvmrtc.media.EncodedAudioSource;
import dev.jvmrtc.media.EncodedVideoSource;
import dev.jvmrtc.media.MediaStream;
import dev.jvmrtc.media.frame.EncodedFrame;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RTCPeerConnectionTest {

    @Test
    void exchangesMessagesOfAllSizesBothWays() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            RTCDataChannel channel = p.a.createDataChannel("echo");
            p.b.onDataChannel(e -> {
                assertEquals(RTCDataChannelState.OPEN, e.channel().getReadyState());
                e.channel().onMessage(m -> {
                    if (m.isBinary()) {
                        e.channel().send(m.bytes());
                    } else {
                        e.channel().send(m.text());
                    }
                });
            });
            BlockingQueue<MessageEvent> back = new LinkedBlockingQueue<>();
            channel.onMessage(back::add);
            p.negotiate();
            await(opened(channel));
            Random random = new Random(1);
            for (int size : new int[] {0, 1, 100, 1_160, 1_200, 16_384, 65_535, 262_144, 1_048_576}) {
                byte[] data = new byte[size];
                random.nextBytes(data);
                channel.send(data);
                MessageEvent m = back.poll(20, TimeUnit.SECONDS);
                assertNotNull(m, size + " bytes did not come back");
                byte[] got = new byte[m.bytes().remaining()];
                m.bytes().get(got);
                assertArrayEquals(data, got);
            }
            channel.send("héllo ✓ 𝄞");
            assertEquals("héllo ✓ 𝄞", back.poll(10, TimeUnit.SECONDS).text());
            channel.send("");
            assertEquals("", back.poll(10, TimeUnit.SECONDS).text());
            assertThrows(RTCTypeError.class, () -> channel.send(new byte[1_048_577]));
        }
    }

    @Test
    void reachesConnectedAndReportsTheSelectedPair() {
        try (TwoPeers p = new TwoPeers()) {
            p.a.createDataChannel("x");
            p.negotiate();
            await(state(p.a, RTCPeerConnectionState.CONNECTED));
            await(state(p.b, RTCPeerConnectionState.CONNECTED));
            assertEquals(
                    RTCDtlsTransportState.CONNECTED,
                    p.a.getSctp().getTransport().getState());
            assertNotNull(p.a.getSctp().getTransport().getIceTransport().getSelectedCandidatePair());
            assertEquals(1, p.a.getSctp().getTransport().getRemoteCertificates().size());
            RTCStatsReport stats = await(p.a.getStats());
            // Data may flow before a pair is nominated (RFC 8445 §12.1), and a handshake is often the faster: without a
            // nomination the test times out.
            while (stats.ofType("candidate-pair").stream().noneMatch(s -> Boolean.TRUE.equals(s.get("nominated")))) {
                stats = await(p.a.getStats());
            }
            assertEquals("connected", stats.ofType("transport").get(0).get("dtlsState"));
        }
    }

    @Test
    void sendsEncodedFramesBothWaysAndAsksForKeyFrames() throws Exception {
        ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1);
        try (TwoPeers p = new TwoPeers()) {
            EncodedVideoSource video = new EncodedVideoSource("VP8");
            EncodedAudioSource audio = new EncodedAudioSource("opus");
            AtomicInteger keyFrameRequests = new AtomicInteger();
            video.onKeyFrameRequested(rid -> keyFrameRequests.incrementAndGet());
            MediaStream stream = new MediaStream();
            p.a.addTrack(video.createTrack(), stream);
            p.a.addTrack(audio.createTrack(), stream);
            BlockingQueue<EncodedFrame> videoFrames = new LinkedBlockingQueue<>();
            BlockingQueue<EncodedFrame> audioFrames = new LinkedBlockingQueue<>();
            List<String> streamIds = new CopyOnWriteArrayList<>();
            p.b.onTrack(e -> {
                e.streams().forEach(s -> streamIds.add(s.getId()));
                e.track().onEncodedFrame((e.track().getKind().equals("video") ? videoFrames : audioFrames)::add);
            });
            p.negotiate();
            await(state(p.a, RTCPeerConnectionState.CONNECTED));
            AtomicInteger n = new AtomicInteger();
            ScheduledFuture<?> sending = clock.scheduleAtFixedRate(
                    () -> {
                        int i = n.getAndIncrement();
                        byte[] frame = new byte[3_000];
                        frame[0] = (byte) (keyFrameRequests.get() > 0 && i % 10 == 0 ? 0 : 1);
                        frame[2_999] = (byte) i;
                        video.push(EncodedFrame.of(frame, "VP8", i * 3_000L, frame[0] == 0));
                        audio.push(EncodedFrame.of(new byte[] {(byte) i, 1, 2}, "opus", i * 960L, true));
                    },
                    0,
                    20,
                    TimeUnit.MILLISECONDS);
            EncodedFrame first = videoFrames.poll(10, TimeUnit.SECONDS);
            assertNotNull(first, "no video frame came");
            assertTrue(first.keyFrame(), "the first frame is a key frame");
            assertEquals(3_000, first.data().length);
            for (int i = 0; i < 20; i++) {
                EncodedFrame next = videoFrames.poll(5, TimeUnit.SECONDS);
                assertEquals(
                        3_000L, next.rtpTimestamp() - first.rtpTimestamp() & 0xffffffffL, "in order, none missing");
                first = next;
            }
            assertNotNull(audioFrames.poll(5, TimeUnit.SECONDS));
            assertEquals(List.of(stream.getId(), stream.getId()), streamIds);
            assertTrue(keyFrameRequests.get() > 0);
            sending.cancel(false);
        } finally {
            clock.shutdownNow();
        }
    }

    @Test
    void addsVideoToADataCallAndTakesItAwayAgain() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            p.a.createDataChannel("x");
            p.negotiate();
            await(state(p.a, RTCPeerConnectionState.CONNECTED));
            CompletableFuture<RTCTrackEvent> track = new CompletableFuture<>();
            p.b.onTrack(track::complete);
            EncodedVideoSource video = new EncodedVideoSource("VP8");
            RTCRtpSender sender = p.a.addTrack(video.createTrack());
            p.negotiate();
            RTCTrackEvent e = await(track);
            CompletableFuture<Void> unmuted = new CompletableFuture<>();
            CompletableFuture<Void> muted = new CompletableFuture<>();
            e.track().onUnmute(x -> unmuted.complete(null));
            video.onKeyFrameRequested(rid -> video.push(EncodedFrame.of(new byte[100], "VP8", 0, true)));
            video.push(EncodedFrame.of(new byte[100], "VP8", 0, true));
            await(unmuted);
            e.track().onMute(x -> muted.complete(null));
            p.a.removeTrack(sender);
            p.negotiate();
            await(muted);
            assertEquals(RTCRtpTransceiverDirection.INACTIVE, e.transceiver().getCurrentDirection());
            p.a.getTransceivers().get(0).stop();
            p.negotiate();
            assertTrue(p.a.getTransceivers().isEmpty());
            assertEquals(RTCRtpTransceiverDirection.STOPPED, e.transceiver().getCurrentDirection());
        }
    }

    @Test
    void restartsIceDuringACall() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            RTCDataChannel channel = p.a.createDataChannel("x");
            BlockingQueue<String> got = new LinkedBlockingQueue<>();
            p.b.onDataChannel(e -> e.channel().onMessage(m -> got.add(m.text())));
            p.negotiate();
            await(opened(channel));
            String before = p.a.getSctp()
                    .getTransport()
                    .getIceTransport()
                    .getLocalParameters()
                    .usernameFragment();
            CompletableFuture<Void> needed = new CompletableFuture<>();
            CompletableFuture<Void> newPair = new CompletableFuture<>();
            p.a.onNegotiationNeeded(e -> needed.complete(null));
            p.a.getSctp().getTransport().getIceTransport().onSelectedCandidatePairChange(e -> newPair.complete(null));
            p.a.restartIce();
            await(needed);
            p.negotiate();
            await(newPair);
            assertFalse(before.equals(p.a.getSctp()
                    .getTransport()
                    .getIceTransport()
                    .getLocalParameters()
                    .usernameFragment()));
            channel.send("after the restart");
            assertEquals("after the restart", got.poll(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void tellsASourceHowMuchItMaySendAndKeepsToTheLimitOfTheEncoding() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            EncodedVideoSource video = new EncodedVideoSource("VP8");
            BlockingQueue<Long> targets = new LinkedBlockingQueue<>();
            video.onTargetBitrate((rid, bits) -> targets.add(bits));
            RTCRtpSender sender = p.a.addTrack(video.createTrack());
            p.negotiate();
            assertEquals(300_000L, targets.poll(10, TimeUnit.SECONDS), "before anything is known of the path");
            RTCRtpSendParameters parameters = sender.getParameters();
            RTCRtpEncodingParameters limited = parameters.encodings().get(0).toBuilder()
                    .maxBitrate(90_000L)
                    .build();
            await(sender.setParameters(
                    parameters.toBuilder().encodings(List.of(limited)).build()));
            assertEquals(90_000L, targets.poll(10, TimeUnit.SECONDS));
            assertEquals(
                    90_000.0,
                    await(sender.getStats()).ofType("outbound-rtp").get(0).get("targetBitrate"));

            RTCRtpSendParameters again = sender.getParameters();
            RTCRtpEncodingParameters scaled =
                    limited.toBuilder().scaleResolutionDownBy(2.0).build();
            assertEquals(
                    "NotSupportedError",
                    assertThrows(
                                    RTCException.class,
                                    () -> await(sender.setParameters(again.toBuilder()
                                            .encodings(List.of(scaled))
                                            .build())))
                            .getName());
        }
    }

    @Test
    void aSwitchedOffEncodingSendsNothingAndBeginsAgainWithAKeyFrame() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            EncodedVideoSource video = new EncodedVideoSource("VP8");
            BlockingQueue<EncodedFrame> got = new LinkedBlockingQueue<>();
            BlockingQueue<String> keyFramesWanted = new LinkedBlockingQueue<>();
            p.b.onTrack(e -> e.track().onEncodedFrame(got::add));
            RTCRtpSender sender = p.a.addTrack(video.createTrack());
            video.onKeyFrameRequested(rid -> keyFramesWanted.add("wanted"));
            p.negotiate();
            assertNotNull(keyFramesWanted.poll(10, TimeUnit.SECONDS));
            setActive(sender, false);
            video.push(EncodedFrame.of(new byte[] {0, 1}, "VP8", 0, true));
            keyFramesWanted.clear();
            setActive(sender, true);
            assertNotNull(keyFramesWanted.poll(10, TimeUnit.SECONDS));
            video.push(EncodedFrame.of(new byte[] {0, 2}, "VP8", 3_000, true));
            assertEquals(2, got.poll(10, TimeUnit.SECONDS).data()[1], "the frame of the pause was never sent");
        }
    }

    @Test
    void aSourceThatIsFasterThanTheLoopLosesFramesByCountAndIsAskedForAKeyFrame() throws Exception {
        try (StandingLoop loop = new StandingLoop();
                RTCPeerConnection a = loop.factory.createPeerConnection(
                        RTCConfiguration.builder().build());
                RTCPeerConnection b = TwoPeers.FACTORY.createPeerConnection(
                        RTCConfiguration.builder().build())) {
            a.onIceCandidate(e -> b.addIceCandidate(e.candidate()));
            b.onIceCandidate(e -> a.addIceCandidate(e.candidate()));
            EncodedVideoSource video = new EncodedVideoSource("VP8");
            AtomicInteger keyFramesWanted = new AtomicInteger();
            CompletableFuture<Void> started = new CompletableFuture<>();
            CompletableFuture<Void> askedAgain = new CompletableFuture<>();
            video.onKeyFrameRequested(rid -> {
                if (keyFramesWanted.getAndIncrement() == 0) {
                    started.complete(null);
                } else {
                    askedAgain.complete(null);
                }
            });
            RTCRtpSender sender = a.addTrack(video.createTrack());
            TwoPeers.negotiate(a, b);
            await(state(b, RTCPeerConnectionState.CONNECTED));
            await(started);
            loop.standStill(sender);
            for (int i = 0; i < SendQueue.MAX_QUEUED + 88; i++) {
                video.push(EncodedFrame.of(new byte[] {1, 2}, "VP8", i * 3_000L, false));
            }
            loop.goOn();
            await(askedAgain);
            assertEquals(88L, await(a.getDropCounts()).get("media of a source that is faster than it can be sent"));
        }
    }

    @Test
    void refusesToBufferMoreThanTheBoundOnOneChannel() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            RTCDataChannel c = p.a.createDataChannel("c");
            CompletableFuture<Void> hold = new CompletableFuture<>();
            p.b.onDataChannel(e -> e.channel().onMessage(m -> await(hold))); // takes nothing, so that the window closes
            p.negotiate();
            await(opened(c));
            byte[] message = new byte[256 * 1024];
            RTCException refused = assertThrows(RTCException.class, () -> {
                for (int i = 0; i < 1_000; i++) {
                    c.send(message);
                }
            });
            assertEquals("OperationError", refused.getName());
            assertTrue(c.getBufferedAmount() <= RTCPeerConnectionFactory.DEFAULT_DATA_SEND_BUFFER);
            hold.complete(null);
        }
    }

    @Test
    void framesThatTheApplicationDoesNotTakeAreDroppedBeyondTheBound() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            EncodedAudioSource audio = new EncodedAudioSource("opus");
            RTCDataChannel fence = p.a.createDataChannel("fence");
            CompletableFuture<Void> hold = new CompletableFuture<>();
            AtomicInteger taken = new AtomicInteger();
            p.b.onTrack(e -> e.track().onEncodedFrame(f -> {
                taken.incrementAndGet();
                await(hold);
            }));
            p.a.addTrack(audio.createTrack());
            p.negotiate();
            await(state(p.b, RTCPeerConnectionState.CONNECTED));
            await(opened(fence));
            RTCRtpReceiver receiver = p.b.getReceivers().get(0);
            for (int n = 0; receiver.droppedFrames() < RTCRtpReceiver.MAX_WAITING; ) {
                for (int i = 0; i < 64; i++) {
                    audio.push(EncodedFrame.of(new byte[] {1}, "opus", n++ * 960L, true));
                }
                // The first may overtake frames within one turn of the loop; when the second has been acknowledged, b
                // has had all that were not lost.
                await(fence.sendZeroCopy(ByteBuffer.allocate(1)));
                await(fence.sendZeroCopy(ByteBuffer.allocate(1)));
            }
            hold.complete(null);
            long arrived = (Long) await(p.b.getStats())
                    .ofType("inbound-rtp")
                    .get(0)
                    .get("packetsReceived"); // comes behind all that waits
            assertEquals(1 + RTCRtpReceiver.MAX_WAITING, taken.get());
            assertEquals(arrived - taken.get(), receiver.droppedFrames());
        }
    }

    @Test
    void holdsSoManyCandidatesBeforeTheirDescriptionAndCountsTheRest() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            p.a.createDataChannel("c");
            await(p.a.setLocalDescription());
            await(p.b.setRemoteDescription(p.a.getLocalDescription()));
            for (int i = 0; i < TransportSlots.MAX_HELD_CANDIDATES + 4; i++) {
                await(p.b.addIceCandidate(new RTCIceCandidate(
                        "candidate:1 1 udp 2130706431 192.0.2.1 " + (1_000 + i) + " typ host", "0", null)));
            }
            long counted =
                    await(p.b.getDropCounts()).getOrDefault("remote candidate before its description, too many", 0L);
            assertTrue(counted >= 4, "counted " + counted);
        }
    }

    private static void setActive(RTCRtpSender sender, boolean active) {
        RTCRtpSendParameters parameters = sender.getParameters();
        await(sender.setParameters(parameters.toBuilder()
                .encodings(List.of(
                        parameters.encodings().get(0).toBuilder().active(active).build()))
                .build()));
    }

    @Test
    void takesOnAnotherPeerWhoseDescriptionHasAnotherFingerprint() throws Exception {
        RTCConfiguration another = RTCConfiguration.builder()
                .certificates(List.of(await(RTCPeerConnection.generateCertificate("ECDSA"))))
                .build();
        try (TwoPeers p = new TwoPeers();
                RTCPeerConnection c = TwoPeers.FACTORY.createPeerConnection(another)) {
            EncodedVideoSource video = new EncodedVideoSource("VP8");
            video.onKeyFrameRequested(rid -> video.push(EncodedFrame.of(new byte[] {0, 42}, "VP8", 0, true)));
            p.a.addTrack(video.createTrack());
            RTCDataChannel first = p.a.createDataChannel("first");
            p.negotiate();
            await(opened(first));
            CompletableFuture<Void> firstClosed = new CompletableFuture<>();
            first.onClose(e -> firstClosed.complete(null));

            // b hands the call to c, which makes an offer of the same shape; b itself says nothing any more.
            p.a.onIceCandidate(e -> c.addIceCandidate(e.candidate()));
            p.b.onIceCandidate(null);
            c.onIceCandidate(e -> p.a.addIceCandidate(e.candidate()));
            BlockingQueue<EncodedFrame> videoFrames = new LinkedBlockingQueue<>();
            c.onTrack(e -> e.track().onEncodedFrame(videoFrames::add));
            p.a.onDataChannel(e -> e.channel().onMessage(m -> e.channel().send("echo " + m.text())));
            c.addTransceiver(
                    "video",
                    RTCRtpTransceiverInit.builder()
                            .direction(RTCRtpTransceiverDirection.RECVONLY)
                            .build());
            RTCDataChannel second = c.createDataChannel("second");
            CompletableFuture<String> echo = new CompletableFuture<>();
            second.onMessage(m -> echo.complete(m.text()));
            TwoPeers.negotiate(c, p.a);
            await(firstClosed);
            await(opened(second));
            second.send("hello");
            assertEquals("echo hello", await(echo));
            assertEquals(
                    42,
                    videoFrames.poll(10, TimeUnit.SECONDS).data()[1],
                    "the first frame for the new peer is a key frame");
            await(opened(p.a.createDataChannel("of the old side")));
            assertEquals(
                    RTCDtlsTransportState.CONNECTED,
                    p.a.getSctp().getTransport().getState());
        }
    }

    @Test
    void sendsG722Audio() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            EncodedAudioSource audio = new EncodedAudioSource("G722");
            BlockingQueue<EncodedFrame> got = new LinkedBlockingQueue<>();
            p.b.onTrack(e -> e.track().onEncodedFrame(got::add));
            RTCRtpSender sender = p.a.addTrack(audio.createTrack());
            CompletableFuture<Void> chosen = new CompletableFuture<>();
            sender.onCodecChange(e -> chosen.complete(null));
            p.negotiate();
            await(chosen);
            await(state(p.a, RTCPeerConnectionState.CONNECTED));
            assertEquals("audio/G722", sender.getSendCodec().mimeType());
            assertEquals(
                    8_000,
                    sender.getSendCodec().clockRate(),
                    "RFC 3551 §4.5.2: the RTP clock of G.722 is 8,000 by mistake, and stays so");
            byte[] twentyMillis = new byte[160];
            audio.push(EncodedFrame.of(twentyMillis, "G722", 0, true));
            audio.push(EncodedFrame.of(twentyMillis, "G722", 160, true));
            long first = got.poll(10, TimeUnit.SECONDS).rtpTimestamp();
            EncodedFrame second = got.poll(10, TimeUnit.SECONDS);
            assertEquals(160, second.rtpTimestamp() - first & 0xffffffffL);
            assertEquals("G722", second.codec());
            List<RTCRtpSynchronizationSource> heard = p.b.getReceivers().get(0).getSynchronizationSources();
            assertEquals(1, heard.size());
            assertEquals(second.rtpTimestamp(), heard.get(0).rtpTimestamp());
            assertEquals(List.of(), p.b.getReceivers().get(0).getContributingSources());
            assertEquals(160, second.data().length);
        }
    }

    @Test
    void closesAChannelOnBothSidesAndUsesItsIdAgain() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            RTCDataChannel first = p.a.createDataChannel("first");
            CompletableFuture<RTCDataChannel> remote = new CompletableFuture<>();
            p.b.onDataChannel(e -> remote.complete(e.channel()));
            p.negotiate();
            RTCDataChannel other = await(remote);
            await(opened(first));
            CompletableFuture<Void> closedHere = new CompletableFuture<>();
            CompletableFuture<Void> closedThere = new CompletableFuture<>();
            first.onClose(e -> closedHere.complete(null));
            other.onClose(e -> closedThere.complete(null));
            Integer id = first.getId();
            CompletableFuture<RTCDataChannelState> afterClose = new CompletableFuture<>();
            first.onMessage(
                    m -> { // in a callback nothing else of the connection happens in between
                        first.close();
                        afterClose.complete(first.getReadyState());
                    });
            other.send("close");
            assertEquals(RTCDataChannelState.CLOSING, await(afterClose));
            await(closedHere);
            await(closedThere);
            RTCDataChannel second = p.a.createDataChannel("second");
            await(opened(second));
            assertEquals(id, second.getId());
        }
    }

    @Test
    void failsWithANamedErrorWhenTheFingerprintIsWrong() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            p.a.createDataChannel("x");
            await(p.a.setLocalDescription());
            await(p.b.setRemoteDescription(p.a.getLocalDescription()));
            await(p.b.setLocalDescription());
            CompletableFuture<RTCError> error = new CompletableFuture<>();
            String wrong = p.b.getLocalDescription()
                    .getSdp()
                    .replaceAll("a=fingerprint:sha-256 ..", "a=fingerprint:sha-256 00");
            String alsoWrong = wrong.equals(p.b.getLocalDescription().getSdp())
                    ? wrong.replaceAll("sha-256 00", "sha-256 01")
                    : wrong;
            CompletableFuture<Void> failed = state(p.a, RTCPeerConnectionState.FAILED);
            await(p.a.setRemoteDescription(new RTCSessionDescription(RTCSdpType.ANSWER, alsoWrong)));
            p.a.getSctp().getTransport().onError(e -> error.complete(e.error()));
            await(failed);
            assertEquals(RTCErrorDetailType.FINGERPRINT_FAILURE, await(error).getErrorDetail());
            assertEquals(42, await(error).getSentAlert());
        }
    }

    @Test
    void namesTheLineOfBadSdp() {
        try (TwoPeers p = new TwoPeers()) {
            RTCError e = assertThrows(
                    RTCError.class,
                    () -> await(p.a.setRemoteDescription(new RTCSessionDescription(
                            RTCSdpType.OFFER,
                            "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nnonsense\r\nm=audio 9 X 0\r\n"))));
            assertEquals(RTCErrorDetailType.SDP_SYNTAX_ERROR, e.getErrorDetail());
            assertEquals(5, e.getSdpLineNumber());
        }
    }

    @Test
    void rollsBackOnGlareAsPerfectNegotiationNeeds() throws Exception {
        try (TwoPeers p = new TwoPeers()) {
            p.a.createDataChannel("from a");
            p.b.addTransceiver("audio");
            await(p.a.setLocalDescription());
            await(p.b.setLocalDescription());
            List<RTCSignalingState> states = new CopyOnWriteArrayList<>();
            p.b.onSignalingStateChange(e -> states.add(p.b.getSignalingState()));
            // b is polite: a's offer undoes its own.
            await(p.b.setRemoteDescription(p.a.getLocalDescription()));
            assertEquals(List.of(RTCSignalingState.STABLE, RTCSignalingState.HAVE_REMOTE_OFFER), states);
            assertNull(p.b.getTransceivers().get(0).getMid());
            await(p.b.setLocalDescription());
            await(p.a.setRemoteDescription(p.b.getLocalDescription()));
            TwoPeers.negotiate(p.b, p.a);
            assertEquals(1, p.a.getTransceivers().size());
            await(state(p.a, RTCPeerConnectionState.CONNECTED));
        }
    }

    @Test
    void refusesToWaitForItselfInsideACallback() {
        try (TwoPeers p = new TwoPeers()) {
            CompletableFuture<Throwable> thrown = new CompletableFuture<>();
            p.a.onNegotiationNeeded(e -> {
                try {
                    p.a.createOffer().join();
                    thrown.complete(null);
                } catch (IllegalStateException x) {
                    thrown.complete(x);
                }
            });
            p.a.createDataChannel("x");
            assertTrue(await(thrown).getMessage().contains("would wait for ever"));
            assertThrows(
                    UnsupportedOperationException.class, () -> p.a.createOffer().complete(null));
        }
    }

    @Test
    void callbacksMayRunOnTheLoopItself() throws Exception {
        RTCPeerConnection a =
                TwoPeers.FACTORY.createPeerConnection(RTCConfiguration.builder().build(), Runnable::run);
        RTCPeerConnection b =
                TwoPeers.FACTORY.createPeerConnection(RTCConfiguration.builder().build(), Runnable::run);
        a.onIceCandidate(e -> b.addIceCandidate(e.candidate()));
        b.onIceCandidate(e -> a.addIceCandidate(e.candidate()));
        RTCDataChannel channel = a.createDataChannel("x");
        BlockingQueue<ByteBuffer> got = new LinkedBlockingQueue<>();
        b.onDataChannel(e -> e.channel().onMessage(m -> got.add(m.bytes())));
        channel.onOpen(e -> channel.send(new byte[] {7}));
        TwoPeers.negotiate(a, b);
        assertEquals(7, got.poll(10, TimeUnit.SECONDS).get());
        a.close();
        b.close();
        await(a.closed());
        await(b.closed());
    }

    @Test
    void objectsKeepTheirIdentity() {
        try (TwoPeers p = new TwoPeers()) {
            RTCRtpTransceiver t = p.a.addTransceiver("video");
            assertSame(t, p.a.getTransceivers().get(0));
            assertSame(t.getSender(), p.a.getSenders().get(0));
            assertSame(t.getReceiver().getTrack(), p.a.getReceivers().get(0).getTrack());
        }
    }

    @Test
    void closedConnectionsRefuseWithInvalidStateError() {
        TwoPeers p = new TwoPeers();
        p.close();
        assertEquals(RTCPeerConnectionState.CLOSED, p.a.getConnectionState());
        assertEquals(
                "InvalidStateError",
                assertThrows(RTCException.class, () -> p.a.createDataChannel("x"))
                        .getName());
        assertEquals(
                "InvalidStateError",
                assertThrows(RTCException.class, () -> await(p.a.createOffer())).getName());
        p.close();
    }

    @Test
    void theOlderWordsWorkToo() throws Exception {
        RTCIceServer server =
                RTCIceServer.builder().urls(List.of("stun:127.0.0.1:9")).build();
        try (webkitRTCPeerConnection pc = new webkitRTCPeerConnection(
                RTCConfiguration.builder().iceServers(List.of(server)).build())) {
            MediaStream stream = new MediaStream(List.of(new EncodedVideoSource("VP8").createTrack()));
            pc.addStream(stream);
            CompletableFuture<RTCSessionDescription> offer = new CompletableFuture<>();
            pc.createOffer(offer::complete, offer::completeExceptionally);
            assertTrue(await(offer).getSdp().contains("m=video"));
            CompletableFuture<Void> set = new CompletableFuture<>();
            pc.setLocalDescription(await(offer), () -> set.complete(null), set::completeExceptionally);
            await(set);
            try (webkitRTCPeerConnection other = new webkitRTCPeerConnection()) {
                CompletableFuture<MediaStream> added = new CompletableFuture<>();
                other.onAddStream(e -> added.complete(e.stream()));
                await(other.setRemoteDescription(new RTCSessionDescription(RTCSessionDescriptionInit.builder()
                        .type(RTCSdpType.OFFER)
                        .sdp(await(offer).getSdp())
                        .build())));
                assertEquals(stream.getId(), await(added).getId());
            }
        }
    }

    @Test
    void aThousandConnectionsLeaveNoThreadSocketOrTaskBehind() throws Exception {
        try (RTCPeerConnectionFactory factory = RTCPeerConnectionFactory.builder()
                .eventLoops(2)
                .includeLoopback(true)
                .build()) {
            List<RTCPeerConnection> all = new ArrayList<>();
            int threadsBefore = Thread.activeCount();
            long socketsBefore = openSockets();
            for (int i = 0; i < 1_000; i++) {
                RTCPeerConnection pc = factory.createPeerConnection();
                pc.createDataChannel("x");
                await(pc.setLocalDescription());
                all.add(pc);
                if (i % 50 == 49) {
                    for (RTCPeerConnection each : all) {
                        each.close();
                        await(each.closed());
                    }
                    all.clear();
                }
            }
            assertTrue(
                    Thread.activeCount() - threadsBefore < 40,
                    "threads: " + Thread.activeCount() + " after, " + threadsBefore + " before");
            long sockets = openSockets();
            assertTrue(sockets <= socketsBefore, sockets + " sockets are open, " + socketsBefore + " before");
        }
    }

    /** Of this process, where the operating system tells; 0 elsewhere. */
    private static long openSockets() throws java.io.IOException {
        java.nio.file.Path fds = java.nio.file.Path.of("/proc/self/fd");
        if (!java.nio.file.Files.exists(fds)) {
            return 0;
        }
        try (var list = java.nio.file.Files.list(fds)) {
            return list.filter(RTCPeerConnectionTest::isSocket).count();
        }
    }

    private static boolean isSocket(java.nio.file.Path fd) {
        try {
            return java.nio.file.Files.readSymbolicLink(fd).toString().startsWith("socket:");
        } catch (java.io.IOException e) {
            return false;
        }
    }
}
