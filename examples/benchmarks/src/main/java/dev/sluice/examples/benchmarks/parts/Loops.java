package dev.sluice.examples.benchmarks.parts;

import dev.sluice.runtime.loop.EventLoop;
import dev.sluice.runtime.memory.BufferPool;
import dev.sluice.runtime.memory.MemoryBounds;
import dev.sluice.runtime.transport.Transport;
import dev.sluice.runtime.transport.TransportException;
import dev.sluice.runtime.transport.epoll.EpollTransport;
import dev.sluice.runtime.transport.nio.NioTransport;

/** An event loop with memory as a server has it by default. Its thread does not run until it is started. */
final class Loops implements AutoCloseable {
    private final BufferPool pool = new BufferPool(new MemoryBounds(64 << 10, 64 << 20, 32 << 20, 0), 1);
    private final EventLoop loop;

    /** @param transport {@code epoll} or {@code nio} */
    Loops(String transport) throws TransportException {
        Transport chosen = transport.equals("epoll") ? new EpollTransport() : new NioTransport();
        loop = new EventLoop(0, "loop", chosen.openPoller(), pool.share(0), () -> {});
    }

    EventLoop loop() {
        return loop;
    }

    @Override
    public void close() {
        loop.stop();
        pool.close();
    }
}
