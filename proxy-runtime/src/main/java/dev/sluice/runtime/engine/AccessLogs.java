package dev.sluice.runtime.engine;

import java.io.IOException;

import dev.sluice.runtime.config.model.AccessLogConfig;
import dev.sluice.runtime.config.model.LogTarget;
import dev.sluice.runtime.observe.AccessLog;
import dev.sluice.runtime.observe.AccessLogFormat;
import dev.sluice.runtime.observe.AccessLogTemplate;
import dev.sluice.runtime.text.FileErrors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The access log of a configuration. */
final class AccessLogs {
    private static final Logger LOG = LoggerFactory.getLogger(AccessLogs.class);

    private AccessLogs() {}

    /**
     * Opens the access log.
     *
     * @return {@code null} if the configuration has none
     * @throws EngineException when it cannot be opened
     */
    static @Nullable AccessLog open(@Nullable AccessLogConfig config) {
        if (config == null) {
            return null;
        }
        try {
            AccessLogFormat format = switch (config.format()) {
                case JSON -> AccessLogFormat.json();
                case TEXT -> config.template().map(AccessLogTemplate::parse).orElse(AccessLogTemplate.DEFAULT);
            };
            AccessLog log = config.path() instanceof LogTarget.File file
                    ? AccessLog.toFile(file.path(), format)
                    : config.path() == LogTarget.Stream.STDERR
                            ? AccessLog.toStandardError(format)
                            : AccessLog.toStandardOutput(format);
            LOG.info("access log: writing to {}", log.describe());
            return log;
        } catch (IOException e) {
            throw new EngineException("accessLog: cannot open " + ((LogTarget.File) config.path()).path()
                    + " for writing: " + FileErrors.reason(e)
                    + ". Create its directory, or give this user the right to write there.", e);
        }
    }
}
