package dev.sluice.api.testkit;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

import dev.sluice.api.Answer;
import dev.sluice.api.AttributeKey;
import dev.sluice.api.BorrowedBytes;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.Direction;
import dev.sluice.api.RetainedBytes;
import dev.sluice.api.Suspension;
import dev.sluice.api.net.IpAddress;
import org.jspecify.annotations.Nullable;

/** The context of one connection. Checks that it is used within a callback. */
final class EventContext implements ConnectionContext {
    private static final int MAX_ATTRIBUTES = 32;
    private static final Duration MAX_WAIT = Duration.ofHours(1);

    private final Chain chain;
    private final long id;
    private Map<AttributeKey<?>, Object> attributes;
    /** True while {@link #attributes} is the shared map that the connection began with. */
    private boolean initial = true;
    private int retained;
    private boolean released;

    EventContext(Chain chain, long id) {
        this.chain = chain;
        this.id = id;
        this.attributes = chain.settings.attributes();
    }

    private void check() {
        Calls.Callback running = chain.calls().running();
        if (Thread.currentThread() != chain.owner() || chain.context() != this || running == null
                || !running.hasContext()) {
            IllegalStateException misuse = new IllegalStateException(chain.filterName()
                    + " used its ConnectionContext outside a callback; for an answer from another thread there is Suspension.complete");
            chain.note(misuse);
            throw misuse;
        }
    }

    void release() {
        released = true;
        retained = 0;
    }

    int retained() {
        return retained;
    }

    Map<AttributeKey<?>, Object> attributes() {
        return attributes;
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public String listener() {
        return chain.environment.listener();
    }

    @Override
    public @Nullable IpAddress peer() {
        return chain.settings.peer().address();
    }

    @Override
    public int peerPort() {
        return chain.settings.peer().port();
    }

    @Override
    public @Nullable IpAddress source() {
        return chain.settings.source().address();
    }

    @Override
    public int sourcePort() {
        return chain.settings.source().port();
    }

    @Override
    public @Nullable IpAddress destination() {
        return chain.settings.destination().address();
    }

    @Override
    public int destinationPort() {
        return chain.settings.destination().port();
    }

    @Override
    public <T> @Nullable T get(AttributeKey<T> key) {
        check();
        return key.type().cast(attributes.get(key));
    }

    @Override
    public <T> void set(AttributeKey<T> key, T value) {
        check();
        Object checked = key.type().cast(Objects.requireNonNull(value, key.name()));
        if (attributes.size() >= MAX_ATTRIBUTES && !attributes.containsKey(key)) {
            throw new IllegalStateException("attribute " + key.name() + " would be number " + (MAX_ATTRIBUTES + 1)
                    + " of the connection; it can have " + MAX_ATTRIBUTES);
        }
        if (initial) {
            attributes = new HashMap<>(attributes);
            initial = false;
        }
        attributes.put(key, checked);
    }

    @Override
    public long nanoTime() {
        check();
        return chain.now();
    }

    @Override
    public void explain(String reason) {
        check();
        chain.explanation = Objects.requireNonNull(reason);
    }

    @Override
    public void route(String cluster) {
        check();
        Objects.requireNonNull(cluster);
        if (chain.isRouted()) {
            throw new IllegalStateException("the connection has been routed already, to " + cluster
                    + " is too late; declare FilterTraits.waitedForBeforeRouting");
        }
        chain.route(cluster);
    }

    @Override
    public Suspension suspend(Duration timeout, Answer onTimeout) {
        check();
        if (timeout.isNegative() || timeout.compareTo(MAX_WAIT) > 0) {
            throw new IllegalArgumentException(
                    "a wait of " + timeout + "; allowed are 0 to " + MAX_WAIT);
        }
        if (chain.calls().created != null) {
            throw new IllegalStateException("a callback can wait for one suspension, and has created one already");
        }
        Wait wait = new Wait(chain, onTimeout, chain.now() + timeout.toNanos(), chain.isRouted());
        chain.calls().created = wait;
        return wait;
    }

    @Override
    public void sendLast(byte[] bytes) {
        check();
        if (bytes.length > MAX_LAST_BYTES) {
            throw new IllegalArgumentException("sendLast with " + bytes.length + " bytes; at most " + MAX_LAST_BYTES
                    + " are allowed");
        }
        chain.offered = bytes.clone();
    }

    @Override
    public void finish(Direction direction) {
        check();
        if (!chain.calls().shows(direction)) {
            throw new IllegalStateException(
                    "finish(" + direction + ") may be called only in a callback that shows bytes of that direction");
        }
        chain.calls().finishing = true;
    }

    @Override
    public void wakeAt(long nanoTime) {
        check();
        chain.wakes.at(nanoTime);
    }

    @Override
    public Runnable waker() {
        check();
        return chain.wakes.waker();
    }

    @Override
    public @Nullable String cluster() {
        return chain.isRouted() ? chain.cluster : null;
    }

    @Override
    public RetainedBytes retain(BorrowedBytes bytes, int from, int length, String purpose) {
        check();
        Objects.requireNonNull(purpose);
        int max = chain.traits.maxRetainedBytes();
        if (length > max - retained) {
            throw new IllegalStateException("retaining " + length + " bytes beside " + retained
                    + " is more than the traits say: maxRetainedBytes " + max);
        }
        byte[] copy = new byte[length];
        bytes.copyTo(from, copy, 0, length);
        retained += length;
        return new Retained(copy);
    }

    private final class Retained implements RetainedBytes {
        private byte @Nullable [] bytes;

        Retained(byte[] bytes) {
            this.bytes = bytes;
        }

        private byte[] bytes() {
            if (bytes == null || released) {
                throw new IllegalStateException("retained bytes were used after close() or the end of the connection");
            }
            return bytes;
        }

        @Override
        public int length() {
            return bytes().length;
        }

        @Override
        public byte get(int index) {
            return bytes()[Objects.checkIndex(index, bytes().length)];
        }

        @Override
        public void copyTo(int from, byte[] target, int offset, int length) {
            System.arraycopy(bytes(), from, target, offset, length);
        }

        @Override
        public void close() {
            if (bytes != null && !released) {
                retained -= bytes.length;
            }
            bytes = null;
        }
    }
}
