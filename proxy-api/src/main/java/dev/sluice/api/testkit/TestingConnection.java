package dev.sluice.api.testkit;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;

import dev.sluice.api.AttributeKey;
import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectDecision;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterProvider;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.ReadGate;
import org.jspecify.annotations.Nullable;

/**
 * A connection with one filter and no sockets: it treats the filter exactly as the proxy does. Bytes fed at once are one read, unless they are more
 * than a read buffer, or the filter's {@link ReadGate} lets less pass; bytes that may not be read yet wait, as in a socket.
 *
 * <p>On the thread that opened it, which stands for the event loop. Every method throws {@link AssertionError} when the filter has failed, with
 * what it threw as the cause, unless {@link TestingConnectionBuilder#expectingFailure} was said.
 */
public final class TestingConnection implements AutoCloseable {
    private final Chain chain;
    private final boolean ownsFactory;

    private TestingConnection(Chain chain, boolean ownsFactory) {
        this.chain = chain;
        this.ownsFactory = ownsFactory;
    }

    /** Starts describing connections with the filters of a factory, which remains the caller's. */
    public static TestingConnectionBuilder of(FilterFactory factory) {
        return new TestingConnectionBuilder(environment -> factory, false);
    }

    /** Starts describing connections with the filters that a provider makes of a configuration. Their factory is closed by {@link #close}. */
    public static <C extends Record> TestingConnectionBuilder of(FilterProvider<C> provider, C config) {
        return new TestingConnectionBuilder(environment -> provider.create(config, environment), true);
    }

    /** A connection that is to be opened. */
    static TestingConnection open(FilterFactory factory, Settings settings, boolean ownsFactory) {
        TestingConnection connection = new TestingConnection(new Chain(factory, settings), ownsFactory);
        connection.chain.open();
        connection.verify();
        return connection;
    }

    // ── events ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

    private void enter() {
        if (Thread.currentThread() != chain.owner()) {
            throw new IllegalStateException("a TestingConnection belongs to the thread that opened it, "
                    + chain.owner().getName());
        }
        if (chain.calls().running() != null) {
            throw new IllegalStateException("a callback cannot drive its own connection");
        }
        chain.run();
    }

    private void leave() {
        chain.run();
        verify();
    }

    private void verify() {
        Throwable failure = chain.failure();
        if (failure != null && !chain.settings.expectingFailure()) {
            throw new AssertionError(chain.filterName() + " failed: " + failure, failure);
        }
    }

    /** Ends this connection, if it is open, and opens the next one with the same factory. Costs less than a new object. */
    public void reconnect() {
        Throwable failure = chain.failure();
        chain.end(Outcome.State.CLOSED, CloseReason.OPERATOR);
        if (failure == null) {
            verify();
        }
        chain.open();
        verify();
    }

    private void feed(Stream stream, byte[] bytes, int offset, int count) {
        Objects.checkFromIndexSize(offset, count, bytes.length);
        enter();
        requireUpstream(stream.direction);
        if (chain.isOpen()) {
            stream.feed(bytes, offset, count);
        }
        leave();
    }

    private void requireUpstream(Direction direction) {
        if (direction == Direction.UPSTREAM_TO_CLIENT && chain.isOpen() && !chain.isRouted()) {
            throw new IllegalStateException(
                    "the endpoint has not been dialled: routing waits for the filter to detach from client-to-upstream");
        }
    }

    /** A sender's bytes arrive. After the end of the connection they are lost. */
    public void send(Direction direction, byte[] bytes, int offset, int count) {
        feed(chain.stream(direction), bytes, offset, count);
    }

    /** The client's bytes arrive. */
    public void client(byte[] bytes) {
        feed(chain.up, bytes, 0, bytes.length);
    }

