package dev.jvmrtc.media.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jvmrtc.bitstream.h264.NalUnit;
import dev.jvmrtc.bitstream.h265.HevcUnits;
import dev.jvmrtc.media.frame.EncodedFrame;
import dev.jvmrtc.rtp.RtpCodec;
import dev.jvmrtc.rtp.RtpPacket;
import dev.jvmrtc.rtp.format.CodecRegistry;
import dev.jvmrtc.rtp.format.OutgoingFrame;
import dev.jvmrtc.rtp.format.Packetizer;
import dev.jvmrtc.rtp.header.RtpHeaders;
import dev.jvmrtc.rtp.receive.ReceivedFrame;
import dev.jvmrtc.rtp.receive.RtpReceiveStream;
import dev.jvmrtc.wire.ByteWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** H.265 from a sender into a file, without decoding. */
class H265PassThroughTest {
    private static final String VPS = "40010c01";
    private static final String SPS = "42010101";
    private static final String PPS = "4401c172";
    private static final String IDR = "2601af08";
    private static final String P = "0201d008";

    private RtpReceiveStream stream = stream(Map.of());
    private int sequence = 65_530;

    private static RtpReceiveStream stream(Map<String, String> parameters) {
        return new RtpReceiveStream(
                7, true, List.of(new RtpCodec(96, "H265", 90_000, 1, parameters, List.of("nack", "nack pli"), -1)));
    }

    private void arrives(long timestamp, boolean marker, byte[] payload) {
        byte[] p = new byte[12 + payload.length];
        RtpHeaders.writeHeader(
                p, 96, marker, sequence++ & 0xffff, (int) timestamp, 7, RtpHeaders.Extensions.NONE, 0, 0);
        System.arraycopy(payload, 0, p, 12, payload.length);
        RtpPacket view = new RtpPacket();
        assertTrue(view.wrap(p, 0, p.length));
        stream.handlePacket(1_000_000_000L, view);
    }

    private void arrives(long timestamp, boolean marker, String hex) {
        arrives(timestamp, marker, HexFormat.of().parseHex(hex));
    }

    private List<String> frames() {
        List<String> all = new ArrayList<>();
        for (ReceivedFrame f = stream.pollFrame(); f != null; f = stream.pollFrame()) {
            StringBuilder b = new StringBuilder(f.keyFrame() ? "key" : "delta");
            NalUnit.split(f.data()).forEach(u -> b.append(' ').append(HevcUnits.type(u.data()[u.from()])));
            all.add(b.toString());
        }
        return all;
    }

    @Test
    void unitsFragmentsAndAggregatesBecomeAccessUnits() {
        arrives(0, false, "6001" + "0004" + VPS + "0004" + SPS + "0004" + PPS);
        arrives(0, false, "6201" + "93" + "af08");
        arrives(0, true, "6201" + "53" + "0102");
        arrives(3_000, true, P);
        assertEquals(List.of("key 32 33 34 19", "delta 1"), frames());
        arrives(6_000, true, IDR);
        arrives(9_000, false, SPS);
        arrives(9_000, true, IDR);
        assertEquals(List.of("key 32 33 34 19", "key 32 33 34 33 19"), frames(), "sets that are known are put in");
        arrives(12_000, true, "6001" + "0009" + VPS);
        arrives(15_000, true, P);
        assertEquals(List.of(), frames(), "an aggregate that is cut off, and what refers to its picture");
    }

    @Test
    void theEndOfASequenceIsAUnitOfItsHeaderAlone() {
        String end = "4801";
        arrives(0, false, "6001" + "0004" + VPS + "0004" + SPS + "0004" + PPS);
        arrives(0, false, IDR);
        arrives(0, true, end);
        assertEquals(List.of("key 32 33 34 19 36"), frames(), "with its marker, nothing more is waited for");
        arrives(3_000, true, "6001" + "0004" + P + "0002" + end);
        assertEquals(List.of("delta 1 36"), frames());
        List<byte[]> payloads = new ArrayList<>();
        byte[] unit = HexFormat.of().parseHex("00000001" + P + "00000001" + end);
        CodecRegistry.STANDARD
                .find("H265")
                .payload()
                .packetizer(Map.of(), 0)
                .packetize(OutgoingFrame.of(unit, false, 0), 500, (head, h, b, o, length, last) -> {
                    payloads.add(new ByteWriter()
                            .bytes(head, 0, h)
                            .bytes(b, o, length)
                            .toByteArray());
                    assertEquals(payloads.size() == 2, last);
                });
        assertEquals(
                List.of(P, end),
                payloads.stream().map(HexFormat.of()::formatHex).toList());
        arrives(6_000, false, P);
        arrives(6_000, true, "0201"); // a slice without anything
        arrives(9_000, true, P);
        assertEquals(List.of("delta 1", "delta 1"), frames());
    }

