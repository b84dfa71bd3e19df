package dev.jvmrtc.media.desktop;

import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.media.AudioSource;
import dev.jvmrtc.media.MediaDeviceProvider;
import dev.jvmrtc.media.MediaTrackCapabilities;
import dev.jvmrtc.media.frame.AudioFrame;
import dev.jvmrtc.media.frame.MediaDeviceInfo;
import dev.jvmrtc.media.frame.MediaSource;
import dev.jvmrtc.media.frame.MediaTrackSettings;
import dev.jvmrtc.media.frame.ULongRange;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.TargetDataLine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Microphones through javax.sound. The only package that needs the module java.desktop. */
public final class AudioDevices implements MediaDeviceProvider {
    private static final MediaTrackSettings SETTINGS = MediaTrackSettings.ofAudio(48_000, 1);
    private static final MediaTrackCapabilities CAPABILITIES =
            MediaTrackCapabilities.ofAudio(new ULongRange(8_000L, 48_000L), new ULongRange(1L, 2L));
    private static final int READS_PER_SECOND = 50;
    private static final Executor A_SECOND_LATER = CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);
    /** A microphone delivers all the time, silence too: one that has delivered nothing for so long has gone. */
    private static final int GONE_SECONDS = 5;

    private static final Logger LOG = LoggerFactory.getLogger(AudioDevices.class);

    /** For {@link java.util.ServiceLoader}; it opens no line yet. */
    public AudioDevices() {}

    private static AudioFormat format(MediaTrackSettings s) {
        return new AudioFormat(
                s.sampleRate(), s.sampleSize().intValue(), s.channelCount().intValue(), true, false);
    }

    private static DataLine.Info line(AudioFormat format) {
        return new DataLine.Info(TargetDataLine.class, format);
    }

    @Override
    public List<MediaDeviceInfo> devices() {
        List<MediaDeviceInfo> all = new ArrayList<>();
        for (Mixer.Info m : AudioSystem.getMixerInfo()) {
            if (AudioSystem.getMixer(m).isLineSupported(line(format(SETTINGS)))) {
                all.add(new MediaDeviceInfo(m.getName(), "audioinput", m.getName(), m.getVendor()));
            }
        }
        return all;
    }

    @Override
    public MediaTrackSettings settings(MediaDeviceInfo device) {
        return SETTINGS;
    }

    @Override
    public MediaTrackCapabilities capabilities(MediaDeviceInfo device) {
        return CAPABILITIES;
    }

    @Override
    public MediaSource open(MediaDeviceInfo device, MediaTrackSettings settings) {
        AudioFormat format = format(settings);
        for (Mixer.Info m : AudioSystem.getMixerInfo()) {
            if (m.getName().equals(device.deviceId())) {
                try {
                    TargetDataLine line =
                            (TargetDataLine) AudioSystem.getMixer(m).getLine(line(format));
                    line.open(format);
                    return new Microphone(line, settings);
                } catch (LineUnavailableException | IllegalArgumentException e) {
                    throw new RTCException(
                            "NotReadableError",
                            "the microphone \"" + device.label() + "\" is in use or cannot be opened: "
                                    + e.getMessage(),
                            e);
                }
            }
        }
        throw new RTCException("NotFoundError", "the microphone \"" + device.label() + "\" has gone");
    }

    /**
     * Reads the line on a thread of its own, since javax.sound knows blocking reads only. Ends with its last track.
     * Some systems' audio drivers never return from a read when the device goes, or their server does, and keep waiting
     * whoever asks the line anything then: so only that thread touches the line, and a watch ends the track; the
     * thread, a daemon, then stays.
     */
    private static final class Microphone extends AudioSource {
        private final TargetDataLine line;
        private final MediaTrackSettings settings;
        private final AtomicBoolean running = new AtomicBoolean(true);
        /** Whether the line is asked for audio, how often it has given some, and what the watch has seen of that. */
        private volatile boolean reading;

        private volatile long reads;
        private long readsSeen;
        private int secondsInVain;

        Microphone(TargetDataLine line, MediaTrackSettings settings) {
            this.line = line;
            this.settings = settings;
            Thread t = new Thread(this::read, "jvmrtc-microphone");
            t.setDaemon(true);
            t.start();
            A_SECOND_LATER.execute(this::watch);
        }

        @Override
        public MediaTrackSettings settings() {
            return settings;
        }

        private void read() {
            line.start();
            byte[] bytes = new byte
                    [(int) (settings.sampleRate() / READS_PER_SECOND)
                            * line.getFormat().getFrameSize()];
            while (running.get()) {
                reading = true;
                int n = line.read(bytes, 0, bytes.length);
                reading = false;
                if (n <= 0) {
                    break;
                }
                reads++; // by this thread alone
                short[] samples = new short[n / 2];
                ByteBuffer.wrap(bytes, 0, n)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .asShortBuffer()
                        .get(samples);
                pushLive(new AudioFrame(
                        samples,
                        settings.sampleRate().intValue(),
                        settings.channelCount().intValue()));
            }
            unplugged();
            line.close();
        }

        private void watch() {
            if (!running.get()) {
                return;
            }
            secondsInVain = reading && reads == readsSeen ? secondsInVain + 1 : 0;
            readsSeen = reads;
            if (secondsInVain == GONE_SECONDS) {
                LOG.warn("the microphone has delivered nothing for {} s and is ended", GONE_SECONDS);
                unplugged();
            } else {
                A_SECOND_LATER.execute(this::watch);
            }
        }

        private void unplugged() {
            if (running.getAndSet(false)) {
                end();
            }
        }

        @Override
        public void stopped() {
            running.set(
                    false); // the thread closes the line when it has read what it waits for, a fiftieth of a second at
            // most
        }
    }
}
