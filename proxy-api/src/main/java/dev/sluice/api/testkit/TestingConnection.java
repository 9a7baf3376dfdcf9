package dev.sluice.api.testkit;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;

import dev.sluice.api.CloseReason;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterProvider;
import dev.sluice.api.ReadGate;

/**
 * A connection with one filter and no sockets, which treats the filter exactly as the proxy does. Bytes fed at once are
 * one read, unless they exceed a read buffer, or the filter's {@link ReadGate} lets fewer pass; bytes that may not be
 * read yet wait, as in a socket.
 *
 * <p>Belongs to the thread that opened it, which stands for the event loop. Every method throws {@link AssertionError}
 * after the filter has failed, with its exception as the cause, unless the failure is
 * {@linkplain TestingConnectionBuilder#expectingFailure expected}.
 */
public final class TestingConnection extends ObservedConnection implements AutoCloseable {
    private final boolean ownsFactory;

    private TestingConnection(Chain chain, boolean ownsFactory) {
        super(chain);
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

    @Override
    Chain current() {
        enter();
        verify();
        return chain;
    }

    Chain chain() {
        return chain;
    }
}
