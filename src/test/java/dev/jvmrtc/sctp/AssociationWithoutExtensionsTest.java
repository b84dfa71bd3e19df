package dev.jvmrtc.sctp;

import dev.jvmrtc.sctp.packet.Extensions;

/** The same with DATA and FORWARD TSN, a checksum in every packet and no padding, as most peers want it. */
class AssociationWithoutExtensionsTest extends AssociationTest {
    AssociationWithoutExtensionsTest() {
        begin(SctpConfig.of(5000, 5000).withExtensions(new Extensions(true, true, false, false, false)), 1);
    }
}
