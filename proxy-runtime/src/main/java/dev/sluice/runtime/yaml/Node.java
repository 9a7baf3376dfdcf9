package dev.sluice.runtime.yaml;

import java.util.List;
import java.util.Map;

/**
 * A node of a YAML document, with the place of each of its parts. An alias is the very node of its anchor, so a tree is
 * in truth a graph without cycles; {@link #size()} and {@link #height()} count aliases written out.
 */
public sealed interface Node {
    Location at();

    int size();

    int height();

    /** Kinds of scalars as YAML 1.2 sees them; anything in quotes is text. */
    enum Kind {
        NOTHING,
        BOOLEAN,
        NUMBER,
        TEXT
    }

    record Scalar(Location at, Kind kind, String text) implements Node {
        @Override
        public int size() {
            return 1;
        }

        @Override
        public int height() {
            return 0;
        }
    }

    record Entry(Location keyAt, Node value) {}

    record Mapping(Location at, Map<String, Entry> entries, int size, int height) implements Node {}

    record Sequence(Location at, List<Node> items, int size, int height) implements Node {}
}
