package dev.sluice.api.testkit;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import dev.sluice.api.AttributeKey;
import dev.sluice.api.net.IpAddress;
import org.jspecify.annotations.Nullable;

/** What is the same for all connections of a {@link TestingConnection}. */
record Settings(TestingEnvironment environment, @Nullable IpAddress source, int sourcePort, Set<String> clusters,
        Map<AttributeKey<?>, Object> attributes, int readBuffer, boolean expectingFailure) {
    Settings {
        // Sorted for messages.
        clusters = Collections.unmodifiableSet(new TreeSet<>(clusters));
        attributes = Map.copyOf(attributes);
    }
}
