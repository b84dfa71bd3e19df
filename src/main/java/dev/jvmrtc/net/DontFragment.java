package dev.jvmrtc.net;

import java.io.IOException;
import java.net.SocketOption;
import java.nio.channels.DatagramChannel;

/**
 * The don't-fragment bit. Without it Linux cuts a datagram that is larger than the path into fragments once it knows
 * that, and a probe of the path's MTU would lie (RFC 8899 §4.1). The option is there from Java 19 on; before, Linux
 * sets the bit until it has been told of a smaller MTU.
 */
final class DontFragment {
    private static final SocketOption<Boolean> OPTION = find();

    private DontFragment() {}

    @SuppressWarnings("unchecked")
    private static SocketOption<Boolean> find() {
        try {
            return (SocketOption<Boolean>) Class.forName("jdk.net.ExtendedSocketOptions")
                    .getField("IP_DONTFRAGMENT")
                    .get(null);
        } catch (ReflectiveOperationException e) {
            return null; // an older Java, or one without the module jdk.net
        }
    }

    /** Sets or clears the bit of what a channel sends; false where that cannot be done. */
    static boolean set(DatagramChannel channel, boolean value) {
        if (OPTION == null || !channel.supportedOptions().contains(OPTION)) {
            return false;
        }
        try {
            channel.setOption(OPTION, value);
            return true;
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }
}
