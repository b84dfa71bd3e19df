package dev.jvmrtc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class RecentSourcesTest {
    private final RecentSources sources = new RecentSources();

    @Test
    void namesTheLatestFirstAndForgetsAfterTenSeconds() {
        sources.delivered(1_000, 5, new long[] {70, 71}, 160);
        sources.delivered(2_000, 6, new long[] {71}, 320);
        assertEquals(
                List.of(6L, 5L),
                sources.synchronization(2_000).stream()
                        .map(RTCRtpContributingSource::source)
                        .toList());
        assertEquals(
                List.of(71L, 70L),
                sources.contributing(2_000).stream()
                        .map(RTCRtpContributingSource::source)
                        .toList());
        assertEquals(320, sources.contributing(2_000).get(0).rtpTimestamp());
        assertEquals(
                List.of(6L),
                sources.synchronization(11_500).stream()
                        .map(RTCRtpContributingSource::source)
                        .toList());
        assertEquals(List.of(), sources.contributing(13_000));
    }

    @Test
    void keepsNoMoreThanTheBound() {
        for (int i = 0; i < 1_000; i++) {
            sources.delivered(i, i, new long[] {i}, i);
        }
        assertEquals(RecentSources.MAX_SOURCES, sources.synchronization(1_000).size());
        assertEquals(999, sources.contributing(1_000).get(0).source());
    }
}
