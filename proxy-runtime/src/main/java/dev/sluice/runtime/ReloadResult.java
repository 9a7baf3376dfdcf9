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
 * @param took the time that the reload took
 */
public record ReloadResult(String source, boolean applied, long previous, long generation,
        List<ConfigurationChange> changes, Duration took) {
    /** The result as given, with a copy of the list. */
    public ReloadResult {
        changes = List.copyOf(changes);
    }

    static ReloadResult of(String source, ReloadOutcome outcome, Duration took) {
        return new ReloadResult(source, outcome.kind() == ReloadOutcome.Kind.APPLIED, outcome.previous(),
                outcome.generation(), outcome.changes().stream().map(ConfigurationChange::of).toList(), took);
    }

    /** {@return the result for a terminal, in lines without an end of line at the last} */
    public String toText() {
        List<String> lines = new ArrayList<>();
        if (applied) {
            lines.add(source + ": applied as generation " + generation + " in " + took.toMillis() + " ms");
            changes.stream().filter(change -> change.action() != ConfigurationChange.Action.KEPT)
                    .forEach(change -> lines.addAll(change.lines()));
        } else {
            lines.add(source + ": unchanged; generation " + generation + " serves");
        }
        return String.join("\n", lines);
    }

    /** The result in lines for the log. */
    List<String> lines() {
        return toText().lines().map(line -> line.strip().replaceAll(" {2,}", " ")).toList();
    }

    /** Writes the members of the JSON object. */
    void writeTo(JsonWriter json) {
        json.name("result").value(applied ? "applied" : "unchanged");
        json.name("milliseconds").value(took.toMillis());
        write(json, previous, generation, changes, toText());
    }

    static void write(JsonWriter json, long previous, long generation, List<ConfigurationChange> changes, String text) {
        json.name("previous").value(previous).name("generation").value(generation);
        json.name("changes").beginArray();
        for (ConfigurationChange change : changes) {
            json.beginObject().name("kind").value(change.kind().label()).name("name").value(change.name());
            json.name("action").value(change.action().label()).name("details").beginArray();
            change.details().forEach(json::value);
            json.endArray().name("connections").value(change.connections()).endObject();
        }
        json.endArray().name("problems").beginArray().endArray().name("text").value(text);
    }
}
