package dev.sluice.runtime.engine;

import java.io.IOException;
import java.util.Set;

import dev.sluice.runtime.config.model.AccessLogConfig;
import dev.sluice.runtime.config.model.ConfigPlace;
import dev.sluice.runtime.config.model.LogTarget;
import dev.sluice.runtime.observe.AccessLogFormat;
import dev.sluice.runtime.observe.AccessLogSetting;
import dev.sluice.runtime.observe.AccessLogSink;
import dev.sluice.runtime.observe.AccessLogTemplate;
import dev.sluice.runtime.observe.Journal;
import dev.sluice.runtime.text.FileErrors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The setting of the access log that a configuration asks for. */
final class AccessLogs {
    private static final Logger LOG = LoggerFactory.getLogger(AccessLogs.class);

    private AccessLogs() {}

    /**
     * Opens what a configuration asks for, and changes nothing: the setting is to be given to
     * {@link Journal#switchTo}, which cannot fail then, or to {@link Journal#discard}. A target that the journal
     * writes to already is not opened again.
     *
     * @param config null = no access log
     * @throws EngineException when the target cannot be opened
     */
    static AccessLogSetting open(Journal journal, @Nullable AccessLogConfig config) {
        if (config == null) {
            return AccessLogSetting.OFF;
        }
        AccessLogFormat format = switch (config.format()) {
            case JSON -> AccessLogFormat.json();
            case TEXT -> config.template().map(AccessLogTemplate::parse).orElse(AccessLogTemplate.DEFAULT);
        };
        journal.start();
        return new AccessLogSetting(sink(journal.setting().sink(), config), format,
                Set.copyOf(config.events()), config.every(), config.skipEmpty());
    }

    private static AccessLogSink sink(@Nullable AccessLogSink inUse, AccessLogConfig config) {
        LogTarget target = config.path();
        String used = inUse == null ? "" : inUse.describe();
        if (inUse != null && target instanceof LogTarget.File file && file.path().toString().equals(used)) {
            return inUse;
        }
        AccessLogSink opened = target instanceof LogTarget.File file
                ? openFile(file, config.place())
                : target == LogTarget.Stream.STDERR
                        ? AccessLogSink.standardError()
                        : AccessLogSink.standardOutput();
        if (inUse != null && opened.describe().equals(used)) {
            return inUse;
        }
        LOG.info("access log: writing to {}", opened.describe());
        return opened;
    }

    private static AccessLogSink openFile(LogTarget.File file, ConfigPlace place) {
        try {
            return AccessLogSink.file(file.path());
        } catch (IOException e) {
            throw new EngineException(place, "path", "cannot open " + file.path() + " for writing: "
                    + FileErrors.reason(e) + ". Create its directory, or give this user the right to write there.", e);
        }
    }
}
