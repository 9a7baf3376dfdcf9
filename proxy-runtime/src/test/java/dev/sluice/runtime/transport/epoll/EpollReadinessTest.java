package dev.sluice.runtime.transport.epoll;

import dev.sluice.runtime.transport.ReadinessContract;
import dev.sluice.runtime.transport.Transport;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class EpollReadinessTest extends ReadinessContract {
    @Override
    protected Transport transport() {
        return new EpollTransport();
    }
}
