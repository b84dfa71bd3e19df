package dev.jvmrtc.session.media;

import dev.jvmrtc.rtp.RtpCodec;
import dev.jvmrtc.session.plan.SessionPlan;
import dev.jvmrtc.session.plan.SourceFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a section's media is sent with.
 *
 * @param codec null where nothing that was negotiated can be delivered
 * @param rtx what is sent again with, or null
 */
record SendCodec(RtpCodec codec, RtpCodec rtx) {
    static final SendCodec NONE = new SendCodec(null, null);

    /** The first negotiated codec that a source can deliver, with matching parameters. */
    static SendCodec choose(SessionPlan.Media plan, List<SourceFormat> source) {
        // Packetization mode 0 cannot cut NAL units (RFC 6184 §6.2), which sources make of any size: it is the last
        // resort.
        for (boolean fragmenting : new boolean[] {true, false}) {
            for (RtpCodec c : plan.sendCodecs()) {
                if (c.codec() != null
                        && (!fragmenting || c.codec().payload().canFragment(c.parameters()))
                        && isDeliverable(c, source)) {
                    return new SendCodec(withPtime(c, plan), rtxOf(c, plan));
                }
            }
        }
        return NONE;
    }

    private static boolean isDeliverable(RtpCodec negotiated, List<SourceFormat> source) {
        for (SourceFormat f : source) {
            if (f == SourceFormat.ANY
                    || f.codec().equalsIgnoreCase(negotiated.name())
                            && negotiated.codec().canCarry(negotiated.parameters(), f.parameters())) {
                return true;
            }
        }
        return false;
    }

    /** What the section asks of the packets of audio is for the encoder to know, as what its format asks. */
    private static RtpCodec withPtime(RtpCodec c, SessionPlan.Media plan) {
        if (plan.video() || plan.ptime() == 0) {
            return c;
        }
        Map<String, String> parameters = new LinkedHashMap<>(c.parameters());
        parameters.put("ptime", Integer.toString(plan.ptime()));
        return c.withParameters(parameters);
    }

    private static RtpCodec rtxOf(RtpCodec chosen, SessionPlan.Media plan) {
        RtpCodec rtx = null;
        for (RtpCodec c : plan.sendCodecs()) {
            rtx = c.isRtx() && c.associatedPayloadType() == chosen.payloadType() ? c : rtx;
        }
        return rtx;
    }
}
