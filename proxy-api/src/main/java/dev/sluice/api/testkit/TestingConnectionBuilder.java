package dev.sluice.api.testkit;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import dev.sluice.api.AttributeKey;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.net.IpAddress;
import dev.sluice.api.testkit.Settings.Address;
import org.jspecify.annotations.Nullable;

/** Describes a {@link TestingConnection} before it is opened: {@link TestingConnection#of}. */
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

    /** Names, directory and clock. A factory that was made elsewhere should have been made with the same one. */
    public TestingConnectionBuilder environment(TestingEnvironment value) {
        environment = value;
        return this;
    }

    /** The address of the client, and of the socket's other end if {@link #peer} does not say otherwise. The default is 192.0.2.1, port 50000. */
    public TestingConnectionBuilder source(IpAddress address, int port) {
        source = new Address(address, port);
        return this;
    }

    /** The address of the socket's other end, of a client behind a load balancer. */
    public TestingConnectionBuilder peer(IpAddress address, int port) {
        peer = new Address(address, port);
        return this;
    }

    /** The address that the client connected to. The default is 198.51.100.1, port 443. */
    public TestingConnectionBuilder destination(IpAddress address, int port) {
        destination = new Address(address, port);
        return this;
    }

    /** The client comes by a Unix socket, and there are no addresses. */
    public TestingConnectionBuilder unixClient() {
        source = Address.NONE;
        destination = Address.NONE;
        peer = null;
        return this;
    }

    /** The clusters of the configuration. If none is named, every name is one. */
    public TestingConnectionBuilder clusters(String... names) {
        clusters.addAll(Arrays.asList(names));
        return this;
    }

    /** A fact that the proxy or an earlier filter has found. */
    public <T> TestingConnectionBuilder attribute(AttributeKey<T> key, T value) {
        attributes.put(key, value);
        return this;
    }

    /** The most that one read brings and one callback can emit, in bytes. The default is 64 KiB, as in the proxy. */
    public TestingConnectionBuilder readBuffer(int bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("a read buffer of " + bytes + " bytes");
        }
        readBuffer = bytes;
        return this;
    }

    /** A filter that fails does not fail the test: {@link TestingConnection#state} and {@link TestingConnection#failure} tell. */
    public TestingConnectionBuilder expectingFailure() {
        expectingFailure = true;
        return this;
    }

    /** Opens a connection: the filter is made, and asked. */
    public TestingConnection connect() {
        Settings settings = new Settings(environment, peer == null ? source : peer, source, destination, clusters,
                attributes, readBuffer, expectingFailure);
        return TestingConnection.open(factory.apply(environment), settings, ownsFactory);
    }
}
