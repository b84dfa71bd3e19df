package dev.jvmrtc;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.Flow;

/**
 * Sends what a publisher publishes (reactive streams), as fast as the network takes it: see
 * {@link RTCDataChannel#newSubscriber()}. Closes the channel at its end.
 */
final class DataChannelSubscriber implements Flow.Subscriber<ByteBuffer> {
    /** Messages asked for at once: the publisher prepares some while others leave. */
    private static final int AHEAD = 16;

    private final RTCDataChannel channel;
    private Flow.Subscription subscription;
    private int unsent;
    private boolean ended;

    DataChannelSubscriber(RTCDataChannel channel) {
        this.channel = channel;
    }

    @Override
    public void onSubscribe(Flow.Subscription s) {
        Objects.requireNonNull(s, "subscription");
        synchronized (this) {
            if (subscription != null) {
                s.cancel(); // reactive streams §2.5
                return;
            }
            subscription = s;
        }
        s.request(AHEAD);
    }

    @Override
    public void onNext(ByteBuffer data) {
        synchronized (this) {
            unsent++;
        }
        channel.sendAsync(data).whenComplete((taken, failure) -> {
            boolean last;
            synchronized (this) {
                unsent--;
                last = ended && unsent == 0;
            }
            if (failure != null) {
                subscription.cancel();
            } else if (last) {
                channel.close();
            } else {
                subscription.request(1);
            }
        });
    }

    @Override
    public void onError(Throwable cause) {
        Objects.requireNonNull(cause, "cause");
        end();
    }

    @Override
    public void onComplete() {
        end();
    }

    private void end() {
        boolean last;
        synchronized (this) {
            ended = true;
            last = unsent == 0;
        }
        if (last) {
            channel.close();
        }
    }
}
