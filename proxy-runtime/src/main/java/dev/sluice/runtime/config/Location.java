package dev.sluice.runtime.config;

import dev.sluice.runtime.config.model.ConfigPlace;

/**
 * A position in a source.
 *
 * @param line from 1; 0 = the source as a whole
 * @param column in characters, from 1; 0 = the source as a whole
 */
record Location(SourceText source, int line, int column) {
    /** For a message about another position: only the line, if that is in the same source. */
    String from(Location other) {
        return other.source == source ? "in line " + line : "at " + this;
    }

    /** The position with the path of a key and its line, for a message. */
    ConfigPlace.Spot spot(ConfigPath path) {
        return new ConfigPlace.Spot(source.name(), source.order(), line, column, path.toString(),
                source.excerpt(line, column));
    }

    @Override
    public String toString() {
        return line == 0 ? source.name() : source.name() + ":" + line + ":" + column;
    }
}
