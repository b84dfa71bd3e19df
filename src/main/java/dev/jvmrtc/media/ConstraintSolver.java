package dev.jvmrtc.media;

import dev.jvmrtc.media.frame.DoubleRange;
import dev.jvmrtc.media.frame.MediaTrackSettings;
import dev.jvmrtc.media.frame.ULongRange;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Chooses settings for what a device can (mediacapture-streams §5.2, SelectSettings): what is required narrows its
 * ranges, of what is left each setting is as near to its ideal as can be, else to what the device is by itself. The sum
 * of what is missed, the fitness distance, says which of several devices fits best.
 */
final class ConstraintSolver {
    /** Settings that were chosen, by name, and how far they are from what is ideal. */
    record Choice(MediaTrackSettings settings, double distance) {}

    /** What a number may be, and would be by itself. */
    private static final class Range {
        double min;
        double max;
        final double preferred;

        Range(double min, double max, double preferred) {
            this.min = min;
            this.max = max;
            this.preferred = preferred;
        }

        /** False where nothing is left; then it is as before. */
        boolean narrow(ConstrainDouble c) {
            double low = Math.max(Math.max(min, c.min() == null ? min : c.min()), c.exact() == null ? min : c.exact());
            double high = Math.min(Math.min(max, c.max() == null ? max : c.max()), c.exact() == null ? max : c.exact());
            if (!(low <= high)) {
                return false;
            }
            min = low;
            max = high;
            return true;
        }

        double nearest(double wanted) {
            return Math.max(min, Math.min(max, wanted));
        }
    }

    private static final double RATIO_TOLERANCE = 0.01;

    private final MediaTrackCapabilities can;
    private final MediaTrackConstraints wanted;
    private final MediaTrackSettings natural;
    private final Map<String, Range> ranges = new LinkedHashMap<>();
    private double distance;

    private ConstraintSolver(MediaTrackCapabilities can, MediaTrackSettings natural, MediaTrackConstraints wanted) {
        this.can = can;
        this.natural = natural;
        this.wanted = wanted;
        range("width", can.width(), natural.width());
        range("height", can.height(), natural.height());
        range("frameRate", can.frameRate(), natural.frameRate());
        range("sampleRate", can.sampleRate(), natural.sampleRate());
        range("sampleSize", can.sampleSize(), natural.sampleSize());
        range("channelCount", can.channelCount(), natural.channelCount());
    }

    private void range(String name, ULongRange r, Long natural) {
        if (r != null) {
            ranges.put(name, new Range(r.min(), r.max(), natural == null ? r.max() : natural));
        }
    }

    private void range(String name, DoubleRange r, Double natural) {
        if (r != null) {
            ranges.put(name, new Range(r.min(), r.max(), natural == null ? r.max() : natural));
        }
    }

    /**
     * @param natural how the device is where nothing is asked; its width to its height is kept where only one of them
     *     is asked for
     * @throws OverconstrainedError where something that is required cannot be had
     */
    static Choice choose(MediaTrackCapabilities can, MediaTrackSettings natural, MediaTrackConstraints wanted) {
        return new ConstraintSolver(can, natural, wanted).solve();
    }

    private Choice solve() {
        String missed = require(wanted);
        if (missed != null) {
            throw new OverconstrainedError(
                    missed,
                    "\"" + missed + "\" cannot be as is asked"
                            + (ranges.containsKey(missed)
                                    ? ": it is from " + ranges.get(missed).min + " to " + ranges.get(missed).max
                                    : ""));
        }
        for (MediaTrackConstraints set : wanted.advanced()) {
            ConstraintSolver trial = new ConstraintSolver(can, natural, set);
            ranges.forEach((name, r) -> trial.ranges.put(name, new Range(r.min, r.max, r.preferred)));
            if (trial.require(set) == null) {
                ranges.clear();
                ranges.putAll(trial.ranges);
            }
        }
        Double width =
                number("width", wanted.width() == null ? null : wanted.width().toDouble());
        Double height = number(
                "height", wanted.height() == null ? null : wanted.height().toDouble());
        if (width != null && height != null) {
            double[] size = shape(width, height);
            width = size[0];
            height = size[1];
        }
        Double frameRate = number("frameRate", wanted.frameRate());
        Double sampleRate = number(
                "sampleRate",
                wanted.sampleRate() == null ? null : wanted.sampleRate().toDouble());
        Double sampleSize = number(
                "sampleSize",
                wanted.sampleSize() == null ? null : wanted.sampleSize().toDouble());
        Double channels = number(
                "channelCount",
                wanted.channelCount() == null ? null : wanted.channelCount().toDouble());
        ideal(wanted.deviceId(), can.deviceId() == null ? null : List.of(can.deviceId()));
        ideal(wanted.groupId(), can.groupId() == null ? null : List.of(can.groupId()));
        ideal(wanted.facingMode(), can.facingMode());
        for (ConstrainBoolean b :
                new ConstrainBoolean[] {wanted.echoCancellation(), wanted.autoGainControl(), wanted.noiseSuppression()
                }) {
            distance += b != null && b.ideal() != null && b.ideal() && can.echoCancellation() != null ? 1 : 0;
        }
        boolean resized = width != null
                && (natural.width() == null
                        || width.longValue() != natural.width()
                        || height.longValue() != natural.height());
        return new Choice(
                new MediaTrackSettings(
                        whole(width),
                        whole(height),
                        width == null ? null : (Double) (width / height),
                        frameRate,
                        natural.facingMode(),
                        width == null ? null : resized ? "crop-and-scale" : "none",
                        whole(sampleRate),
                        whole(sampleSize),
                        natural.echoCancellation(),
                        natural.autoGainControl(),
                        natural.noiseSuppression(),
                        natural.latency(),
                        whole(channels),
                        can.deviceId(),
                        can.groupId()),
                distance);
    }

