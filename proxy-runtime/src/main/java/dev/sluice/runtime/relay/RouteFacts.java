package dev.sluice.runtime.relay;

import dev.sluice.api.AttributeKey;
import org.jspecify.annotations.Nullable;

/** The facts about a connection that routes have conditions on. */
interface RouteFacts {
    /** The value of an attribute; null = it is not known. */
    @Nullable
    String attribute(AttributeKey<String> key);
}
