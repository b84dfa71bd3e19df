package dev.jvmrtc.stun;

import static dev.jvmrtc.core.ProtocolCore.NEVER;

import dev.jvmrtc.core.RandomSource;
import dev.jvmrtc.wire.LentBytes;
import dev.jvmrtc.wire.MalformedException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;

/**
 * Finds out what kind of address translator is before a socket of ours (RFC 5780): on what the port that it maps us to
 * depends, and from where it lets answers in. Asks one question after the other, all from the same socket, which nobody
 * else may use meanwhile: each packet sent opens the filter a little. Time and datagrams come in, datagrams go out; no
 * threads, no sockets.
 */
public final class BehaviorDiscovery {
    /** Four questions, half a second apart: most steps here end without an answer, and a user waits for the result. */
    private static final Transaction.Schedule SCHEDULE = Transaction.Schedule.constant(500_000_000L, 4);
    /** RFC 5780 §7.2. */
    private static final int CHANGE_IP = 4;

    private static final int CHANGE_PORT = 2;

    /** What of the other end something depends on (RFC 4787 §4.1, §5). */
    public enum Dependence {
        /** On nothing: everybody meets the same. */
        ENDPOINT_INDEPENDENT,
        ADDRESS_DEPENDENT,
        ADDRESS_AND_PORT_DEPENDENT,
        /** On the other end, in a way that the servers given cannot tell. */
        DEPENDENT,
        UNKNOWN
    }

    /**
     * @param mapped how the server sees us; null where it did not answer
     * @param translated whether that is another address than the socket's
     * @param mapping on what the mapped port depends; peers that depend on the destination on both sides need a relay
     * @param filtering on what depends who may answer; UNKNOWN where the server has one address only
     */
    public record Result(InetSocketAddress mapped, boolean translated, Dependence mapping, Dependence filtering) {}

    /** A datagram to send. */
    public record Question(InetSocketAddress to, byte[] data) {}

    private enum Step {
        REACH,
        FILTER_ANY,
        FILTER_ADDRESS,
        MAP_ADDRESS,
        MAP_PORT,
        MAP_SECOND_SERVER,
        DONE
    }

    private final RandomSource random;
    /** The socket's address. */
    private final InetSocketAddress local;
    /** Whom most is asked. */
    private final InetSocketAddress server;
    /** Another, for where the first has one address only; or null. */
    private final InetSocketAddress secondServer;
    /** What has not been polled. */
    private final ArrayDeque<Question> questions = new ArrayDeque<>();
    /** What the present question is to tell. */
    private Step step = Step.REACH;
    /** The present question's; null before the first, and when all is known. */
    private Transaction transaction;
    /** Whom it asks. */
    private InetSocketAddress asked;
    /** Where else the server listens, once it has said so; null where it does not, or where we do not send to. */
    private InetSocketAddress other;
    /** How the server sees us. */
    private InetSocketAddress mapped;
    /** How it sees us at its other address. */
    private InetSocketAddress mappedByOther;

    /** What is known so far of the port that we are mapped to. */
    private Dependence mapping = Dependence.UNKNOWN;
    /** What is known so far of who may answer. */
    private Dependence filtering = Dependence.UNKNOWN;

    /**
     * @param local the socket's address
     * @param server a STUN server; one that has a second address (OTHER-ADDRESS) tells all
     * @param secondServer at another address, for where the first has one only; or null
     */
    public BehaviorDiscovery(
            InetSocketAddress local, InetSocketAddress server, InetSocketAddress secondServer, RandomSource random) {
        this.local = local;
        this.server = server;
        this.secondServer = secondServer;
        this.random = random;
    }

    public void start(long now) {
        ask(now, Step.REACH, server, 0);
    }

    /** The next datagram to send, or null. */
    public Question pollQuestion() {
        return questions.poll();
    }

    public long nextTimeoutNanos() {
        return transaction == null ? NEVER : transaction.nextTimeoutNanos();
    }

    /** Null until all is known that can be. */
    public Result result() {
        return step != Step.DONE
                ? null
                : new Result(mapped, mapped != null && !mapped.equals(local), mapping, filtering);
    }

    private void ask(long now, Step next, InetSocketAddress to, int change) {
        step = next;
        asked = to;
        TransactionId id = TransactionId.random(random);
        StunMessage.Writer w = StunMessage.write(StunMessage.BINDING, StunClass.REQUEST, id);
        if (change != 0) {
            w.u32(StunAttribute.CHANGE_REQUEST, change);
        }
        transaction = new Transaction(now, id, w.fingerprinted(), SCHEDULE);
        send(now);
    }

    private void send(long now) {
        byte[] request = transaction.pollRequest(now);
        if (request != null) {
            questions.add(new Question(asked, request));
        }
    }

