package dev.jvmrtc.media.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LoadAdaptationTest {
    private static final long INTERVAL = 33_333_333;

    private final LoadAdaptation load = new LoadAdaptation();
    private long now = 1;

    private void seconds(double seconds, double busy) {
        for (int i = 0; i < seconds * 30; i++) {
            now += INTERVAL;
            load.encoded(now, (long) (INTERVAL * busy));
        }
    }

    @Test
    void aMachineThatIsTooSlowMakesSmallerPicturesAndLargerOnesWhenItHasTime() {
        seconds(10, 0.7);
        assertEquals(1, load.scale(), "busy, but fast enough");
        seconds(4, 1.2);
        assertEquals(1.5, load.scale());
        seconds(60, 0.6);
        assertEquals(1.5, load.scale(), "neither too slow nor idle");
        seconds(30, 0.1);
        assertEquals(1, load.scale());
    }

    @Test
    void aShortBurstChangesNothingAndThereIsAnEndToShrinking() {
        seconds(1, 2);
        seconds(20, 0.5);
        assertEquals(1, load.scale());
        seconds(120, 2);
        assertTrue(load.scale() < 3.4, "at most three steps");
    }
}
