package dev.sluice.junit;

import java.time.Duration;
import java.util.function.Predicate;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.ConnectionEvent;
import dev.sluice.runtime.ProxyEvent;
import dev.sluice.runtime.ServerEvent;
import org.jspecify.annotations.Nullable;

/**
 * An event that a test waits for with {@link Sluice#await}. Immutable.
 *
 * @param <E> the type of the event
 */
public final class Expected<E extends ProxyEvent> {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Class<E> type;
    private final String words;
    private final Predicate<E> condition;
    private final Duration patience;
    /** The name of the listener; null = any. */
    private final @Nullable String listener;

    private Expected(Class<E> type, String words, Predicate<E> condition, Duration patience,
            @Nullable String listener) {
        this.type = type;
        this.words = words;
        this.condition = condition;
        this.patience = patience;
        this.listener = listener;
    }

    /** {@return the end of a connection} */
    public static Expected<ConnectionEvent> ended() {
        return new Expected<>(ConnectionEvent.class, "the end of a connection", ConnectionEvent::isEnd, PATIENCE, null);
    }

    /** {@return the start of a connection, when its endpoint is connected} */
    public static Expected<ConnectionEvent> started() {
        return new Expected<>(ConnectionEvent.class, "the start of a connection", event -> !event.isEnd(), PATIENCE,
                null);
    }

    /**
     * Returns another event of the server.
     *
     * @param kind a word of {@code GET /events}, such as {@code endpoint-down}
     * @return the event
     * @throws IllegalArgumentException if there is no such word; the message lists all of them
     */
    public static Expected<ServerEvent> happened(String kind) {
        if (!ServerEvent.kinds().contains(kind)) {
            throw new IllegalArgumentException(
                    "there is no event '" + kind + "'; there are: " + String.join(", ", ServerEvent.kinds()));
        }
        return new Expected<>(ServerEvent.class, kind, event -> event.kind().equals(kind), PATIENCE, null);
    }

    /**
     * Returns this with a reason of the end.
     *
     * @param reason of the end
     * @return a copy
     */
    public Expected<E> reason(CloseReason reason) {
        return ofConnection("reason " + reason.label(), event -> event.reason() == reason);
    }

    /**
     * Returns this for connections of a listener.
     *
     * @param name of the listener
     * @return a copy
     */
    public Expected<E> listener(String name) {
        Expected<E> limited = ofConnection("listener " + name, event -> event.listener().equals(name));
        return new Expected<>(type, limited.words, limited.condition, patience, name);
    }

    /**
     * Returns this for connections of a cluster.
     *
     * @param name of the cluster
     * @return a copy
     */
    public Expected<E> cluster(String name) {
        return ofConnection("cluster " + name, event -> name.equals(event.cluster()));
    }

    /**
     * Returns this for connections to an endpoint.
     *
     * @param address as {@link TestedEndpoint#address} returns it
     * @return a copy
     */
    public Expected<E> endpoint(String address) {
        return ofConnection("endpoint " + address, event -> address.equals(event.endpoint()));
    }

    private Expected<E> ofConnection(String more, Predicate<ConnectionEvent> further) {
        return where(more, event -> event instanceof ConnectionEvent connection && further.test(connection));
    }

    /**
     * Returns this with another condition.
     *
     * @param description of the condition, for the message of a failure
     * @param further the condition
     * @return a copy
     */
    public Expected<E> where(String description, Predicate<? super E> further) {
        return new Expected<>(type, words + ", " + description, event -> condition.test(event) && further.test(event),
                patience, listener);
    }

    /**
     * Returns this with a time within which it has to come, from the call of {@link Sluice#await}. The default is 10
     * seconds.
     *
     * @param time the longest time that is waited; zero for what must have come already
     * @return a copy
     */
    public Expected<E> within(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("a time of " + time + "; allowed: zero or more");
        }
        return new Expected<>(type, words, condition, time, listener);
    }

    boolean matches(ProxyEvent event) {
        return type.isInstance(event) && condition.test(type.cast(event));
    }

    E cast(ProxyEvent event) {
        return type.cast(event);
    }

    /** The name of the listener; null = any. */
    @Nullable
    String listener() {
        return listener;
    }

    Duration patience() {
        return patience;
    }

    @Override
    public String toString() {
        return words;
    }
}