    private void done() {
        step = Step.DONE;
        transaction = null;
        questions.clear();
    }

    /** A datagram that came in on the socket; what is no answer to the present question is ignored. */
    public void handleDatagram(long now, InetSocketAddress from, LentBytes data) {
        try {
            if (transaction == null || !StunMessage.isStun(data.array(), data.offset(), data.length())) {
                return;
            }
            StunMessage m = StunMessage.parse(data.array(), data.offset(), data.length());
            if (!m.transactionId().equals(transaction.id())
                    || m.messageClass() == StunClass.REQUEST
                    || m.messageClass() == StunClass.INDICATION) {
                return;
            }
            boolean success = m.messageClass() == StunClass.SUCCESS_RESPONSE && m.mappedAddress() != null;
            boolean changed = !from.equals(server);
            if (!success || (step == Step.FILTER_ANY || step == Step.FILTER_ADDRESS) && !changed) {
                // It does not know CHANGE-REQUEST, or has answered from where it was asked.
                unanswered(now, true);
                return;
            }
            answered(now, m);
        } catch (MalformedException e) {
            // not worth an answer
        }
    }

    public void handleTimeout(long now) {
        if (transaction == null) {
            return;
        }
        if (transaction.hasFailed(now)) {
            unanswered(now, false);
        } else {
            send(now);
        }
    }

    /**
     * RFC 5780 §4.3 and §4.4. Filtering comes first: questions to the server's other address would open the filter for
     * it.
     */
    private void answered(long now, StunMessage m) throws MalformedException {
        InetSocketAddress seen = m.mappedAddress();
        switch (step) {
            case REACH -> {
                mapped = seen;
                other = usable(m.otherAddress());
                if (other != null) {
                    ask(now, Step.FILTER_ANY, server, CHANGE_IP | CHANGE_PORT);
                } else {
                    askMapping(now);
                }
            }
            case FILTER_ANY -> {
                filtering = Dependence.ENDPOINT_INDEPENDENT;
                askMapping(now);
            }
            case FILTER_ADDRESS -> {
                filtering = Dependence.ADDRESS_DEPENDENT;
                askMapping(now);
            }
            case MAP_ADDRESS -> {
                if (seen.equals(mapped)) {
                    mapping = Dependence.ENDPOINT_INDEPENDENT;
                    done();
                } else {
                    mappedByOther = seen;
                    ask(now, Step.MAP_PORT, other, 0);
                }
            }
            case MAP_PORT -> {
                mapping = seen.equals(mappedByOther)
                        ? Dependence.ADDRESS_DEPENDENT
                        : Dependence.ADDRESS_AND_PORT_DEPENDENT;
                done();
            }
            case MAP_SECOND_SERVER -> {
                mapping = seen.equals(mapped) ? Dependence.ENDPOINT_INDEPENDENT : Dependence.DEPENDENT;
                done();
            }
            case DONE -> throw new IllegalStateException();
        }
    }

    private void unanswered(long now, boolean refused) {
        switch (step) {
            case FILTER_ANY -> {
                if (refused) {
                    askMapping(now);
                } else {
                    ask(now, Step.FILTER_ADDRESS, server, CHANGE_PORT);
                }
            }
            case FILTER_ADDRESS -> {
                filtering = refused ? Dependence.UNKNOWN : Dependence.ADDRESS_AND_PORT_DEPENDENT;
                askMapping(now);
            }
            case MAP_ADDRESS, MAP_PORT -> askSecondServer(now);
            default -> done();
        }
    }

    private void askMapping(long now) {
        if (mapped.equals(local)) {
            mapping = Dependence.ENDPOINT_INDEPENDENT; // nobody translates
            done();
        } else if (other != null) {
            ask(now, Step.MAP_ADDRESS, new InetSocketAddress(other.getAddress(), server.getPort()), 0);
        } else {
            askSecondServer(now);
        }
    }

    private void askSecondServer(long now) {
        if (secondServer == null || secondServer.getAddress().equals(server.getAddress())) {
            done();
        } else {
            ask(now, Step.MAP_SECOND_SERVER, secondServer, 0);
        }
    }

    /** Whatever a server says of itself: we send to another unicast address of the family, or to none. */
    private InetSocketAddress usable(InetSocketAddress a) {
        if (a == null || a.getPort() == 0 || a.getPort() == server.getPort()) {
            return null;
        }
        InetAddress ip = a.getAddress();
        boolean valid = ip.getClass() == server.getAddress().getClass()
                && !ip.isMulticastAddress()
                && !ip.isAnyLocalAddress()
                && ip.isLoopbackAddress() == server.getAddress().isLoopbackAddress()
                && !ip.equals(server.getAddress());
        return valid ? a : null;
    }
}
