package dev.sluice.junit;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.UnaryOperator;

import dev.sluice.runtime.ConnectionEvent;
import dev.sluice.runtime.OpenConnection;
import dev.sluice.runtime.ProxyEvent;
import dev.sluice.runtime.ProxyServer;
import dev.sluice.runtime.ReloadResult;

/**
 * The proxy of a test, as a parameter of it. All that a test changes ends with it: faults are removed, listeners and
 * endpoints are up again, the configuration is that of the start. A parameter of {@code @BeforeAll}, or of the constructor,
 * is for the whole class, and so is what it changes.
 *
 * <p>Any thread. When the test has ended, what would change the proxy or wait is refused with an {@code IllegalStateException}.
 */
public final class Sluice {
    private final Scope scope;

    Sluice(Scope scope) {
        this.scope = scope;
    }

    Scope scope() {
        return scope;
    }

    /**
     * Returns the address of a listener.
     *
     * @param listener its name
     * @return the address, with the port that the system chose
     */
    public InetSocketAddress address(String listener) {
        return listener(listener).address();
    }

    /**
     * Returns a listener.
     *
     * @param name its name
     * @return the listener
     * @throws IllegalArgumentException if there is none; the message lists all names
     */
    public TestedListener listener(String name) {
        return new TestedListener(scope, server().listener(name));
    }

    /**
     * Returns a cluster.
     *
     * @param name its name; the methods of the cluster refuse one that is not there
     * @return the cluster
     */
    public TestedCluster cluster(String name) {
        return new TestedCluster(scope, name);
    }

    /**
     * Returns an endpoint that a field with {@link Endpoint} has.
     *
     * @param cluster the name of its cluster
     * @param index from 0, in the order of the fields
     * @return the endpoint
     * @throws IllegalArgumentException if there is no such field
     */
    public TestedEndpoint endpoint(String cluster, int index) {
        return endpoint(cluster, scope.proxy().endpoint(cluster, index));
    }

    /**
     * Returns an endpoint by its address.
     *
     * @param cluster the name of its cluster
     * @param address as the configuration writes it
     * @return the endpoint; its methods refuse one that is not there
     */
    public TestedEndpoint endpoint(String cluster, String address) {
        return new TestedEndpoint(scope, cluster, address, server().endpoint(cluster, address));
    }

    /**
     * Waits for an event of this test, which may have come already. An event is returned once: the next call waits for the
     * next one.
     *
     * @param expected as in {@code ended().reason(CloseReason.CLIENT_RESET).within(Duration.ofSeconds(2))}
     * @return the event
     * @param <E> the type of the event
     * @throws AssertionError if it does not come in time; the message has the events that came
     */
    public <E extends ProxyEvent> E await(Expected<E> expected) {
        return scope.await(1, expected).getFirst();
    }

    /**
     * Waits for several events, as {@link #await}, all of them within the time of one.
     *
     * @param count the number of events, at least 1
     * @param expected the events
     * @return the events, in the order in which they came
     * @param <E> the type of the events
     */
    public <E extends ProxyEvent> List<E> await(int count, Expected<E> expected) {
        return scope.await(count, expected);
    }

    /** {@return the connections of this test that have ended so far, oldest first; at most the last 10,000} */
    public List<ConnectionEvent> accessLog() {
        scope.proxy().catchUp();
        return scope.record().ended();
    }

    /** {@return the connections that are open now} */
    public List<OpenConnection> connections() {
        return server().connections();
    }

    /**
     * Applies a change of the configuration, as a reload of the changed file does. The next change begins with the result of
     * this one. At the end of the test, all changes are undone.
     *
     * @param change of the text of the configuration; not of files that it includes
     * @return the changes; {@link ReloadResult#applied} is false if nothing is different
     * @throws dev.sluice.runtime.ConfigurationException with every problem; nothing has changed
     * @throws dev.sluice.runtime.ReloadException if it is refused for another reason; nothing has changed
     */
    public ReloadResult reload(UnaryOperator<String> change) {
        return scope.reload(change);
    }

    /**
     * Checks that nothing of this test is left: no connection that was opened in it, no buffer, no socket of the process
     * that belongs to one. Waits a little for what is about to end. Done after each test, too.
     *
     * @throws AssertionError with all that is left
     */
    public void assertNothingLeft() {
        scope.assertNothingLeft();
    }

    /** {@return the server itself, for all else} */
    public ProxyServer server() {
        return scope.proxy().server();
    }
}
