package dev.sluice.api;

import java.util.Objects;

/**
 * Names a fact about a connection. Two keys of the same name and type are equal, so plugins need not share a constant.
 *
 * @param name with a prefix of its owner: {@code sluice.sni}, {@code com.example.tenant}
 * @param type of the values
 */
public record AttributeKey<T>(String name, Class<T> type) {
    public AttributeKey {
        Objects.requireNonNull(name);
        Objects.requireNonNull(type);
    }

    /** The key of this name and type. */
    public static <T> AttributeKey<T> of(String name, Class<T> type) {
        return new AttributeKey<>(name, type);
    }
}
