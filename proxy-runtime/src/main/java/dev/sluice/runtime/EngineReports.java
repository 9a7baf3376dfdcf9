package dev.sluice.runtime;

import java.time.Duration;

import dev.sluice.runtime.engine.Engine;
import dev.sluice.runtime.service.ReportedServer;
import dev.sluice.runtime.service.ServiceEnvironment;
import dev.sluice.runtime.service.ServiceReports;
import org.jspecify.annotations.Nullable;

/** A server's engine, as its service manager sees it. Loaded only where there is a manager. */
record EngineReports(Engine engine) implements ReportedServer {
    /** Opens the reports of a server; null if there is no way to the manager. */
    static @Nullable ServiceReports open(ServiceEnvironment environment, Engine engine) {
        return ServiceReports.open(environment, new EngineReports(engine));
    }

    @Override
    public String status() {
        if (!engine.isServing()) {
            return "draining";
        }
        return "serving generation " + engine.view().configGeneration()
                + (engine.view().reloads().lastSucceeded() ? "" : "; the last reload was refused, see the log");
    }

    @Override
    public int connections() {
        return engine.connections();
    }

    @Override
    public boolean allLoopsAnswer(Duration patience) {
        return engine.operations().loops().allAnswer(patience);
    }
}
