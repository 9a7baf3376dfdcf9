package dev.sluice.api.testkit;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import dev.sluice.api.AttributeKey;
import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectDecision;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.ReadGate;
import org.jspecify.annotations.Nullable;

/** The state and the outcome of a {@link TestingConnection}, to be asserted on. */
abstract sealed class ObservedConnection permits TestingConnection {
    final Chain chain;

    ObservedConnection(Chain chain) {
        this.chain = chain;
    }

    /** The chain, once everything that was due has happened; throws if the filter has failed unexpectedly. */
    abstract Chain current();

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
}
