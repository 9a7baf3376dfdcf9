package dev.sluice.api;

import java.util.Objects;

/**
 * The name and type of a fact about a connection. Two keys of the same name and type are equal, so plugins need not
 * share a constant.
 *
 * @param <T> the type of the values
 * @param name starts with a prefix of its owner: {@code sluice.sni}, {@code com.example.tenant}
 * @param type the class of the values
 */
public record AttributeKey<T>(String name, Class<T> type) {
    /**
     * Checks the components.
     *
     * @throws NullPointerException if one is null
     */
    public AttributeKey {
        Objects.requireNonNull(name);
        Objects.requireNonNull(type);
    }

    /**
     * Makes a key.
     *
     * @param <T> the type of the values
     * @param name starts with a prefix of its owner
     * @param type the class of the values
     * @return the key of this name and type
     */
    public static <T> AttributeKey<T> of(String name, Class<T> type) {
        return new AttributeKey<>(name, type);
    }
}
