package dev.sluice.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.sluice.runtime.engine.ReloadOutcome;
import dev.sluice.runtime.json.JsonWriter;

/**
 * The result of a reload that was not refused.
 *
 * @param source the file that was read, or {@code configuration} for a text
 * @param applied false if there was nothing to change, and the generation is the same
 * @param previous the number of the generation that served before
 * @param generation the number of the generation that serves now
 * @param changes all parts, kept ones among them
 * @param warnings about what serves now, as {@code sluice check} gives them
 * @param took the time that the reload took
 */
public record ReloadResult(String source, boolean applied, long previous, long generation,
        List<ConfigurationChange> changes, List<ConfigurationProblem> warnings, Duration took) {
    /** The result as given, with copies of the lists. */
    public ReloadResult {
        changes = List.copyOf(changes);
        warnings = List.copyOf(warnings);
    }

    static ReloadResult of(String source, ReloadOutcome outcome, List<ConfigurationProblem> warnings, Duration took) {
        return new ReloadResult(source, outcome.kind() == ReloadOutcome.Kind.APPLIED, outcome.previous(),
                outcome.generation(), outcome.changes().stream().map(ConfigurationChange::of).toList(), warnings, took);
    }

    /** {@return the result for a terminal, in lines without an end of line at the last} */
    public String toText() {
        List<String> lines = changed();
        warnings.forEach(warning -> lines.add("warning: " + ServingWarnings.line(warning)));
        return String.join("\n", lines);
    }

    private List<String> changed() {
        List<String> lines = new ArrayList<>();
        if (applied) {
            lines.add(source + ": applied as generation " + generation + " in " + took.toMillis() + " ms");
            changes.stream().filter(change -> change.action() != ConfigurationChange.Action.KEPT)
                    .forEach(change -> lines.addAll(change.lines()));
        } else {
            lines.add(source + ": unchanged; generation " + generation + " serves");
        }
        return lines;
    }

    /** The result in lines for the log, which has the warnings already. */
    List<String> lines() {
        return changed().stream().map(line -> line.strip().replaceAll(" {2,}", " ")).toList();
    }

    /** Writes the members of the JSON object. */
    void writeTo(JsonWriter json) {
        json.name("result").value(applied ? "applied" : "unchanged");
        json.name("milliseconds").value(took.toMillis());
        write(json, previous, generation, changes, warnings, toText());
    }

    static void write(JsonWriter json, long previous, long generation, List<ConfigurationChange> changes,
            List<ConfigurationProblem> warnings, String text) {
        json.name("previous").value(previous).name("generation").value(generation);
        json.name("changes").beginArray();
        for (ConfigurationChange change : changes) {
            json.beginObject().name("kind").value(change.kind().label()).name("name").value(change.name());
            json.name("action").value(change.action().label()).name("details").beginArray();
            change.details().forEach(json::value);
            json.endArray().name("connections").value(change.connections()).endObject();
        }
        json.endArray().name("problems").beginArray().endArray().name("warnings").beginArray();
        warnings.forEach(warning -> write(json, warning));
        json.endArray().name("text").value(text);
    }

    /** Writes a JSON object. */
    static void write(JsonWriter json, ConfigurationProblem problem) {
        json.beginObject().name("source").value(problem.source()).name("line").value(problem.line());
        json.name("column").value(problem.column()).name("path").value(problem.path());
        json.name("what").value(problem.what()).name("allowed").value(problem.allowed());
        json.name("did_you_mean").value(problem.didYouMean());
        json.name("text").value(problem.text()).endObject();
    }
}
