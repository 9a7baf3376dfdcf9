package dev.sluice.runtime.transport.epoll;

import dev.sluice.runtime.transport.ListeningContract;
import dev.sluice.runtime.transport.ResetContract;
import dev.sluice.runtime.transport.StreamContract;
import dev.sluice.runtime.transport.Transport;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** As on Linux before 5.11. */
@EnabledOnOs(OS.LINUX)
class EpollMillisecondsTest {
    @Nested
    class Streams extends StreamContract {
        @Override
        protected Transport transport() {
            return new EpollTransport(false);
        }
    }

    @Nested
    class Resets extends ResetContract {
        @Override
        protected Transport transport() {
            return new EpollTransport(false);
        }
    }

    @Nested
    class Listening extends ListeningContract {
        @Override
        protected Transport transport() {
            return new EpollTransport(false);
        }
    }
}
