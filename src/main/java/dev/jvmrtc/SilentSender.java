package dev.jvmrtc;

import dev.jvmrtc.core.ConnectionLog;
import dev.jvmrtc.jsep.Agreement;
import dev.jvmrtc.media.codec.Codecs;
import dev.jvmrtc.media.frame.EncodedFormat;
import dev.jvmrtc.sdp.SdpCodec;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A sender that sends nothing, since its source can deliver no codec that was negotiated: said aloud the first time in
 * a process, then at debug.
 */
final class SilentSender {
    private static final Logger LOG = LoggerFactory.getLogger(SilentSender.class);
    private static final AtomicBoolean TOLD = new AtomicBoolean();

    private SilentSender() {}

    static void tell(ConnectionLog log, Agreement.Media plan, List<EncodedFormat> ofSource) {
        List<String> negotiated = plan == null
                ? List.of()
                : plan.sendCodecs().stream()
                        .map(SdpCodec::name)
                        .filter(n -> !n.equalsIgnoreCase("rtx"))
                        .distinct()
                        .toList();
        if (negotiated.isEmpty()) {
            return;
        }
        Level level = TOLD.compareAndSet(false, true) ? Level.WARN : Level.DEBUG;
        if (LOG.isEnabledForLevel(level)) {
            LOG.atLevel(level)
                    .log(
                            "{} sends nothing for mid {}: its source can deliver {}, the peer takes {}; for {}, {}",
                            log,
                            plan.mid(),
                            ofSource.stream()
                                    .map(EncodedFormat::codec)
                                    .distinct()
                                    .toList(),
                            negotiated,
                            negotiated.get(0),
                            Codecs.advice(negotiated.get(0)));
        }
    }
}
