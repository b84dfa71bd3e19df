package dev.jvmrtc;

import dev.jvmrtc.dom.RTCException;
import dev.jvmrtc.task.ApiFuture;
import io.netty.buffer.ByteBuf;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is due when a buffer that was sent without a copy is not needed any more. Called once, by one of the two. */
interface SendReceipt {
    Logger LOG = LoggerFactory.getLogger(SendReceipt.class);

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
                release(buffer);
            }

            @Override
            public void abandon() {
                release(buffer);
            }

            @Override
            public boolean isPrompt() {
                return true;
            }
        };
    }

    private static void release(ByteBuf buffer) {
        try {
            buffer.release();
        } catch (RuntimeException e) { // the application's mistake, which costs nobody else anything
            LOG.error("a buffer that was given to send(ByteBuf) has been released by somebody else", e);
        }
    }

    private static RTCException givenUp() {
        return new RTCException(
                "OperationError",
                "the message was given up before the peer had acknowledged all of it: its lifetime or its"
                        + " retransmissions are used up, or the channel has ended");
    }
}
