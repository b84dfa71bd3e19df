package dev.jvmrtc;

import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.task.ApiFuture;
import io.netty.buffer.ByteBuf;

/** What is due when a buffer that was sent without a copy is not needed any more. Called once, by one of the two. */
interface SendReceipt {

    /** @param delivered whether the peer has acknowledged all of the message; else it was given up */
    void free(boolean delivered);

    /** The session is gone; where the executor runs no tasks any more, too. */
    void abandon();

    /** Whether it can be called on the loop: it calls nobody. */
    default boolean isPrompt() {
        return false;
    }

    /** Settles the future of {@code sendZeroCopy}. */
    static SendReceipt of(ApiFuture<Void> future) {
        return new SendReceipt() {
            @Override
            public void free(boolean delivered) {
                if (delivered) {
                    future.settle(null);
                } else {
                    future.settleFailed(givenUp());
                }
            }

            @Override
            public void abandon() {
                future.abandon(givenUp());
            }
        };
    }

    /** Releases what {@code send(ByteBuf)} was given. */
    static SendReceipt of(ByteBuf buffer) {
        return new SendReceipt() {
            @Override
            public void free(boolean delivered) {
                buffer.release();
            }

            @Override
            public void abandon() {
                buffer.release();
            }

            @Override
            public boolean isPrompt() {
                return true;
            }
        };
    }

    private static RTCException givenUp() {
        return new RTCException(
                "OperationError",
                "the message was given up before the peer had acknowledged all of it: its lifetime or its"
                        + " retransmissions are used up, or the channel has ended");
    }
}
