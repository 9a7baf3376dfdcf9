package dev.sluice.runtime.engine;

import java.util.List;

/**
 * The outcome of a reload that was not refused, or of its plan.
 *
 * @param previous the number of the generation that served before
 * @param generation the number of the generation that serves after it, or would serve
 * @param changes what was compared; all {@link Change.Action#KEPT} if there was no change
 */
public record ReloadOutcome(Kind kind, long previous, long generation, List<Change> changes) {
    /** Kinds of outcomes. */
    public enum Kind {
        /** The configuration serves. */
        APPLIED,
        /** It is what serves already; there is no new generation. */
        UNCHANGED,
        /** It could be applied. Only of a plan. */
        PLANNED
    }

    public ReloadOutcome {
        changes = List.copyOf(changes);
    }
}
