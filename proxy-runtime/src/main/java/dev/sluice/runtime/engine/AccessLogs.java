package dev.sluice.runtime.engine;

import java.io.IOException;
import java.nio.file.Path;

import dev.sluice.runtime.config.model.AccessLogConfig;
import dev.sluice.runtime.observe.AccessLog;
import dev.sluice.runtime.observe.AccessLogFormat;
import dev.sluice.runtime.observe.AccessLogTemplate;
import org.jspecify.annotations.Nullable;

/** The access log that a configuration asks for. */
final class AccessLogs {
    private AccessLogs() {}

    /**
     * Opens it.
     *
     * @return {@code null} if the configuration has none
     * @throws EngineException when it cannot be written
     */
    static @Nullable AccessLog open(@Nullable AccessLogConfig config) {
        if (config == null) {
            return null;
        }
        try {
            String template = config.template();
            AccessLogFormat format = switch (config.format()) {
                case JSON -> AccessLogFormat.json();
                case TEXT -> template == null ? AccessLogTemplate.DEFAULT : AccessLogTemplate.parse(template);
            };
            return config.path().equals("stdout")
                    ? AccessLog.toStandardOutput(format)
                    : AccessLog.toFile(Path.of(config.path()), format);
        } catch (IOException e) {
            throw new EngineException("accessLog: cannot open " + config.path() + " for writing: " + e.getMessage()
                    + ". Create its directory, or give this user the right to write there.", e);
        }
    }
}
