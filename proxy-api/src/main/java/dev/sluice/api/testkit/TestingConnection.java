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
 * A connection with one filter and no sockets, which treats the filter exactly as the proxy does. Bytes fed at once are
 * one read, unless they exceed a read buffer, or the filter's {@link ReadGate} lets fewer pass; bytes that may not be
 * read yet wait, as in a socket.
 *
 * <p>Belongs to the thread that opened it, which stands for the event loop. Every method throws {@link AssertionError}
 * after the filter has failed, with its exception as the cause, unless the failure is
 * {@linkplain TestingConnectionBuilder#expectingFailure expected}.
 */
public final class TestingConnection implements AutoCloseable {
    private final Chain chain;
    private final boolean ownsFactory;

    private TestingConnection(Chain chain, boolean ownsFactory) {
        this.chain = chain;
        this.ownsFactory = ownsFactory;
    }

    /**
     * Begins a connection with a filter of a factory.
     *
     * @param factory remains the caller's
     * @return a builder
     */
    public static TestingConnectionBuilder of(FilterFactory factory) {
        return new TestingConnectionBuilder(environment -> factory, false);
    }

    /**
     * Begins a connection with a filter that a provider makes of a configuration. {@link #close} closes the factory.
     *
     * @param <C> the type of the configuration
     * @param provider makes the factory
     * @param config the configuration, with all defaults filled in
     * @return a builder
     */
    public static <C extends Record> TestingConnectionBuilder of(FilterProvider<C> provider, C config) {
        return new TestingConnectionBuilder(environment -> provider.create(config, environment), true);
    }

    /** Opens a connection. */
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

    /** Ends this connection, if it is open, and opens the next one with the same factory. Cheaper than a new object. */
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

    /**
     * Feeds bytes of one side. After the end of the connection they are lost.
     *
     * @param direction names the sender
     * @param bytes the array that has the bytes; copied
     * @param offset the place of the first one
     * @param count the number of bytes
     */
    public void send(Direction direction, byte[] bytes, int offset, int count) {
        feed(chain.stream(direction), bytes, offset, count);
    }

    /**
     * Feeds bytes of the client.
     *
     * @param bytes copied
     */
    public void client(byte[] bytes) {
        feed(chain.up, bytes, 0, bytes.length);
    }

    /**
     * Feeds bytes of the client.
     *
     * @param latin1 each character is a byte, so {@code \u0016} works
     */
    public void client(String latin1) {
        client(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    /**
     * Feeds bytes of the endpoint.
     *
     * @param bytes copied
     */
    public void upstream(byte[] bytes) {
        feed(chain.down, bytes, 0, bytes.length);
    }

    /**
     * Feeds bytes of the endpoint.
     *
     * @param latin1 each character is a byte
     */
    public void upstream(String latin1) {
        upstream(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    /**
     * Ends the stream of one side with FIN, behind the bytes that were fed.
     *
     * @param direction names the sender
     */
    public void fin(Direction direction) {
        enter();
        requireUpstream(direction);
        if (chain.isOpen()) {
            chain.stream(direction).feedFin();
        }
        leave();
    }

    /** Ends the client's stream with FIN. */
    public void clientFin() {
        fin(Direction.CLIENT_TO_UPSTREAM);
    }

    /** Ends the endpoint's stream with FIN. */
    public void upstreamFin() {
        fin(Direction.UPSTREAM_TO_CLIENT);
    }

    /** Resets the connection as the client. RST overtakes bytes that were not read. */
    public void clientReset() {
        end(CloseReason.CLIENT_RESET);
    }

    /** Resets the connection as the endpoint. RST overtakes bytes that were not read. */
    public void upstreamReset() {
        requireUpstream(Direction.UPSTREAM_TO_CLIENT);
        end(CloseReason.UPSTREAM_RESET);
    }

    /**
     * Ends the connection as the proxy.
     *
     * @param reason the reason, which {@code onClose} is given
     */
    public void end(CloseReason reason) {
        enter();
        chain.end(Outcome.State.CLOSED, reason);
        verify();
    }

    /**
     * Lets time pass, stopping at each deadline on the way: of holds, suspensions and gates.
     *
     * @param time not negative
     */
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
     * @param timeout the longest wait
     * @throws AssertionError if a suspension is left after that time
     * @throws InterruptedException if the thread is interrupted meanwhile
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

    /**
     * Ends the connection if it is open, and closes the factory if a provider made it. Idempotent if the factory's
     * {@code close} is.
     */
    @Override
    public void close() {
        chain.end(Outcome.State.CLOSED, CloseReason.OPERATOR);
        if (ownsFactory) {
            chain.factory.close();
        }
        verify();
    }

    // ── outcome ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

    private Chain current() {
        enter();
        verify();
        return chain;
    }

    /** {@return the result of {@code onConnect}; null if the filter failed} */
    public @Nullable ConnectDecision decision() {
        return current().decision();
    }

    /** {@return the state of the connection} */
    public Outcome.State state() {
        return current().state();
    }

    /** {@return the outcome of everything so far} */
    public Outcome outcome() {
        return new Outcome(current());
    }

    /** {@return the reason for which the connection was closed; null while it is open} */
    public @Nullable CloseReason closeReason() {
        return current().closeReason();
    }

    /** {@return the exception of the filter, or the rule that it broke; null if neither} */
    public @Nullable Throwable failure() {
        return current().failure();
    }

    /** {@return the reason that the filter gave for the access log; null if none} */
    public @Nullable String explanation() {
        return current().explanation;
    }

    /** {@return a copy of the client's last bytes, behind those forwarded to it; null if there are none} */
    public byte @Nullable [] lastBytes() {
        byte[] bytes = current().lastBytes();
        return bytes == null ? null : bytes.clone();
    }

    /**
     * Looks up a fact about the connection.
     *
     * @param <T> the type of the value
     * @param key its name and type
     * @return the value; null if there is none
     */
    public <T> @Nullable T attribute(AttributeKey<T> key) {
        return key.type().cast(current().context().attributes().get(key));
    }

    /** {@return the cluster that the filter chose; null if it left that to the routes} */
    public @Nullable String routedTo() {
        return current().cluster;
    }

    /** {@return whether the endpoint would be dialled by now: routing does not wait for the filter, or no longer} */
    public boolean isRouted() {
        return current().isRouted();
    }

    /**
     * Returns the bytes that came out.
     *
     * @param direction the stream
     * @return a copy
     */
    public byte[] forwarded(Direction direction) {
        return current().stream(direction).output.toArray();
    }

    /**
     * Returns the bytes that came out as text.
     *
     * @param direction the stream
     * @return one character for each byte
     */
    public String forwardedText(Direction direction) {
        return new String(forwarded(direction), StandardCharsets.ISO_8859_1);
    }

    /**
     * Returns whether the filter has detached from a direction that it saw.
     *
     * @param direction the stream
     * @return whether it has
     */
    public boolean detached(Direction direction) {
        return current().hasDetached(direction);
    }

    /**
     * Returns whether FIN has passed.
     *
     * @param direction the stream
     * @return whether it has
     */
    public boolean ended(Direction direction) {
        return current().stream(direction).ended();
    }

    /**
     * Returns the number of bytes that were read and not forwarded.
     *
     * @param direction the stream
     * @return the number
     */
    public int heldBytes(Direction direction) {
        return current().stream(direction).held();
    }

    /**
     * Returns the number of bytes that wait in the socket, because a gate is closed or a suspension lasts.
     *
     * @param direction the stream
     * @return the number
     */
    public int unreadBytes(Direction direction) {
        return current().stream(direction).unread();
    }

    /** {@return the number of bytes that the filter retains} */
    public int retainedBytes() {
        return current().context().retained();
    }

    /**
     * Returns whether a suspension stops a direction, or the whole connection.
     *
     * @param direction the stream
     * @return whether one does
     */
    public boolean suspended(Direction direction) {
        return current().connecting() || current().stream(direction).wait != null;
    }

    /**
     * Asks the filter's gate how many bytes it would let pass now, as before a read. Nothing is read.
     *
     * @param direction the stream
     * @param wanted the most bytes that the read could bring
     * @return up to {@code wanted}; exactly that if the filter is no {@link ReadGate}
     */
    public int readable(Direction direction, int wanted) {
        ReadGate gate = current().calls().gate();
        return gate == null ? wanted : Math.min(wanted, gate.permits(direction, wanted, chain.now()));
    }

    /**
     * Asks the filter's gate for the time until it wants to be asked again.
     *
     * @param direction the stream
     * @return the time from now; zero or less is soon
     * @throws IllegalStateException if the filter is no {@link ReadGate}
     */
    public Duration retryAfter(Direction direction) {
        ReadGate gate = current().calls().gate();
        if (gate == null) {
            throw new IllegalStateException(chain.filterName() + " is no ReadGate");
        }
        return Duration.ofNanos(gate.retryAtNanos(direction, chain.now()) - chain.now());
    }

    /** {@return the environment, with its clock} */
    public TestingEnvironment environment() {
        return chain.environment;
    }

    /** {@return the traits that the factory declared} */
    public FilterTraits traits() {
        return chain.traits;
    }

    Chain chain() {
        return chain;
    }
}