    @Test
    void withoutParameterSetsItIsNoKeyFrameButWithThoseOfTheDescriptionItIs() {
        arrives(0, true, IDR);
        assertEquals(List.of(), frames());
        stream = stream(Map.of("sprop-vps", "QAEMAQ==", "sprop-sps", "QgEBAQ==", "sprop-pps", "RAHBcg=="));
        arrives(0, true, IDR);
        assertEquals(List.of("key 32 33 34 19"), frames());
    }

    @Test
    void whatAnEncoderMadeIsSentReceivedAndRecorded(@TempDir Path dir) throws Exception {
        assumeTrue(Samples.has("ffmpeg"));
        Path raw = dir.resolve("a.hevc");
        String said = Samples.run(
                "ffmpeg",
                "-v",
                "error",
                "-nostdin",
                "-f",
                "lavfi",
                "-i",
                "testsrc=size=322x242:rate=25:duration=2",
                "-pix_fmt",
                "yuv420p",
                "-c:v",
                "libx265",
                "-x265-params",
                "bframes=0:keyint=25:slices=2:log-level=none",
                raw.toString());
        assumeTrue(said.isEmpty(), said);
        List<EncodedFrame> received = new ArrayList<>();
        byte[] d = Files.readAllBytes(raw);
        int begin = 0;
        int n = 0;
        boolean picture = false;
        Packetizer packetizer = CodecRegistry.STANDARD.find("H265").payload().packetizer(Map.of(), 0);
        List<NalUnit> units = new ArrayList<>(NalUnit.split(d));
        units.add(null);
        for (NalUnit u : units) {
            int type = u == null ? -1 : HevcUnits.type(d[u.from()]);
            boolean begins = u == null
                    || HevcUnits.beginsAccessUnit(type)
                    || HevcUnits.isSlice(type) && (d[u.from() + 2] & 0x80) != 0;
            if (picture && begins) {
                long at = n++ * 3_600L;
                packetizer.packetize(
                        OutgoingFrame.of(Arrays.copyOfRange(d, begin, u == null ? d.length : u.from() - 3), false, at),
                        500,
                        (head, h, b, o, length, last) -> arrives(
                                at,
                                last,
                                new ByteWriter()
                                        .bytes(head, 0, h)
                                        .bytes(b, o, length)
                                        .toByteArray()));
                for (ReceivedFrame f = stream.pollFrame(); f != null; f = stream.pollFrame()) {
                    received.add(EncodedFrame.of(f.data(), f.codec(), f.rtpTimestamp(), f.keyFrame()));
                }
                begin = u == null ? d.length : u.from() - 3;
                picture = false;
            }
            picture |= u != null && HevcUnits.isSlice(type);
        }
        assertEquals(50, received.size());
        assertTrue(received.get(0).keyFrame()
                && received.get(25).keyFrame()
                && !received.get(1).keyFrame());
        for (String kind : new String[] {"mkv", "mp4"}) {
            Path file = dir.resolve("a." + kind);
            try (MediaFileWriter w = MediaFileWriter.create(file)) {
                int t = w.addTrack("H265", null);
                for (EncodedFrame f : received) {
                    assertTrue(w.write(t, f, f.rtpTimestamp() * 100 / 9));
                }
            }
            assertEquals("", Samples.decode(file));
            assertEquals(
                    "hevc,322,242,50",
                    Samples.probe(file, "stream=codec_name,width,height,nb_read_frames", "-count_frames"));
        }
    }
}
