package dev.jvmrtc.sctp;

import dev.jvmrtc.sctp.packet.Extensions;

/** The same with DATA and FORWARD TSN, a checksum in every packet and no padding, as most peers want it. */
class AssociationWithoutExtensionsTest extends AssociationTest {
    @Override
    Extensions extensions() {
        return new Extensions(true, true, false, false, false);
    }
}
