package dev.sluice.runtime;

import java.time.Duration;
import java.util.Map;

import dev.sluice.runtime.engine.Engine;
import dev.sluice.runtime.service.ServiceEnvironment;
import dev.sluice.runtime.service.ServiceReports;
import org.jspecify.annotations.Nullable;

/** The service manager of a server, which may have none: nothing is reported then, and no class is loaded for it. Any thread. */
final class ServiceManager {
    private final @Nullable ServiceReports reports;

    private ServiceManager(@Nullable ServiceReports reports) {
        this.reports = reports;
    }

    /**
     * The service manager of a server that does not serve yet.
     *
     * @param environment of the process; empty = the program does not want it
     * @throws StartException if a variable cannot be understood
     */
    static ServiceManager of(Map<String, String> environment, Engine engine) {
        if (!environment.containsKey(ServiceEnvironment.NOTIFY_SOCKET)) {
            return new ServiceManager(null);
        }
        try {
            return new ServiceManager(EngineReports
                    .open(ServiceEnvironment.of(environment, ProcessHandle.current().pid()), engine));
        } catch (IllegalArgumentException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
    }

    void ready() {
        if (reports != null) {
            reports.ready();
        }
    }

    void reloading() {
        if (reports != null) {
            reports.reloading();
        }
    }

    void reloaded() {
        if (reports != null) {
            reports.reloaded();
        }
    }

    /** @param longest the time that open connections are given */
    void stopping(Duration longest) {
        if (reports != null) {
            reports.stopping(longest);
        }
    }

    /** Ends the reports, after the engine: what they ask it is not answered before. */
    void close() {
        if (reports != null) {
            reports.close();
        }
    }
}
