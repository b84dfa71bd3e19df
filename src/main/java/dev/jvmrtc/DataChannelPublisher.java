package dev.jvmrtc;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.Flow;

/**
 * A channel's messages for one subscriber (reactive streams): see {@link RTCDataChannel#openPublisher()}. What has not
 * been requested stays in the receive window of the connection, so a subscriber that requests nothing stops the peer,
 * not the heap.
 */
final class DataChannelPublisher implements Flow.Publisher<MessageEvent>, ChannelReader {
    private record Unread(boolean binary, byte[] data) {}

    private final RTCDataChannel channel;
    private final ArrayDeque<Unread> unread = new ArrayDeque<>();
    private Flow.Subscriber<? super MessageEvent> subscriber;
    private long requested;
    private IllegalArgumentException badRequest;
    private boolean cancelled;
    private boolean ended;
    private RTCError error;
    private boolean emitting;

    DataChannelPublisher(RTCDataChannel channel) {
        this.channel = channel;
    }

    /** One subscriber; a second one gets an {@code IllegalStateException}. */
    @Override
    public void subscribe(Flow.Subscriber<? super MessageEvent> s) {
        Objects.requireNonNull(s, "subscriber");
        boolean first;
        synchronized (this) {
            first = subscriber == null;
            if (first) {
                subscriber = s;
            }
        }
        if (!first) {
            s.onSubscribe(new Flow.Subscription() {
                @Override
                public void request(long n) {
                    // It gets nothing.
                }

                @Override
                public void cancel() {
                    // It has ended already.
                }
            });
            s.onError(new IllegalStateException("the messages of a channel have one subscriber"));
            return;
        }
        channel.post(() -> s.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long n) {
                DataChannelPublisher.this.request(n);
            }

            @Override
            public void cancel() {
                DataChannelPublisher.this.cancel();
            }
        }));
        channel.post(this::emit); // the channel may have ended before
    }

    private void request(long n) {
        synchronized (this) {
            if (n <= 0) {
                badRequest = new IllegalArgumentException(
                        "a subscriber requests a positive number of messages (reactive streams §3.9)");
            } else {
                requested = requested + n < 0 ? Long.MAX_VALUE : requested + n;
            }
        }
        channel.post(this::emit);
    }

    private void cancel() {
        synchronized (this) {
            cancelled = true;
        }
        channel.post(this::emit);
    }

    @Override
    public boolean accept(boolean binary, byte[] message) {
        synchronized (this) {
            if (cancelled || ended) {
                return false;
            }
            unread.add(new Unread(binary, message));
        }
        emit();
        return true;
    }

    @Override
    public void end(RTCError cause) {
        synchronized (this) {
            ended = true;
            error = cause;
        }
        emit();
    }

    /** In a task of the connection, so that the subscriber hears one thing at a time. */
    private void emit() {
        if (emitting) {
            return; // it asks for more while it is told
        }
        emitting = true;
        try {
            for (Unread m = next(); m != null; m = next()) {
                channel.taken(m.data);
                if (!cancelled) {
                    subscriber.onNext(new MessageEvent(
                            m.binary ? ByteBuffer.wrap(m.data) : new String(m.data, StandardCharsets.UTF_8)));
                }
            }
        } finally {
            emitting = false;
        }
        finish();
    }

    private synchronized Unread next() {
        if (cancelled) {
            return unread.poll();
        }
        if (subscriber == null || requested == 0 || badRequest != null || unread.isEmpty()) {
            return null;
        }
        requested--;
        return unread.poll();
    }

    private void finish() {
        Throwable cause;
        synchronized (this) {
            if (cancelled || subscriber == null || badRequest == null && !(ended && unread.isEmpty())) {
                return;
            }
            cancelled = true;
            cause = badRequest != null ? badRequest : error;
        }
        if (cause == null) {
            subscriber.onComplete();
        } else {
            subscriber.onError(cause);
        }
        emit(); // what is left after a bad request is thrown away
    }
}
