package dev.sluice.runtime.engine;

import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.observe.AccessLogSetting;
import dev.sluice.runtime.observe.Journal;

/** The access log, which follows reloads: a new target is opened before the old one is written to for the last time. */
final class AccessLogPart implements ReloadPart {
    private final Journal journal;

    AccessLogPart(Journal journal) {
        this.journal = journal;
    }

    @Override
    public Step prepare(Configuration before, Configuration next) {
        if (before.accessLog().equals(next.accessLog())) {
            return Step.NONE;
        }
        AccessLogSetting setting = AccessLogs.open(journal, next.accessLog().orElse(null));
        return new Step() {
            @Override
            public void commit() {
                journal.switchTo(setting);
            }

            @Override
            public void undo() {
                journal.discard(setting);
            }
        };
    }
}
