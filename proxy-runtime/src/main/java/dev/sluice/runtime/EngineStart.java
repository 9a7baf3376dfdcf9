package dev.sluice.runtime;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

import dev.sluice.runtime.config.ProblemsException;
import dev.sluice.runtime.engine.Engine;
import dev.sluice.runtime.engine.EngineEnvironment;
import dev.sluice.runtime.engine.EngineException;
import dev.sluice.runtime.engine.MachineAddresses;
import dev.sluice.runtime.engine.Transports;
import dev.sluice.runtime.service.PassedSockets;
import dev.sluice.runtime.tls.boring.KeyLogFile;
import dev.sluice.runtime.transport.Transport;
import dev.sluice.runtime.wiring.TlsHeadStart;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The opening of a server's engine, with the exceptions of the embedding API. */
final class EngineStart {
    private static final Logger LOG = LoggerFactory.getLogger(EngineStart.class);

    private EngineStart() {}

    /**
     * Opens an engine that does not serve yet.
     *
     * @param given the transport; null = that of the configuration
     * @param environment variables by which a service manager passes sockets; empty = none are taken
     * @param keys the file for the secrets of TLS sessions; null = none is written
     * @param onDeath run when an event loop has died
     */
    static Engine open(ProxyConfig config, @Nullable Transport given, Map<String, String> environment,
            MachineAddresses machine, @Nullable Path keys, Runnable onDeath) {
        if (!environment.containsKey(PassedSockets.LISTEN_FDS)) {
            return open(config, transport(config, given), machine, keys, onDeath);
        }
        SocketActivation passed = SocketActivation.of(environment);
        Engine engine = open(config, passed.over(transport(config, given), config.configuration()), machine, keys,
                onDeath);
        passed.reportUnused();
        return engine;
    }

    private static Transport transport(ProxyConfig config, @Nullable Transport given) {
        try {
            return given == null ? Transports.choose(config.configuration()) : given;
        } catch (EngineException e) {
            throw new StartException(e);
        }
    }

    private static Engine open(ProxyConfig config, Transport transport, MachineAddresses machine, @Nullable Path keys,
            Runnable onDeath) {
        TlsHeadStart.begin(config.configuration());
        try {
            KeyLogFile keyLog = keyLog(keys);
            try {
                return new Engine(config.source(), config.configuration(), config.plugins(),
                        new EngineEnvironment(transport, machine, keyLog), onDeath);
            } catch (ProblemsException | RuntimeException | Error e) {
                if (keyLog != null) {
                    keyLog.close();
                }
                throw e;
            }
        } catch (ProblemsException e) {
            throw ProxyConfig.refused(e);
        } catch (EngineException e) {
            throw new StartException(e);
        }
    }

    private static @Nullable KeyLogFile keyLog(@Nullable Path file) {
        if (file == null) {
            return null;
        }
        try {
            KeyLogFile opened = KeyLogFile.open(file);
            LOG.warn(
                    "The keys of TLS sessions with clients are written to {}: whoever can read it and has recorded the traffic can read"
                            + " the traffic. For debugging only.",
                    file);
            return opened;
        } catch (IOException e) {
            throw new StartException("the key log " + file + " cannot be written: " + e.getMessage(), e);
        }
    }
}
