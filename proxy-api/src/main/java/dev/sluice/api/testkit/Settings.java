package dev.sluice.api.testkit;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import dev.sluice.api.AttributeKey;
import dev.sluice.api.net.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * The values that all connections of a {@link TestingConnection} share.
 *
 * @param peer the other end of the socket
 * @param source the client
 * @param destination the address that the client connected to
 */
record Settings(TestingEnvironment environment, Address peer, Address source, Address destination,
        Set<String> clusters, Map<AttributeKey<?>, Object> attributes, int readBuffer, boolean expectingFailure) {
    /** An address and a port; {@link #NONE} of a Unix socket. */
    record Address(@Nullable IpAddress address, int port) {
        static final Address NONE = new Address(null, 0);
    }

    Settings {
        // Sorted for messages.
        clusters = Collections.unmodifiableSet(new TreeSet<>(clusters));
        attributes = Map.copyOf(attributes);
    }
}
