package dev.sluice.runtime.transport.nio;

import dev.sluice.runtime.transport.Transport;
import dev.sluice.runtime.transport.TransportContract;

class NioTransportTest extends TransportContract {
    @Override
    protected Transport transport() {
        return new NioTransport();
    }

    @Override
    protected boolean hearsResets() {
        return false;
    }
}
