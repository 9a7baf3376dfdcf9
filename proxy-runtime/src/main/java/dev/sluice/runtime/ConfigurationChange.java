package dev.sluice.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import dev.sluice.runtime.engine.Change;

/**
 * A part of a configuration, compared with the same part of the one that served before.
 *
 * @param kind the kind of part
 * @param name of the listener, cluster, plugin or section
 * @param action what a reload does with it
 * @param details the differences, for people; of a part that is kept only what operators said of it
 * @param connections that the part had at that moment
 */
public record ConfigurationChange(Kind kind, String name, Action action, List<String> details, long connections) {
    /** Kinds of parts. */
    public enum Kind {
        /** A listener with its filters and routes. */
        LISTENER,
        /** A cluster with its endpoints. */
        CLUSTER,
        /** A plugin. */
        PLUGIN,
        /** A section of the process, such as {@code accessLog}. */
        SECTION;

        /** {@return the name in text and JSON} */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Fates of parts. */
    public enum Action {
        /** The part is the same: new connections get the very same settings, filters and counts. */
        KEPT,
        /** New connections get the new settings, open ones keep what they have. */
        CHANGED,
        /** The part is new. */
        ADDED,
        /** The part gets no new connections; open ones go on. */
        REMOVED;

        /** {@return the name in text and JSON} */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The change as given, with a copy of the list. */
    public ConfigurationChange {
        details = List.copyOf(details);
    }

    static ConfigurationChange of(Change change) {
        return new ConfigurationChange(Kind.valueOf(change.kind().name()), change.name(),
                Action.valueOf(change.action().name()), change.details(), change.connections());
    }

    /** The lines for a terminal; further details stand below the first. */
    List<String> lines() {
        String first = "%-9s %-16s %-8s ".formatted(kind.label(), name, action.label());
        List<String> lines = new ArrayList<>();
        String connected = connections == 0
                ? ""
                : connections + (connections == 1 ? " connection" : " connections") + switch (action) {
                    case KEPT, ADDED -> "";
                    case CHANGED -> kind == Kind.LISTENER
                            ? (connections == 1 ? " keeps" : " keep") + " the old settings; new ones get the new"
                            : "";
                    case REMOVED -> connections == 1 ? " stays until it ends" : " stay until they end";
                };
        List<String> texts = new ArrayList<>(details);
        if (!connected.isEmpty()) {
            texts.add(connected);
        }
        String indent = " ".repeat(first.length());
        for (String text : texts) {
            lines.add((lines.isEmpty() ? first : indent) + text);
        }
        return lines.isEmpty() ? List.of(first.stripTrailing()) : lines;
    }
}
