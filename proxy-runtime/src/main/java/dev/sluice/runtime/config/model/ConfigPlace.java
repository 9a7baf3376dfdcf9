package dev.sluice.runtime.config.model;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * The place of a record in the files, for problems found after they have been read. A key is a path below the record:
 * {@code rules[2].deny[0]}. All places are equal, so that a record is the same configuration wherever it stands. Any thread; a place keeps the
 * text of its file.
 */
public abstract class ConfigPlace {
    /** The place of a record that no text says; all of its keys count as written. */
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
     * One position in a file.
     *
     * @param source the file as the user named it, or the name given to a text
     * @param order of the source among those of a load
     * @param line counted from 1; 0 = the source as a whole
     * @param column counted in characters from 1
     * @param path of the key from the top level on
     * @param excerpt two lines: the one of the position, and under it a caret; null if there is none to show
     */
    public record Spot(String source, int order, int line, int column, String path, @Nullable String excerpt) {
        /** For a message about another position: only the line, if that is in the same source. */
        public String from(Spot other) {
            return other.order == order ? "in line " + line : "at " + source + ":" + line + ":" + column;
        }
    }

    /** The position of the value of a key; if it was not written, of the nearest thing around it. Null = the whole record. */
    public abstract Spot at(@Nullable String key);

    /** Whether a key of the record was written. */
    public abstract boolean has(String key);

    /** Whether the value of a key of the record was refused, so that the record holds something else; never in a loaded configuration. */
    public abstract boolean isWrong(String key);

    /** The value of a key of the record as it was written, variables replaced; null if that is not one value. */
    public abstract @Nullable String text(String key);

    /** The place of the record under a key. */
    public abstract ConfigPlace below(String key);

    /** The directory of the file, absolute; of a text, the working directory. */
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
