package dev.sluice.runtime.config.model;

import java.util.Optional;

import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.runtime.shape.Syntax;

/**
 * The log with one line for each connection.
 *
 * @param path of a file: absolute
 */
public record AccessLogConfig( // @formatter:off
        @Syntax(Syntax.Kind.LOG_TARGET)
        @ConfigDescription(value = "stdout, stderr, or the path of a file; relative to this file.",
                hint = "stdout, or the path of a file")
        LogTarget path,
        @ConfigDefault("json") @ConfigDescription("Format of the lines.") Format format,
        @Syntax(Syntax.Kind.LINE) @ConfigDescription("Layout of a line, with $field in it; only with format text.")
        Optional<String> template,
        ConfigPlace place) { // @formatter:on
    public AccessLogConfig {
        path = path.resolvedFrom(place.directory());
    }

    /** The form of a line of the access log. */
    public enum Format {
        /** One JSON object. */
        JSON,
        /** Text, laid out by a template. */
        TEXT
    }
}
