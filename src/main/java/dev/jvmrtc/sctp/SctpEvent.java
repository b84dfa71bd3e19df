package dev.jvmrtc.sctp;

import dev.jvmrtc.sctp.rx.ReceivedMessage;
import java.util.List;

/** What an {@link Association} has to tell. */
public sealed interface SctpEvent {

    /** The association is up; {@code streams} is how many there are in each direction. */
    record Connected(int streams) implements SctpEvent {}

    record Message(ReceivedMessage message) implements SctpEvent {}

    /** Bytes of a stream that have left the send queue for the wire, or were given up. */
    record BufferReleased(int streamId, long bytes) implements SctpEvent {}

    /**
     * The payload of a message that was sent with this receipt is not needed any more.
     *
     * @param delivered whether the peer has acknowledged all of it; else it was given up
     */
    record Finished(long receipt, boolean delivered) implements SctpEvent {}

    /** Our reset of these streams was performed by the peer (RFC 6525 §5.2.7). */
    record OutgoingStreamsReset(List<Integer> streamIds) implements SctpEvent {}

    /** The peer refused to reset these streams. */
    record StreamResetRefused(List<Integer> streamIds) implements SctpEvent {}

    /** The peer has reset its side of these streams; of all where none is named. */
    record IncomingStreamsReset(List<Integer> streamIds) implements SctpEvent {}

    /**
     * The end. {@code cause} is null after an orderly shutdown; {@code code} is the cause code of an ABORT, or null.
     */
    record Closed(String cause, Integer code) implements SctpEvent {}
}
