package dev.sluice.runtime.relay;

/**
 * The configuration of a listener's new connections. An acceptor reads the pair once for each connection, so that a
 * connection never gets the settings of one generation and the routes of another.
 *
 * @param listener settings and filters, which a connection keeps to its end
 * @param routes of the same configuration, which a connection keeps until it is connected
 */
public record Serving(ListenerGeneration listener, Routes routes) {}
