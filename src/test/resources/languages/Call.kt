import dev.jvmrtc.RTCConfiguration
import dev.jvmrtc.RTCDataChannelInit
import dev.jvmrtc.RTCIceCandidate
import dev.jvmrtc.RTCIceServer
import dev.jvmrtc.RTCPeerConnection
import dev.jvmrtc.RTCPeerConnectionFactory
import dev.jvmrtc.RTCPeerConnectionState
import dev.jvmrtc.RTCRtpTransceiverDirection
import dev.jvmrtc.RTCRtpTransceiverInit
import dev.jvmrtc.RTCSdpType
import dev.jvmrtc.RTCSessionDescription
import dev.jvmrtc.dom.RTCFailure
import dev.jvmrtc.media.frame.AudioFrame
import dev.jvmrtc.media.AudioSource
import dev.jvmrtc.media.MediaStream
import dev.jvmrtc.media.MediaStreamTrack
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit

/** What an application in Kotlin writes. */
object KotlinCall {
    @JvmStatic
    fun call(): String {
        RTCPeerConnection().use { alone -> check(alone.signalingState.toString() == "stable") }
        val server = RTCIceServer.builder().urls(listOf("stun:127.0.0.1:1")).build()
        RTCPeerConnection(RTCConfiguration.builder().iceServers(listOf(server)).build()).use { check(it.configuration.iceServers().size == 1) }

        val factory = RTCPeerConnectionFactory.builder().includeLoopback(true).build()
        val a = factory.createPeerConnection()
        val b = factory.createPeerConnection()
        a.onIceCandidate { e -> b.addIceCandidate(e.candidate()?.let { RTCIceCandidate.ofJson(it.toJsonString()) }) }
        b.onIceCandidate { a.addIceCandidate(it.candidate()) }
        val source = AudioSource()
        val track: MediaStreamTrack = source.createTrack()
        val stream = MediaStream(listOf(track))
        a.addTransceiver(track, RTCRtpTransceiverInit.builder().direction(RTCRtpTransceiverDirection.SENDONLY).streams(listOf(stream)).build())
        source.push(AudioFrame(ShortArray(480), 48_000, 1)).thenAccept { }

        val heard = CompletableFuture<String>()
        val tracks = CompletableFuture<String>()
        b.onTrack { e -> tracks.complete(e.track().kind) }
        b.onDataChannel { e -> e.channel().onMessage { m -> heard.complete(if (m.isBinary) "binary" else m.text()) } }
        b.addEventListener(RTCPeerConnection.CONNECTION_STATE_CHANGE) { println("b: ${b.connectionState}") }
        val channel = a.createDataChannel("chat", RTCDataChannelInit.builder().ordered(false).maxRetransmits(3).build())
        channel.onOpen { channel.send("from Kotlin") }
        a.setLocalDescription()
            .thenCompose { b.setRemoteDescription(RTCSessionDescription.ofJson(a.localDescription.toJsonString())) }
            .thenCompose { b.setLocalDescription() }
            .thenCompose { a.setRemoteDescription(b.localDescription) }
            .get(20, TimeUnit.SECONDS)
        val said = heard.get(20, TimeUnit.SECONDS)
        check(tracks.get(20, TimeUnit.SECONDS) == "audio")
        check(a.connectionState == RTCPeerConnectionState.CONNECTED)
        check(a.gathered().get(20, TimeUnit.SECONDS).type == RTCSdpType.OFFER)
        check(a.stats.get(20, TimeUnit.SECONDS).values.any { it.type().toString() == "peer-connection" })
        try {
            a.addTransceiver("smell")
            error("taken")
        } catch (e: IllegalArgumentException) {
            check(e is RTCFailure && e.name == "TypeError")
        }
        a.execute { a.close() }
        b.close()
        CompletableFuture.allOf(a.closed(), b.closed()).get(20, TimeUnit.SECONDS)
        factory.close()
        return said
    }
}
