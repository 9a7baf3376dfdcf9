package dev.sluice.runtime.transport.nio;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import dev.sluice.runtime.memory.KernelPipe;
import dev.sluice.runtime.transport.Poller;
import dev.sluice.runtime.transport.ReadyHandler;
import dev.sluice.runtime.transport.ServerSocket;
import dev.sluice.runtime.transport.SocketOptions;
import dev.sluice.runtime.transport.StreamSocket;
import dev.sluice.runtime.transport.TransportException;
import org.jspecify.annotations.Nullable;

/**
 * A poller over a selector, used through its consumer interface, which needs no set of selected keys and allocates
 * nothing.
 */
final class NioPoller implements Poller, Consumer<SelectionKey> {
    /** The JDK's epoll selector fetches at most 1024 events with one call, but wake-ups and cancelled keys among them are not dispatched. */
    private static final int BATCH = 512;

    private final Selector selector = Selector.open();
    private @Nullable Dispatcher dispatcher;
    private int dispatched;

    NioPoller() throws IOException {}

    @Override
    public int poll(long timeoutNanos, Dispatcher toDispatcher) {
        dispatcher = toDispatcher;
        dispatched = 0;
        try {
            if (timeoutNanos == 0) {
                selector.selectNow(this);
            } else {
                // The selector counts milliseconds. Rounding up lets a timer be late by less than one, rather than spin until it is due.
                selector.select(this, timeoutNanos < 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(timeoutNanos + 999_999));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return dispatched;
    }

    @Override
    public void accept(SelectionKey key) {
        Dispatcher handlers = dispatcher;
        if (handlers == null || !key.isValid()) {
            return;
        }
        if (dispatched++ == 0) {
            handlers.awake();
        }
        int ready = key.readyOps();
        boolean readable = (ready & (SelectionKey.OP_READ | SelectionKey.OP_ACCEPT)) != 0;
        boolean writable = (ready & (SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT)) != 0;
        handlers.dispatch((ReadyHandler) key.attachment(), readable, writable);
    }

    @Override
    public int batchLimit() {
        return BATCH;
    }

    @Override
    public void wakeup() {
        selector.wakeup();
    }

    @Override
    public void register(StreamSocket socket, ReadyHandler handler) throws TransportException {
        ((NioStreamSocket) socket).register(selector, 0, handler);
    }

    @Override
    public void register(ServerSocket socket, ReadyHandler handler) throws TransportException {
        ((NioServerSocket) socket).register(selector, handler);
    }

    @Override
    public StreamSocket connect(SocketAddress address, SocketOptions options, ReadyHandler handler)
            throws TransportException {
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open(Families.of(address));
            NioStreamSocket socket = new NioStreamSocket(channel, options);
            boolean connected = channel.connect(address);
            // A connect that has completed at once is reported in the same way: as a writable socket.
            socket.register(selector, connected ? SelectionKey.OP_WRITE : SelectionKey.OP_CONNECT, handler);
            return socket;
        } catch (IOException e) {
            IoErrors.closeQuietly(channel);
            throw IoErrors.HERE.connecting(address, e);
        } catch (UnsupportedOperationException e) {
            throw IoErrors.noSuchFamily(e);
        }
    }

    @Override
    public @Nullable KernelPipe openPipe(int bytes) {
        return null;
    }

    @Override
    public void close() {
        for (SelectionKey key : List.copyOf(selector.keys())) {
            IoErrors.closeQuietly(key.channel());
        }
        try {
            // Registered channels release their descriptors only in a select.
            selector.selectNow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            IoErrors.closeQuietly(selector);
        }
    }
}
