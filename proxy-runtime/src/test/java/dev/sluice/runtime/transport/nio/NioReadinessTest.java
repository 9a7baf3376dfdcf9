package dev.sluice.runtime.transport.nio;

import dev.sluice.runtime.transport.ReadinessContract;
import dev.sluice.runtime.transport.Transport;

class NioReadinessTest extends ReadinessContract {
    @Override
    protected Transport transport() {
        return new NioTransport();
    }
}
