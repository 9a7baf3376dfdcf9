package dev.sluice.api.testkit;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

import dev.sluice.api.AttributeKey;
import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectDecision;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterProvider;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.ReadGate;
import dev.sluice.api.net.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * A connection with one filter and no sockets: it treats the filter exactly as the proxy does. Bytes fed at once are one read, unless they are more
 * than a read buffer, or the filter's {@link ReadGate} lets less pass; bytes that may not be read yet wait, as in a socket.
 *
 * <p>On the thread that opened it, which stands for the event loop. Every method throws {@link AssertionError} when the filter has failed, with
 * what it threw as the cause, unless {@link Builder#expectingFailure} was said.
 */
public final class TestingConnection implements AutoCloseable {
    private final Chain chain;
    private final boolean ownsFactory;

    private TestingConnection(Chain chain, boolean ownsFactory) {
        this.chain = chain;
        this.ownsFactory = ownsFactory;
    }

    /** Starts describing connections with the filters of a factory, which remains the caller's. */
    public static Builder of(FilterFactory factory) {
        return new Builder(environment -> factory, false);
    }

    /** Starts describing connections with the filters that a provider makes of a configuration. Their factory is closed by {@link #close}. */
    public static <C extends Record> Builder of(FilterProvider<C> provider, C config) {
        return new Builder(environment -> provider.create(config, environment), true);
    }

    /** What a connection is like, before it is opened. */
    public static final class Builder {
        /** {@code memory.readBuffer}, if the configuration does not say otherwise. */
        private static final int READ_BUFFER = 64 << 10;
        /** 192.0.2.1, an address of documentation (RFC 5737). */
        private static final int SOURCE = 0xc000_0201;
        private static final int SOURCE_PORT = 50_000;

        private final Function<TestingEnvironment, FilterFactory> factory;
        private final boolean ownsFactory;
        private TestingEnvironment environment = new TestingEnvironment();
        private @Nullable IpAddress source = IpAddress.ofIpv4(SOURCE);
        private int sourcePort = SOURCE_PORT;
        private final Set<String> clusters = new HashSet<>();
        private final Map<AttributeKey<?>, Object> attributes = new HashMap<>();
        private int readBuffer = READ_BUFFER;
        private boolean expectingFailure;

        private Builder(Function<TestingEnvironment, FilterFactory> factory, boolean ownsFactory) {
            this.factory = factory;
            this.ownsFactory = ownsFactory;
        }

        /** Names, directory and clock. A factory that was made elsewhere should have been made with the same one. */
        public Builder environment(TestingEnvironment value) {
            environment = value;
            return this;
        }

        /** Who the client is. The default is 192.0.2.1, port 50000. */
        public Builder source(IpAddress address, int port) {
            source = address;
            sourcePort = port;
            return this;
        }

        /** The client comes by a Unix socket, and has no address. */
        public Builder unixClient() {
            source = null;
            sourcePort = 0;
            return this;
        }

        /** The clusters of the configuration. If none is named, every name is one. */
        public Builder clusters(String... names) {
            clusters.addAll(Arrays.asList(names));
            return this;
        }

        /** A fact that the proxy or an earlier filter has found. */
        public <T> Builder attribute(AttributeKey<T> key, T value) {
            attributes.put(key, value);
            return this;
        }

        /** The most that one read brings and one callback can emit, in bytes. The default is 64 KiB, as in the proxy. */
        public Builder readBuffer(int bytes) {
            if (bytes < 1) {
                throw new IllegalArgumentException("a read buffer of " + bytes + " bytes");
            }
            readBuffer = bytes;
            return this;
        }

        /** A filter that fails does not fail the test: {@link #state} and {@link #failure} tell. */
        public Builder expectingFailure() {
            expectingFailure = true;
            return this;
        }

        /** Opens a connection: the filter is made, and asked. */
        public TestingConnection connect() {
            Settings settings = new Settings(environment, source, sourcePort, clusters, attributes, readBuffer,
                    expectingFailure);
            TestingConnection connection = new TestingConnection(new Chain(factory.apply(environment), settings),
                    ownsFactory);
            connection.chain.open();
            connection.verify();
            return connection;
        }
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
            if (!chain.awaitAnswer(deadline - System.nanoTime())) {
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
