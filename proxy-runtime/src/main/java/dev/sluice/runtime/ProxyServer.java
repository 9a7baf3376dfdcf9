package dev.sluice.runtime;

/** A running proxy. */
public final class ProxyServer {
    ProxyServer() {}
}