    private static Long whole(Double d) {
        return d == null ? null : (Long) Math.round(d);
    }

    /** Narrows the ranges to what is required; the name of what cannot be had, or null. */
    private String require(MediaTrackConstraints c) {
        Map<String, ConstrainDouble> numbers = new LinkedHashMap<>();
        numbers.put("width", c.width() == null ? null : c.width().toDouble());
        numbers.put("height", c.height() == null ? null : c.height().toDouble());
        numbers.put("frameRate", c.frameRate());
        numbers.put("sampleRate", c.sampleRate() == null ? null : c.sampleRate().toDouble());
        numbers.put("sampleSize", c.sampleSize() == null ? null : c.sampleSize().toDouble());
        numbers.put(
                "channelCount",
                c.channelCount() == null ? null : c.channelCount().toDouble());
        for (Map.Entry<String, ConstrainDouble> e : numbers.entrySet()) {
            Range r = ranges.get(e.getKey());
            if (r != null && e.getValue() != null && !r.narrow(e.getValue())) {
                return e.getKey();
            }
        }
        if (lacks(c.deviceId(), can.deviceId() == null ? null : List.of(can.deviceId()))) {
            return "deviceId";
        }
        if (lacks(c.groupId(), can.groupId() == null ? null : List.of(can.groupId()))) {
            return "groupId";
        }
        if (lacks(c.facingMode(), can.facingMode())) {
            return "facingMode";
        }
        if (lacks(c.resizeMode(), can.resizeMode())) {
            return "resizeMode";
        }
        boolean asItComes =
                c.resizeMode() != null && List.of("none").equals(c.resizeMode().exact()) && natural.width() != null;
        if (asItComes
                && !(ranges.get("width").narrow(new ConstrainULong(null, null, natural.width(), null).toDouble())
                        && ranges.get("height")
                                .narrow(new ConstrainULong(null, null, natural.height(), null).toDouble()))) {
            return "resizeMode";
        }
        if (lacks(c.echoCancellation(), can.echoCancellation())) {
            return "echoCancellation";
        }
        if (lacks(c.autoGainControl(), can.autoGainControl())) {
            return "autoGainControl";
        }
        return lacks(c.noiseSuppression(), can.noiseSuppression()) ? "noiseSuppression" : null;
    }

    private static boolean lacks(ConstrainDOMString c, List<String> possible) {
        return c != null
                && c.exact() != null
                && possible != null
                && c.exact().stream().noneMatch(possible::contains);
    }

    private static boolean lacks(ConstrainBoolean c, List<Boolean> possible) {
        return c != null && c.exact() != null && possible != null && !possible.contains(c.exact());
    }

    /** The number nearest to what is ideal; null where the kind has none. */
    private Double number(String name, ConstrainDouble c) {
        Range r = ranges.get(name);
        if (r == null) {
            return null;
        }
        Double ideal = c == null ? null : c.ideal();
        double v = r.nearest(ideal == null ? r.preferred : ideal);
        if (ideal != null && ideal != v) {
            distance += Math.abs(v - ideal) / Math.max(Math.abs(v), Math.abs(ideal));
        }
        return v;
    }

    private void ideal(ConstrainDOMString c, List<String> possible) {
        distance += c != null
                        && c.ideal() != null
                        && possible != null
                        && c.ideal().stream().noneMatch(possible::contains)
                ? 1
                : 0;
    }

    /**
     * Width and height together: the wanted aspect ratio, else that of the device, where only one of them is asked for.
     */
    private double[] shape(double width, double height) {
        ConstrainDouble c = wanted.aspectRatio();
        Double ratio = c == null ? null : c.exact() != null ? c.exact() : c.ideal();
        if (ratio == null && natural.width() != null) {
            ratio = (double) natural.width() / natural.height();
        }
        if (ratio == null) {
            return checked(width, height);
        }
        if (c != null && c.min() != null) {
            ratio = Math.max(ratio, c.min());
        }
        if (c != null && c.max() != null) {
            ratio = Math.min(ratio, c.max());
        }
        boolean widthAsked = wanted.width() != null;
        boolean heightAsked = wanted.height() != null;
        Range w = ranges.get("width");
        Range h = ranges.get("height");
        double newWidth = width;
        double newHeight = height;
        if (widthAsked && !heightAsked) {
            newHeight = h.nearest(Math.max(1, Math.round(width / ratio)));
        } else if (heightAsked && !widthAsked) {
            newWidth = w.nearest(Math.max(1, Math.round(height * ratio)));
        } else if (!widthAsked && c != null) {
            newWidth = w.nearest(Math.max(1, Math.round(Math.min(width, height * ratio))));
            newHeight = h.nearest(Math.max(1, Math.round(newWidth / ratio)));
        }
        return checked(newWidth, newHeight);
    }

    private double[] checked(double width, double height) {
        ConstrainDouble c = wanted.aspectRatio();
        double ratio = width / height;
        // Pixels are whole: a ratio can be met to within one of them.
        double tolerance = Math.max(RATIO_TOLERANCE, ratio / height);
        if (c != null
                && (c.exact() != null && Math.abs(ratio - c.exact()) > tolerance
                        || c.min() != null && ratio < c.min() - tolerance
                        || c.max() != null && ratio > c.max() + tolerance)) {
            throw new OverconstrainedError(
                    "aspectRatio", "no size that is asked for has the aspect ratio that is asked for");
        }
        distance += c != null && c.ideal() != null ? Math.abs(ratio - c.ideal()) / Math.max(ratio, c.ideal()) : 0;
        return new double[] {width, height};
    }
}
