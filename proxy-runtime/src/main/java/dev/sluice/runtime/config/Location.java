package dev.sluice.runtime.config;

/**
 * A place in a source.
 *
 * @param line from 1; 0 = the source as a whole
 * @param column in characters, from 1; 0 = the source as a whole
 */
record Location(SourceText source, int line, int column) {
    /** For a message about another place: only the line, if that is in the same source. */
    String from(Location other) {
        return other.source == source ? "in line " + line : "at " + this;
    }

    @Override
    public String toString() {
        return line == 0 ? source.name() : source.name() + ":" + line + ":" + column;
    }
}
