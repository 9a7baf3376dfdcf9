package dev.sluice.runtime.transport.epoll;

import dev.sluice.runtime.transport.Transport;
import dev.sluice.runtime.transport.TransportContract;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** As on Linux before 5.11. */
@EnabledOnOs(OS.LINUX)
class EpollMillisecondsTest extends TransportContract {
    @Override
    protected Transport transport() {
        return new EpollTransport(false);
    }

    @Override
    protected boolean hearsResets() {
        return true;
    }
}
