package dev.sluice.runtime.observe;

import dev.sluice.runtime.json.JsonWriter;
import org.jspecify.annotations.Nullable;

/** The format with all fields as one JSON object. */
final class JsonAccessLogFormat implements AccessLogFormat {
    private static final AccessField[] FIELDS = AccessField.values();

    @Override
    public void append(AccessEntry entry, StringBuilder out) {
        JsonWriter json = new JsonWriter(out).beginObject();
        JsonOutput output = new JsonOutput(json);
        for (AccessField field : FIELDS) {
            json.name(field.label());
            field.write(entry, output);
        }
        json.endObject();
    }

    private record JsonOutput(JsonWriter json) implements AccessField.Output {
        @Override
        public void text(@Nullable String value) {
            json.value(value);
        }

        @Override
        public void integer(long value) {
            json.value(value);
        }

        @Override
        public void millis(long nanos) {
            json.millis(nanos);
        }
    }
}