    /**
     * The client's bytes arrive.
     *
     * @param latin1 each character is a byte, so {@code \u0016} works
     */
    public void client(String latin1) {
        client(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The endpoint's bytes arrive. */
    public void upstream(byte[] bytes) {
        feed(chain.down, bytes, 0, bytes.length);
    }

    /**
     * The endpoint's bytes arrive.
     *
     * @param latin1 each character is a byte
     */
    public void upstream(String latin1) {
        upstream(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** A sender has no more to say: FIN, behind the bytes that were fed. */
    public void fin(Direction direction) {
        enter();
        requireUpstream(direction);
        if (chain.isOpen()) {
            chain.stream(direction).feedFin();
        }
        leave();
    }

    /** The client has no more to say. */
    public void clientFin() {
        fin(Direction.CLIENT_TO_UPSTREAM);
    }

    /** The endpoint has no more to say. */
    public void upstreamFin() {
        fin(Direction.UPSTREAM_TO_CLIENT);
    }

    /** The client's RST arrives, overtaking what was not read. */
    public void clientReset() {
        end(CloseReason.CLIENT_RESET);
    }

    /** The endpoint's RST arrives, overtaking what was not read. */
    public void upstreamReset() {
        requireUpstream(Direction.UPSTREAM_TO_CLIENT);
        end(CloseReason.UPSTREAM_RESET);
    }

    /** The proxy ends the connection for a reason of its own. */
    public void end(CloseReason reason) {
        enter();
        chain.end(Outcome.State.CLOSED, reason);
        verify();
    }

    /** Lets time pass, stopping at each deadline on the way: of holds, suspensions and gates. */
    public void advance(Duration time) {
        enter();
        long left = time.toNanos();
        long next = Math.max(0, chain.remaining());
        while (next <= left) {
            chain.environment.advance(Duration.ofNanos(next));
            chain.run();
            left -= next;
            next = Math.max(0, chain.remaining());
        }
        chain.environment.advance(Duration.ofNanos(left));
        leave();
    }

    /**
     * Waits, in real time, until no suspension is left that another thread has to answer.
     *
     * @throws AssertionError if one is left after that time
     */
    public void awaitResumed(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        enter();
        while (chain.suspended()) {
            if (!Wait.awaitAny(chain, deadline - System.nanoTime())) {
                throw new AssertionError(chain.filterName() + ": a suspension was not answered within " + timeout);
            }
            chain.run();
        }
        verify();
    }

    /** Ends the connection if it is open, and closes the factory if it was made here. Idempotent, as far as the factory's {@code close} is. */
    @Override
    public void close() {
        chain.end(Outcome.State.CLOSED, CloseReason.OPERATOR);
        if (ownsFactory) {
            chain.factory.close();
        }
        verify();
    }

    // ── what has come of it ───────────────────────────────────────────────────────────────────────────────────────────────────────────

    private Chain current() {
        enter();
        verify();
        return chain;
    }

    /** What the filter answered to {@code onConnect}; null if it failed. */
    public @Nullable ConnectDecision decision() {
        return current().decision();
    }

    /** How the connection is. */
    public Outcome.State state() {
        return current().state();
    }

    /** Everything that has come of it so far. */
    public Outcome outcome() {
        return new Outcome(current());
    }

    /** Why it was closed; null while it is open. */
    public @Nullable CloseReason closeReason() {
        return current().closeReason();
    }

    /** What the filter threw, or which rule it broke; null if nothing. */
    public @Nullable Throwable failure() {
        return current().failure();
    }

    /** What the filter said for the access log; null if nothing. */
    public @Nullable String explanation() {
        return current().explanation;
    }

    /**
     * The bytes that the client gets last, behind what was forwarded to it; null if there are none.
     *
     * @return a copy
     */
    public byte @Nullable [] lastBytes() {
        byte[] bytes = current().lastBytes();
        return bytes == null ? null : bytes.clone();
    }

    /** A fact about the connection; null if nobody has found it. */
    public <T> @Nullable T attribute(AttributeKey<T> key) {
        return key.type().cast(current().context().attributes().get(key));
    }

    /** The cluster that the filter chose; null if it left that to the routes. */
    public @Nullable String routedTo() {
        return current().cluster;
    }

    /** Whether the endpoint would be dialled by now: routing does not wait for the filter, or no longer. */
    public boolean isRouted() {
        return current().isRouted();
    }

    /**
     * What came out.
     *
     * @return a copy
     */
    public byte[] forwarded(Direction direction) {
        return current().stream(direction).output.toArray();
    }

    /** What came out, a character for each byte. */
    public String forwardedText(Direction direction) {
        return new String(forwarded(direction), StandardCharsets.ISO_8859_1);
    }

    /** Whether the filter has detached from a direction that it saw. */
    public boolean detached(Direction direction) {
        return current().hasDetached(direction);
    }

    /** Whether FIN has passed. */
    public boolean ended(Direction direction) {
        return current().stream(direction).ended();
    }

    /** How many bytes were read and not forwarded. */
    public int heldBytes(Direction direction) {
        return current().stream(direction).held();
    }

    /** How many bytes wait in the socket, because a gate is closed or a suspension lasts. */
    public int unreadBytes(Direction direction) {
        return current().stream(direction).unread();
    }

    /** How many bytes the filter retains. */
    public int retainedBytes() {
        return current().context().retained();
    }

    /** Whether something waits for a suspension: the connection, or this direction of it. */
    public boolean suspended(Direction direction) {
        return current().connecting() || current().stream(direction).wait != null;
    }

    /**
     * Asks the filter's gate how many bytes it would let pass now, as before a read; what it says has no effect.
     *
     * @return up to {@code wanted}; that if the filter is no {@link ReadGate}
     */
    public int readable(Direction direction, int wanted) {
        ReadGate gate = current().calls().gate();
        return gate == null ? wanted : Math.min(wanted, gate.permits(direction, wanted, chain.now()));
    }

    /**
     * In how long the filter's gate wants to be asked again; zero or less is soon.
     *
     * @throws IllegalStateException if it is no {@link ReadGate}
     */
    public Duration retryAfter(Direction direction) {
        ReadGate gate = current().calls().gate();
        if (gate == null) {
            throw new IllegalStateException(chain.filterName() + " is no ReadGate");
        }
        return Duration.ofNanos(gate.retryAtNanos(direction, chain.now()) - chain.now());
    }

    /** Names, directory and clock. */
    public TestingEnvironment environment() {
        return chain.environment;
    }

    /** What the factory says that its filters need. */
    public FilterTraits traits() {
        return chain.traits;
    }

    Chain chain() {
        return chain;
    }
}
