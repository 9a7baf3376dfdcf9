package dev.sluice.runtime;

import java.util.ArrayList;
import java.util.List;

import dev.sluice.runtime.engine.ReloadOutcome;
import dev.sluice.runtime.json.JsonWriter;

/**
 * The changes that a reload would make, found by building everything that it would build. Nothing was bound, and nothing
 * has changed.
 *
 * @param source the file that was read, or {@code configuration} for a text
 * @param generation the number of the generation that serves
 * @param next the number that the new one would have; equal to {@code generation} if nothing would change
 * @param changes all parts, kept ones among them
 * @param warnings about what would serve, as {@code sluice check} gives them
 */
public record ReloadPlan(String source, long generation, long next, List<ConfigurationChange> changes,
        List<ConfigurationProblem> warnings) {
    /** The plan as given, with copies of the lists. */
    public ReloadPlan {
        changes = List.copyOf(changes);
        warnings = List.copyOf(warnings);
    }

    static ReloadPlan of(String source, ReloadOutcome outcome, List<ConfigurationProblem> warnings) {
        List<ConfigurationChange> changes = outcome.changes().stream().map(ConfigurationChange::of).toList();
        return new ReloadPlan(source, outcome.previous(),
                hasChange(changes) ? outcome.generation() : outcome.previous(), changes, warnings);
    }

    private static boolean hasChange(List<ConfigurationChange> changes) {
        return changes.stream().anyMatch(change -> change.action() != ConfigurationChange.Action.KEPT);
    }

    /** {@return whether a reload would change anything} */
    public boolean hasChanges() {
        return hasChange(changes);
    }

    /** {@return the plan for a terminal, in lines without an end of line at the last} */
    public String toText() {
        List<String> lines = new ArrayList<>();
        lines.add(source + " against generation " + generation + ", which serves");
        lines.add("");
        changes.forEach(change -> lines.addAll(change.lines()));
        lines.add("");
        lines.add(hasChanges()
                ? "A reload would be applied as generation " + next + "."
                : "A reload would change nothing.");
        warnings.forEach(warning -> lines.add("warning: " + ServingWarnings.line(warning)));
        return String.join("\n", lines);
    }

    /** Writes the members of the JSON object. */
    void writeTo(JsonWriter json) {
        json.name("result").value("planned");
        ReloadResult.write(json, generation, next, changes, warnings, toText());
    }
}
