package dev.sluice.runtime.transport.nio;

import dev.sluice.runtime.transport.ListeningContract;
import dev.sluice.runtime.transport.ResetContract;
import dev.sluice.runtime.transport.StreamContract;
import dev.sluice.runtime.transport.Transport;
import dev.sluice.runtime.transport.UnixPathContract;
import org.junit.jupiter.api.Nested;

class NioTransportTest {
    @Nested
    class Streams extends StreamContract {
        @Override
        protected Transport transport() {
            return new NioTransport();
        }
    }

    @Nested
    class Resets extends ResetContract {
        @Override
        protected Transport transport() {
            return new NioTransport();
        }
    }

    @Nested
    class Listening extends ListeningContract {
        @Override
        protected Transport transport() {
            return new NioTransport();
        }
    }

    @Nested
    class UnixPaths extends UnixPathContract {
        @Override
        protected Transport transport() {
            return new NioTransport();
        }
    }
}
