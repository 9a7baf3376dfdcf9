package dev.sluice.api.testkit;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import dev.sluice.api.AttributeKey;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.Incubating;
import dev.sluice.api.net.IpAddress;
import dev.sluice.api.testkit.Settings.Address;
import org.jspecify.annotations.Nullable;

/**
 * The description of a {@link TestingConnection} that is not open yet: {@link TestingConnection#of}. Belongs to one
 * thread.
 */
public final class TestingConnectionBuilder {
    /** {@code memory.readBuffer}, if the configuration does not say otherwise. */
    private static final int READ_BUFFER = 64 << 10;
    /** 192.0.2.1 and 198.51.100.1, addresses of documentation (RFC 5737). */
    private static final Address CLIENT = new Address(IpAddress.ofIpv4(0xc000_0201), 50_000);
    private static final Address SERVER = new Address(IpAddress.ofIpv4(0xc633_6401), 443);

    private final Function<TestingEnvironment, FilterFactory> factory;
    private final boolean ownsFactory;
    private final Set<String> clusters = new HashSet<>();
    private final Map<AttributeKey<?>, Object> attributes = new HashMap<>();
    private TestingEnvironment environment = new TestingEnvironment();
    private Address source = CLIENT;
    private @Nullable Address peer;
    private Address destination = SERVER;
    private int readBuffer = READ_BUFFER;
    private boolean expectingFailure;

    TestingConnectionBuilder(Function<TestingEnvironment, FilterFactory> factory, boolean ownsFactory) {
        this.factory = factory;
        this.ownsFactory = ownsFactory;
    }

    /**
     * Sets the environment. A factory that was made elsewhere should have been made with the same one.
     *
     * @param value names, directory and clock
     * @return this
     */
    public TestingConnectionBuilder environment(TestingEnvironment value) {
        environment = value;
        return this;
    }

    /**
     * Sets the address of the client, and of the socket's other end unless {@link #peer} sets another. The default is
     * 192.0.2.1, port 50000.
     *
     * @param address the address
     * @param port the port
     * @return this
     */
    public TestingConnectionBuilder source(IpAddress address, int port) {
        source = new Address(address, port);
        return this;
    }

    /**
     * Sets the address of the socket's other end, for a client behind a load balancer.
     *
     * @param address the address
     * @param port the port
     * @return this
     */
    public TestingConnectionBuilder peer(IpAddress address, int port) {
        peer = new Address(address, port);
        return this;
    }

    /**
     * Sets the address that the client connects to. The default is 198.51.100.1, port 443.
     *
     * @param address the address
     * @param port the port
     * @return this
     */
    public TestingConnectionBuilder destination(IpAddress address, int port) {
        destination = new Address(address, port);
        return this;
    }

    /**
     * Makes the client one of a Unix socket, without addresses.
     *
     * @return this
     */
    public TestingConnectionBuilder unixClient() {
        source = Address.NONE;
        destination = Address.NONE;
        peer = null;
        return this;
    }

    /**
     * Sets the clusters of the configuration. If none is named, every name is accepted.
     *
     * @param names added to those named before
     * @return this
     */
    public TestingConnectionBuilder clusters(String... names) {
        clusters.addAll(Arrays.asList(names));
        return this;
    }

    /**
     * Adds a fact that the proxy or an earlier filter has found.
     *
     * @param <T> the type of the value
     * @param key its name and type
     * @param value the fact
     * @return this
     */
    public <T> TestingConnectionBuilder attribute(AttributeKey<T> key, T value) {
        attributes.put(key, value);
        return this;
    }

    /**
     * Sets the most bytes that one read brings and one callback can emit. The default is 64 KiB, as in the proxy.
     *
     * @param bytes at least 1
     * @return this
     */
    public TestingConnectionBuilder readBuffer(int bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("a read buffer of " + bytes + " bytes");
        }
        readBuffer = bytes;
        return this;
    }

    /**
     * Lets the filter fail without failing the test: {@link TestingConnection#state} and
     * {@link TestingConnection#failure} show the failure.
     *
     * @return this
     */
    public TestingConnectionBuilder expectingFailure() {
        expectingFailure = true;
        return this;
    }

    /**
     * Asks the factory what its filter would do with this client, without a connection.
     *
     * @return the sentence of {@link FilterFactory#explain}
     */
    @Incubating
    public String explain() {
        FilterFactory asked = factory.apply(environment);
        try {
            return asked.explain(new AskedClient(settings()));
        } finally {
            if (ownsFactory) {
                asked.close();
            }
        }
    }

    private Settings settings() {
        return new Settings(environment, peer == null ? source : peer, source, destination, clusters, attributes,
                readBuffer, expectingFailure);
    }

    /**
     * Opens the connection: the filter is made, and its {@code onConnect} is called.
     *
     * @return the connection; the caller closes it
     */
    public TestingConnection connect() {
        return TestingConnection.open(factory.apply(environment), settings(), ownsFactory);
    }
}
