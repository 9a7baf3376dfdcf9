package dev.sluice.runtime.config;

/**
 * Hears of each key that is asked for while a configuration is read: what the readers ask for is what a configuration may hold, and
 * {@link JsonSchema} writes it down. Used by one thread.
 */
interface KeyLog {
    /** Hears nothing. */
    KeyLog NONE = new KeyLog() {
    };

    /** One value is read. */
    default void scalar(ConfigPath path, Form form) {}

    /** One value or a list of them is read. */
    default void oneOrMany(ConfigPath path, Form form) {}

    /** A mapping is read. */
    default void section(ConfigPath path) {}

    /** A list of mappings is read, with at least so many. */
    default void sections(ConfigPath path, int min) {}

    /** The key must be there. */
    default void required(ConfigPath path) {}

    /** What stands for an absent value. */
    default void defaultValue(ConfigPath path, Object value) {}
}
