package dev.sluice.runtime.observe;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import dev.sluice.api.CloseReason;
import dev.sluice.api.Direction;

/**
 * Counters of the connections of one listener, on one event loop.
 *
 * <p>Only that loop's thread may call the methods that count; any thread may read. Counting allocates nothing and uses
 * no atomic read-modify-write, because there is one writer. Values never decrease, except {@link #active()} and {@link #tlsCount}.
 */
@SuppressWarnings("EnumOrdinal") // an index into an array of this process; it is written nowhere
public final class ListenerCounters {
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);

    /** One cache line before and after the counters: two loops must not write to the same line. */
    private static final int PAD = 64 / Long.BYTES;
    private static final int ACCEPTED = PAD;
    private static final int PROXIED = ACCEPTED + 1;
    private static final int FAILED = PROXIED + 1;
    private static final int ACCEPT_ERRORS = FAILED + 1;
    private static final int BYTES = ACCEPT_ERRORS + 1;
    private static final int CLOSED = BYTES + Direction.values().length;
    private static final int HEADERS = CLOSED + CloseReason.values().length;
    private static final int HANDSHAKES = HEADERS + HeaderResult.values().length;
    private static final int HANDSHAKE_TIMES = HANDSHAKES + HandshakeResult.values().length;
    private static final int HANDSHAKE_SUM = HANDSHAKE_TIMES + ConnectCounters.bucketCount();
    private static final int TLS_SECRETS = HANDSHAKE_SUM + 1;
    private static final int TLS_ENGINES = TLS_SECRETS + 1;
    private static final int LENGTH = TLS_ENGINES + 1 + PAD;

    private final String listener;
    private final long[] slots = new long[LENGTH];

    /**
     * Counters at zero.
     *
     * @param listener the name of the listener
     */
    public ListenerCounters(String listener) {
        this.listener = listener;
    }

    /** The name of the listener. */
    public String listener() {
        return listener;
    }

    /** Counts a connection that was accepted; {@link #closed(CloseReason)} follows exactly once. Loop thread. */
    public void accepted() {
        add(ACCEPTED, 1);
    }

    /** Counts an accepted connection that reached an endpoint. Loop thread. */
    public void proxied() {
        add(PROXIED, 1);
    }

    /** Counts an accepted connection that ended without reaching an endpoint. Loop thread. */
    public void failed() {
        add(FAILED, 1);
    }

    /** Counts an accepted connection whose sockets were both closed. Loop thread. */
    public void closed(CloseReason reason) {
        add(CLOSED + reason.ordinal(), 1);
    }

    /** Counts the result of waiting for a PROXY header. Loop thread. */
    public void header(HeaderResult result) {
        add(HEADERS + result.ordinal(), 1);
    }

    /** Counts the end of a TLS handshake. Loop thread. */
    public void handshake(HandshakeResult result) {
        add(HANDSHAKES + result.ordinal(), 1);
    }

    /**
     * Counts the time of a TLS handshake that has succeeded. Loop thread.
     *
     * @param nanos from the client's first byte on
     */
    public void handshakeTime(long nanos) {
        add(HANDSHAKE_SUM, Math.max(0, nanos));
        add(HANDSHAKE_TIMES + ConnectCounters.bucketOf(nanos), 1);
    }

    /**
     * Counts connections whose TLS ends here. Loop thread.
     *
     * @param engine whether they keep an engine, and not their secrets only
     * @param change 1 = one more is open, -1 = one less
     */
    public void tls(boolean engine, int change) {
        add(engine ? TLS_ENGINES : TLS_SECRETS, change);
    }

    /** Counts {@code n} bytes read from the sending side of this direction. Loop thread. */
    public void bytes(Direction direction, long n) {
        add(BYTES + direction.ordinal(), n);
    }

    /** Counts an accept that the operating system refused. Loop thread. */
    public void acceptError() {
        add(ACCEPT_ERRORS, 1);
    }

    /** Connections accepted and not yet closed; never negative. */
    public long active() {
        // Closed is read first: connections closed before this moment were accepted before it too.
        long closed = 0;
        for (int i = CLOSED; i < HEADERS; i++) {
            closed += get(i);
        }
        return get(ACCEPTED) - closed;
    }

    /** Connections accepted so far. */
    public long acceptedCount() {
        return get(ACCEPTED);
    }

    /** Connections that reached an endpoint so far. */
    public long proxiedCount() {
        return get(PROXIED);
    }

    /** Connections that ended without reaching an endpoint so far. */
    public long failedCount() {
        return get(FAILED);
    }

    /** Connections closed for this reason so far. */
    public long closedCount(CloseReason reason) {
        return get(CLOSED + reason.ordinal());
    }

    /** Times that waiting for a PROXY header had this result so far. */
    public long headerCount(HeaderResult result) {
        return get(HEADERS + result.ordinal());
    }

    /** TLS handshakes that had this result so far. */
    public long handshakeCount(HandshakeResult result) {
        return get(HANDSHAKES + result.ordinal());
    }

    /** Handshakes that have succeeded and whose time fell into this bucket and no lower one. */
    long handshakeBucket(int bucket) {
        return get(HANDSHAKE_TIMES + bucket);
    }

    /** The time of all handshakes that have succeeded, in nanoseconds. */
    long handshakeNanos() {
        return get(HANDSHAKE_SUM);
    }

    /** Connections whose TLS ends here that are open now, and keep an engine, or their secrets only. */
    public long tlsCount(boolean engine) {
        return get(engine ? TLS_ENGINES : TLS_SECRETS);
    }

    /** Bytes read from the sending side of this direction so far, those of open connections included: the definition of all byte counts. */
    public long byteCount(Direction direction) {
        return get(BYTES + direction.ordinal());
    }

    /** Accepts that the operating system refused so far. */
    public long acceptErrorCount() {
        return get(ACCEPT_ERRORS);
    }

    private void add(int slot, long n) {
        SLOT.setRelease(slots, slot, slots[slot] + n);
    }

    private long get(int slot) {
        return (long) SLOT.getAcquire(slots, slot);
    }
}
