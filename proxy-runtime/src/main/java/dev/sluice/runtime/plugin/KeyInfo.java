package dev.sluice.runtime.plugin;

import org.jspecify.annotations.Nullable;

/**
 * A key of a filter's configuration, described for people.
 *
 * @param path below {@code config:}, such as {@code limit}, {@code bandwidth.rate}; {@code rules[].deny} below each
 *     element of a list, {@code limits.*.rate} below each name that a user may choose
 * @param type in words: {@code integer}, {@code duration}, {@code list of text}, {@code pass | reject}
 * @param defaultValue the default, as it would be written; null = none
 * @param required whether it has to be present, if the section around it is
 * @param description the author's description; empty = none
 */
public record KeyInfo(String path, String type, @Nullable String defaultValue, boolean required, String description) {}
