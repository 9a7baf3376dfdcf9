package dev.sluice.runtime;

import dev.sluice.runtime.config.ProblemsException;
import dev.sluice.runtime.engine.Engine;
import dev.sluice.runtime.engine.EngineException;
import dev.sluice.runtime.engine.MachineAddresses;
import dev.sluice.runtime.engine.Transports;
import dev.sluice.runtime.transport.Transport;
import org.jspecify.annotations.Nullable;

/** The opening of a server's engine, with the exceptions of the embedding API. */
final class EngineStart {
    private EngineStart() {}

    /**
     * Opens an engine that does not serve yet.
     *
     * @param given the transport; null = that of the configuration
     * @param onDeath run when an event loop has died
     */
    static Engine open(ProxyConfig config, @Nullable Transport given, MachineAddresses machine, Runnable onDeath) {
        try {
            Transport transport = given == null ? Transports.choose(config.configuration()) : given;
            return new Engine(config.source(), config.configuration(), config.plugins(), transport, machine, onDeath);
        } catch (ProblemsException e) {
            throw ProxyConfig.refused(e);
        } catch (EngineException e) {
            throw new StartException(e);
        }
    }
}
