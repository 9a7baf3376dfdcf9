package dev.sluice.runtime.config.model;

import org.jspecify.annotations.Nullable;

/**
 * Where something stands in the files, for problems that are found only after they have been read:
 * {@link dev.sluice.runtime.config.ConfigProblem#at} makes them. Any thread; it keeps the text of its file.
 */
public interface ConfigPlace {
    /**
     * The place of a key below this one.
     *
     * @param key as in {@link dev.sluice.api.config.ConfigException#key}: {@code rules[2].deny[0]}. If nothing of that name was written, the
     *     nearest thing around it; null = the whole
     */
    Spot at(@Nullable String key);

    /**
     * One of those places.
     *
     * @param source the file as the user named it, or the name given to a text
     * @param line counted from 1
     * @param column counted in characters from 1
     * @param path of the key from the top level on
     * @param excerpt two lines: the one of the place, and under it a caret; null if there is none to show
     */
    record Spot(String source, int line, int column, String path, @Nullable String excerpt) {}
}
