package dev.sluice.runtime.admin;

import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The access to the levels of loggers, which slf4j does not have. Levels are words: {@code off}, {@code error}, {@code
 * warn}, {@code info}, {@code debug}, {@code trace}.
 *
 * @param levels the loggers that have a level of their own, by name
 * @param set sets the level of a logger; null = that of its parent
 */
public record LoggerAccess(Supplier<Map<String, String>> levels, BiConsumer<String, @Nullable String> set) {}
