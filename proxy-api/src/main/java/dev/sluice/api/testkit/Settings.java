package dev.sluice.api.testkit;

import java.util.Map;
import java.util.Set;

import dev.sluice.api.AttributeKey;
import dev.sluice.api.net.IpAddress;
import org.jspecify.annotations.Nullable;

/** What is the same for all connections of a {@link TestingConnection}. */
record Settings(TestingEnvironment environment, @Nullable IpAddress source, int sourcePort, Set<String> clusters,
        Map<AttributeKey<?>, Object> attributes, int readBuffer, boolean expectingFailure) {
    Settings {
        clusters = Set.copyOf(clusters);
        attributes = Map.copyOf(attributes);
    }
}
