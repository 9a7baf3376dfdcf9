package dev.sluice.runtime;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The access to the levels of a program's loggers, for {@code POST /loggers} of the admin interface. Sluice logs to
 * slf4j, which cannot change levels; the program knows the logging library behind it. Levels are words: {@code off},
 * {@code error}, {@code warn}, {@code info}, {@code debug}, {@code trace}. Called by any thread.
 */
public interface LogLevels {
    /** {@return the loggers that have a level of their own, by name; the topmost logger is {@code ROOT}} */
    Map<String, String> levels();

    /**
     * Sets the level of a logger.
     *
     * @param logger its name; {@code ROOT} is the topmost one
     * @param level the word, or null for the level of its parent
     */
    void level(String logger, @Nullable String level);
}
