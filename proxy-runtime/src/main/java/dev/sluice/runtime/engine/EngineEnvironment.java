package dev.sluice.runtime.engine;

import dev.sluice.runtime.tls.boring.KeyLogFile;
import dev.sluice.runtime.transport.Transport;
import org.jspecify.annotations.Nullable;

/**
 * Parts of an engine that are chosen outside of its configuration.
 *
 * @param machine the addresses of the machine
 * @param keyLog for the secrets of TLS sessions, closed with the engine; null = none is written
 */
public record EngineEnvironment(Transport transport, MachineAddresses machine, @Nullable KeyLogFile keyLog) {}
