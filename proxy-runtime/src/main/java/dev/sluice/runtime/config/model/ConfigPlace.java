package dev.sluice.runtime.config.model;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * The place of a record in the files, for problems found after they have been read. A key is a path below the record:
 * {@code rules[2].deny[0]}. All places are equal, so that records are equal wherever they were written. Any thread; a
 * place keeps the text of its file.
 */
public abstract class ConfigPlace {
    /** The place of a record that was not written in any text; all of its keys count as written. */
    public static final ConfigPlace NONE = new ConfigPlace() {
        @Override
        public Spot at(@Nullable String key) {
            return new Spot("", 0, 0, 0, key == null ? "" : key, null);
        }

        @Override
        public boolean has(String key) {
            return true;
        }

        @Override
        public boolean isWrong(String key) {
            return false;
        }

        @Override
        public @Nullable String text(String key) {
            return null;
        }

        @Override
        public ConfigPlace below(String key) {
            return this;
        }

        @Override
        public Path directory() {
            return Path.of("").toAbsolutePath();
        }
    };

    /**
     * A position in a file.
     *
     * @param source the file as the user named it, or the name given to a text
     * @param order of the source among those of a load
     * @param line counted from 1; 0 = the source as a whole
     * @param column counted in characters from 1
     * @param path the path of the key from the top level
     * @param excerpt two lines: the line of the position, and a caret under it; null = none
     */
    public record Spot(String source, int order, int line, int column, String path, @Nullable String excerpt) {
        /** The text for a message about another position: only the line, if both are in the same source. */
        public String from(Spot other) {
            return other.order == order ? "in line " + line : "at " + source + ":" + line + ":" + column;
        }
    }

    /**
     * The position of a key's value; if it was not written, of the nearest thing around it. Null = the whole record.
     */
    public abstract Spot at(@Nullable String key);

    /** Whether a key of the record was written. */
    public abstract boolean has(String key);

    /** Whether the value of a key was refused, so that the record has a substitute; never in a loaded configuration. */
    public abstract boolean isWrong(String key);

    /** The value of a key as it was written, with variables replaced; null if that is not a scalar. */
    public abstract @Nullable String text(String key);

    /** The place of the record under a key. */
    public abstract ConfigPlace below(String key);

    /** The directory of the file, absolute; the working directory for a text. */
    public abstract Path directory();

    @Override
    public final boolean equals(@Nullable Object other) {
        return other instanceof ConfigPlace;
    }

    @Override
    public final int hashCode() {
        return 0;
    }
}
