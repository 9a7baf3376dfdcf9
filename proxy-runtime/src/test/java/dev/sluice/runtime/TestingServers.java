package dev.sluice.runtime;

import dev.sluice.runtime.transport.Transport;

/** Lets tests of other packages start a server on a transport of theirs. */
public final class TestingServers {
    private TestingServers() {}

    public static ProxyServer start(String yaml, Transport transport) {
        return ProxyServer.builder().config(yaml).transport(transport).start();
    }
}
