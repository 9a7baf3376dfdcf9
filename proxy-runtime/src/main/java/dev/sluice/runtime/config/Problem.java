package dev.sluice.runtime.config;

import dev.sluice.api.config.ConfigException;
import dev.sluice.runtime.config.model.ConfigPlace;
import dev.sluice.runtime.text.Printable;
import org.jspecify.annotations.Nullable;

/**
 * A problem in a configuration: an error or a warning.
 *
 * @param source the file as the user named it, or the name given to a text
 * @param line counted from 1; 0 = the file as a whole
 * @param column counted in characters from 1; 0 = the file as a whole
 * @param path of the key, such as {@code listeners[0].timeouts.idle}, indices counted within the file; empty = the top level
 * @param what the defect
 * @param allowed the values allowed there
 * @param didYouMean the text that was probably meant
 * @param excerpt two lines: the line of the problem, and a caret under it
 */
public record Problem(
        String source,
        int line,
        int column,
        String path,
        String what,
        @Nullable String allowed,
        @Nullable String didYouMean,
        @Nullable String excerpt) {
    /** A problem with a record that has been read. */
    public static Problem at(ConfigPlace place, ConfigException problem) {
        return of(place.at(problem.key()), problem.what(), problem.allowed(), problem.didYouMean());
    }

    /**
     * A refusal of something that a record wants, although it is valid. Without its line: the reason is not there.
     *
     * @param key null = the whole record
     */
    public static Problem refusal(ConfigPlace place, @Nullable String key, String what) {
        ConfigPlace.Spot spot = place.at(key);
        return new Problem(spot.source(), spot.line(), spot.column(), spot.path(), Printable.of(what), null, null,
                null);
    }

    static Problem of(ConfigPlace.Spot spot, String what, @Nullable String allowed, @Nullable String didYouMean) {
        return new Problem(spot.source(), spot.line(), spot.column(), spot.path(), Printable.sentence(what),
                sentence(allowed), sentence(didYouMean), spot.excerpt());
    }

    private static @Nullable String sentence(@Nullable String text) {
        return text == null ? null : Printable.sentence(text);
    }

    /**
     * {@code FILE:LINE:COLUMN path: what; allowed: …; did you mean '…'?}, then the offending line and a caret, without a line end at the
     * end. Free of control characters except line ends and tabs, whatever the file holds.
     */
    public String render() {
        StringBuilder out = new StringBuilder(Printable.of(source));
        if (line > 0) {
            out.append(':').append(line).append(':').append(column);
        }
        if (!path.isEmpty()) {
            out.append(' ').append(path);
        }
        out.append(": ").append(what);
        if (allowed != null) {
            out.append("; allowed: ").append(allowed);
        }
        if (didYouMean != null) {
            out.append("; did you mean '").append(didYouMean).append("'?");
        }
        if (excerpt != null) {
            out.append('\n').append(excerpt.indent(4).stripTrailing());
        }
        return out.toString();
    }
}
