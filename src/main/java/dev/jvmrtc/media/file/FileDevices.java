package dev.jvmrtc.media.file;

import dev.jvmrtc.media.MediaDeviceProvider;
import dev.jvmrtc.media.MediaTrackCapabilities;
import dev.jvmrtc.media.frame.MediaDeviceInfo;
import dev.jvmrtc.media.frame.MediaSource;
import dev.jvmrtc.media.frame.MediaTrackSettings;
import dev.jvmrtc.media.frame.ULongRange;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Files as devices: raw video ({@code .y4m}), raw audio ({@code .wav}), or each track of what {@link Clip#readAll}
 * reads.
 */
public final class FileDevices implements MediaDeviceProvider {

    /** A track of a file. */
    private record Track(
            MediaDeviceInfo info,
            MediaTrackSettings settings,
            MediaTrackCapabilities capabilities,
            Supplier<MediaSource> open) {}

    private final List<Track> tracks;

    /** For the service loader: no file yet. */
    public FileDevices() {
        this(List.of());
    }

    private FileDevices(List<Track> tracks) {
        this.tracks = tracks;
    }

    @Override
    public MediaDeviceProvider forFile(Path file) throws IOException {
        String name = file.getFileName().toString();
        String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        List<Track> found = new ArrayList<>();
        if (ending.equals("y4m")) {
            MediaTrackSettings s = FilePlayer.videoIn(file);
            found.add(new Track(
                    new MediaDeviceInfo(name, "videoinput", name, "file"),
                    s,
                    MediaTrackCapabilities.ofVideo(s.width(), s.height(), s.frameRate()),
                    () -> FilePlayer.video(file, s)));
        } else if (ending.equals("wav")) {
            MediaTrackSettings s = FilePlayer.audioIn(file);
            found.add(new Track(
                    new MediaDeviceInfo(name, "audioinput", name, "file"),
                    s,
                    MediaTrackCapabilities.ofAudio(
                            new ULongRange(s.sampleRate(), s.sampleRate()),
                            new ULongRange(s.channelCount(), s.channelCount())),
                    () -> FilePlayer.audio(file, s)));
        } else {
            for (Clip clip : Clip.readAll(file)) {
                String kind = clip.kind() + "input";
                long before =
                        found.stream().filter(t -> t.info.kind().equals(kind)).count();
                String id = before == 0 ? name : name + " " + (before + 1);
                found.add(new Track(
                        new MediaDeviceInfo(id, kind, name, "file"),
                        MediaTrackSettings.NONE,
                        MediaTrackCapabilities.NONE,
                        () -> new ClipSource(List.of(clip), true)));
            }
        }
        return new FileDevices(found);
    }

    @Override
    public List<MediaDeviceInfo> devices() {
        return tracks.stream().map(Track::info).toList();
    }

    private Track track(MediaDeviceInfo device) {
        return tracks.stream().filter(t -> t.info.equals(device)).findFirst().orElseThrow();
    }

    @Override
    public MediaTrackSettings settings(MediaDeviceInfo device) {
        return track(device).settings;
    }

    @Override
    public MediaTrackCapabilities capabilities(MediaDeviceInfo device) {
        return track(device).capabilities;
    }

    @Override
    public MediaSource open(MediaDeviceInfo device, MediaTrackSettings settings) {
        return track(device).open.get();
    }
}
