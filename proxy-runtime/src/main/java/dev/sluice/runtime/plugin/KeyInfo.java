package dev.sluice.runtime.plugin;

import org.jspecify.annotations.Nullable;

/**
 * A key of a filter's configuration, for people.
 *
 * @param path from {@code config:} on: {@code limit}, {@code bandwidth.rate}; {@code rules[].deny} below each element of a list,
 *     {@code limits.*.rate} below each name that a user may choose
 * @param type in words: {@code integer}, {@code duration}, {@code list of text}, {@code pass | reject}
 * @param defaultValue what stands for it when it is absent, as it would be written; null = nothing does
 * @param required whether it has to be there, if what is around it is
 * @param description by the author; empty = none
 */
public record KeyInfo(String path, String type, @Nullable String defaultValue, boolean required, String description) {}
