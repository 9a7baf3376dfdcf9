package dev.sluice.runtime;

import org.jspecify.annotations.Nullable;

/**
 * A key of a filter's configuration.
 *
 * @param path relative to {@code config:}: {@code limit}, {@code bandwidth.rate}; {@code rules[].deny} below each
 *     element of a list, {@code limits.*.rate} below each name that a user may choose
 * @param type in words: {@code integer}, {@code duration}, {@code list of text}, {@code pass | reject}
 * @param defaultValue the value of an absent key, as it would be written; null = none
 * @param required whether the key must be present if its parent is
 * @param description empty = none
 */
public record FilterKey(String path, String type, @Nullable String defaultValue, boolean required,
        String description) {}
