package dev.jvmrtc.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LocalAddressesTest {

    private static List<InetAddress> addresses(String... literals) throws UnknownHostException {
        List<InetAddress> all = new ArrayList<>();
        for (String l : literals) {
            all.add(InetAddress.getByName(l));
        }
        return all;
    }

    @Test
    void familiesTakeTurnsSoThatABrokenOneDelaysTheOtherLittle() throws UnknownHostException {
        assertEquals(
                addresses("2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2", "2001:db8::3"),
                LocalAddresses.byTurns(
                        addresses("192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2", "2001:db8::3")));
        assertEquals(addresses("192.0.2.1"), LocalAddresses.byTurns(addresses("192.0.2.1")));
        assertEquals(List.of(), LocalAddresses.byTurns(List.of()));
    }
}
