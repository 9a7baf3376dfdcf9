package dev.sluice.runtime.engine;

import java.util.List;

/**
 * A part of a configuration, compared with the same part of the one before.
 *
 * @param name of the listener, cluster, plugin or section
 * @param details the differences, for people; of a part that is kept only what operators said of it
 * @param connections that the part has now
 */
public record Change(Kind kind, String name, Action action, List<String> details, long connections) {
    /** Kinds of parts. */
    public enum Kind {
        LISTENER,
        CLUSTER,
        PLUGIN,
        SECTION
    }

    /** Fates of parts. */
    public enum Action {
        KEPT,
        CHANGED,
        ADDED,
        REMOVED
    }

    public Change {
        details = List.copyOf(details);
    }
}
