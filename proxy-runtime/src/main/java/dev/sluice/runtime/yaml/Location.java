package dev.sluice.runtime.yaml;

/**
 * A position in a source.
 *
 * @param line from 1; 0 = the source as a whole
 * @param column in characters, from 1; 0 = the source as a whole
 */
public record Location(SourceText source, int line, int column) {
    /** The text for a message about another position: only the line, if both are in the same source. */
    public String from(Location other) {
        return other.source == source ? "in line " + line : "at " + this;
    }

    @Override
    public String toString() {
        return line == 0 ? source.name() : source.name() + ":" + line + ":" + column;
    }
}
