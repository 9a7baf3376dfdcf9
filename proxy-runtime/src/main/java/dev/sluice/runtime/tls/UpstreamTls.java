package dev.sluice.runtime.tls;

import java.util.concurrent.Executor;

/**
 * Rules about the TLS of connections to a cluster's endpoints.
 *
 * @param client makes the handshakes
 * @param records rules about the records afterwards
 * @param sessions those that connections share
 * @param workers run what takes long in a handshake
 * @param startTls what comes before the handshake
 * @param passesName whether the name comes from the proxy's own client, so that a failure says little about an endpoint
 */
public record UpstreamTls(TlsClient client, RecordRules records, SharedSessions sessions, Executor workers,
        StartTls startTls, boolean passesName) {}
