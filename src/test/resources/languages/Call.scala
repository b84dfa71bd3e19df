import dev.jvmrtc.*
import dev.jvmrtc.dom.RTCFailure
import dev.jvmrtc.media.{AudioSource, MediaStream}
import dev.jvmrtc.media.frame.AudioFrame
import java.util.concurrent.{CompletableFuture, TimeUnit}
import scala.jdk.CollectionConverters.*
import scala.util.Using

/** What an application in Scala writes. */
object ScalaCall:
  def call(): String =
    Using.resource(new RTCPeerConnection()) { alone => assert(alone.getSignalingState.toString == "stable") }
    val server = RTCIceServer.builder().urls(List("stun:127.0.0.1:1").asJava).build()
    val configuration = RTCConfiguration.builder().iceServers(List(server).asJava).build()
    Using.resource(RTCPeerConnection(configuration)) { pc => assert(pc.getConfiguration.iceServers.size == 1) }

    val factory = RTCPeerConnectionFactory.builder().includeLoopback(true).build()
    val a = factory.createPeerConnection()
    val b = factory.createPeerConnection()
    a.onIceCandidate(e => b.addIceCandidate(Option(e.candidate).map(c => RTCIceCandidate.ofJson(c.toJsonString)).orNull))
    b.onIceCandidate(e => a.addIceCandidate(e.candidate))
    val source = AudioSource()
    val track = source.createTrack()
    a.addTrack(track, MediaStream(List(track).asJava))
    source.push(AudioFrame(new Array[Short](480), 48000, 1))

    val heard = CompletableFuture[String]()
    val tracks = CompletableFuture[String]()
    b.onTrack(e => tracks.complete(e.track.getKind))
    b.onDataChannel(e => e.channel.onMessage(m => heard.complete(if m.isBinary then "binary" else m.text)))
    b.addEventListener(RTCPeerConnection.CONNECTION_STATE_CHANGE, e => println(s"b: ${b.getConnectionState}"))
    val channel = a.createDataChannel("chat", RTCDataChannelInit.builder().ordered(false).maxRetransmits(3).build())
    channel.onOpen(e => channel.send("from Scala"))
    a.setLocalDescription()
      .thenCompose(_ => b.setRemoteDescription(RTCSessionDescription.ofJson(a.getLocalDescription.toJsonString)))
      .thenCompose(_ => b.setLocalDescription())
      .thenCompose(_ => a.setRemoteDescription(b.getLocalDescription))
      .get(20, TimeUnit.SECONDS)
    val said = heard.get(20, TimeUnit.SECONDS)
    assert(tracks.get(20, TimeUnit.SECONDS) == "audio")
    assert(a.getConnectionState == RTCPeerConnectionState.CONNECTED)
    assert(a.gathered().get(20, TimeUnit.SECONDS).getType == RTCSdpType.OFFER)
    assert(a.getStats().get(20, TimeUnit.SECONDS).values.asScala.exists(_.`type`.toString == "peer-connection"))
    try
      a.addTransceiver("smell")
      throw AssertionError("taken")
    catch case e: RTCFailure => assert(e.getName == "TypeError")
    a.execute(() => a.close())
    b.close()
    CompletableFuture.allOf(a.closed(), b.closed()).get(20, TimeUnit.SECONDS)
    factory.close()
    said
