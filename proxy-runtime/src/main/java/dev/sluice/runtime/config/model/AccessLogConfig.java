package dev.sluice.runtime.config.model;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigNotEmpty;
import dev.sluice.api.config.ConfigRange;
import dev.sluice.runtime.observe.AccessEvent;
import dev.sluice.runtime.shape.Syntax;

/**
 * The access log, with a line for each connection, or several.
 *
 * @param path the target; the path of a file is absolute
 */
public record AccessLogConfig( // @formatter:off
        @Syntax(Syntax.Kind.LOG_TARGET)
        @ConfigDescription(value = "stdout, stderr, or the path of a file, relative to this file.",
                hint = "stdout, or the path of a file")
        LogTarget path,
        @ConfigDefault("json") @ConfigDescription("The format of a line.") Format format,
        @Syntax(Syntax.Kind.LINE) @ConfigDescription("The layout of a line, with $field in it; only with format text.")
        Optional<String> template,
        @ConfigNotEmpty @ConfigDefault("[end]")
        @ConfigDescription("The events of a connection that have a line: its start, once it has reached its endpoint, "
                + "a period of its life, its end.")
        List<AccessEvent> events,
        @ConfigRange(min = "1s", max = "24h") @ConfigDefault("5m")
        @ConfigDescription("The time between two lines of an open connection, for periodic.") Duration every,
        @ConfigDefault("false")
        @ConfigDescription("Leaves out connections that the client ended without a byte in either direction, as health "
                + "checks do.")
        boolean skipEmpty,
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
