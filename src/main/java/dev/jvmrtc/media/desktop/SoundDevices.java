package dev.jvmrtc.media.desktop;

import dev.jvmrtc.RTCException;
import dev.jvmrtc.media.AudioFrame;
import dev.jvmrtc.media.AudioSource;
import dev.jvmrtc.media.MediaDeviceInfo;
import dev.jvmrtc.media.MediaDeviceProvider;
import dev.jvmrtc.media.MediaStreamTrack;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.TargetDataLine;

/** Microphones through javax.sound. The only package that needs the module java.desktop. */
public final class SoundDevices implements MediaDeviceProvider {
    private static final AudioFormat FORMAT = new AudioFormat(16_000, 16, 1, true, false);
    private static final int BYTES_PER_READ = 640; // 20 ms

    private static DataLine.Info line() {
        return new DataLine.Info(TargetDataLine.class, FORMAT);
    }

    @Override
    public List<MediaDeviceInfo> devices() {
        List<MediaDeviceInfo> all = new ArrayList<>();
        for (Mixer.Info m : AudioSystem.getMixerInfo()) {
            if (AudioSystem.getMixer(m).isLineSupported(line())) {
                all.add(new MediaDeviceInfo(m.getName(), "audioinput", m.getName(), m.getVendor()));
            }
        }
        return all;
    }

    @Override
    public MediaStreamTrack open(MediaDeviceInfo device) {
        for (Mixer.Info m : AudioSystem.getMixerInfo()) {
            if (m.getName().equals(device.deviceId())) {
                try {
                    TargetDataLine line = (TargetDataLine) AudioSystem.getMixer(m).getLine(line());
                    line.open(FORMAT);
                    return new Microphone(line).createTrackLabelled(device.label());
                } catch (LineUnavailableException e) {
                    throw new RTCException("NotReadableError", "the microphone \"" + device.label() + "\" is in use or cannot be opened: " + e.getMessage(), e);
                }
            }
        }
        throw new RTCException("NotFoundError", "the microphone \"" + device.label() + "\" has gone");
    }

    /** Reads the line on a thread of its own, since javax.sound knows blocking reads only. Ends with its last track. */
    private static final class Microphone extends AudioSource {
        private final TargetDataLine line;
        private volatile boolean running = true;

        Microphone(TargetDataLine line) {
            this.line = line;
        }

        MediaStreamTrack createTrackLabelled(String label) {
            MediaStreamTrack track = new MediaStreamTrack(this, label);
            Thread t = new Thread(this::read, "jvmrtc-microphone");
            t.setDaemon(true);
            t.start();
            return track;
        }

        private void read() {
            line.start();
            byte[] bytes = new byte[BYTES_PER_READ];
            while (running) {
                int n = line.read(bytes, 0, bytes.length);
                if (n <= 0) {
                    break;
                }
                short[] samples = new short[n / 2];
                ByteBuffer.wrap(bytes, 0, n).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(samples);
                push(new AudioFrame(samples, (int) FORMAT.getSampleRate(), 1));
            }
            line.close();
        }

        @Override
        public void stopped() {
            running = false;
            line.stop();
        }
    }
}
