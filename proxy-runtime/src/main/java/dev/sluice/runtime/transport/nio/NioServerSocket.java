package dev.sluice.runtime.transport.nio;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

import dev.sluice.runtime.transport.ListenOptions;
import dev.sluice.runtime.transport.ReadyHandler;
import dev.sluice.runtime.transport.ServerSocket;
import dev.sluice.runtime.transport.SocketOptions;
import dev.sluice.runtime.transport.StreamSocket;
import dev.sluice.runtime.transport.TransportException;
import dev.sluice.runtime.transport.UnixPaths;
import org.jspecify.annotations.Nullable;

/** A server socket over a listening channel. */
final class NioServerSocket implements ServerSocket {
    private final ServerSocketChannel channel;
    private final int backlog;
    private SocketOptions options;
    private final SocketAddress address;
    private final UnixPaths.@Nullable Identity file;
    private @Nullable SelectionKey key;

    NioServerSocket(ServerSocketChannel channel, ListenOptions options) throws IOException {
        this.channel = channel;
        this.backlog = options.backlog();
        this.options = options.accepted();
        this.address = channel.getLocalAddress();
        this.file = address instanceof UnixDomainSocketAddress unix ? UnixPaths.identity(unix) : null;
    }

    void register(Selector selector, ReadyHandler handler) throws TransportException {
        try {
            key = channel.register(selector, 0, handler);
        } catch (IOException e) {
            throw IoErrors.HERE.opening(e);
        }
    }

    @Override
    public SocketAddress address() {
        return address;
    }

    @Override
    public @Nullable StreamSocket accept() throws TransportException {
        SocketChannel accepted = null;
        try {
            accepted = channel.accept();
            return accepted == null ? null : new NioStreamSocket(accepted, options);
        } catch (IOException e) {
            IoErrors.closeQuietly(accepted);
            throw IoErrors.HERE.opening(e);
        }
    }

    @Override
    public void interest(boolean accept) {
        if (key != null && key.isValid()) {
            key.interestOps(accept ? SelectionKey.OP_ACCEPT : 0);
        }
    }

    @Override
    public void configure(ListenOptions changed) throws TransportException {
        if (changed.backlog() != backlog) {
            throw new TransportException(TransportException.Kind.UNSUPPORTED,
                    "transport nio cannot change the backlog of a socket that listens");
        }
        options = changed.accepted();
    }

    @Override
    public void shared(boolean share) throws TransportException {
        if (address instanceof UnixDomainSocketAddress) {
            return;
        }
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEPORT, share);
        } catch (IOException e) {
            throw IoErrors.HERE.opening(e);
        } catch (UnsupportedOperationException e) {
            throw new TransportException(TransportException.Kind.UNSUPPORTED,
                    "this system has no SO_REUSEPORT, with which two sockets share a port");
        }
    }

    @Override
    public boolean refuseHandshakes() {
        return false;
    }

    @Override
    public boolean isPassedIn() {
        return false;
    }

    @Override
    public boolean isInPlace() {
        return !(address instanceof UnixDomainSocketAddress unix) || file == null
                || file.equals(UnixPaths.identity(unix));
    }

    @Override
    public void close() {
        boolean wasOpen = channel.isOpen();
        IoErrors.closeQuietly(channel);
        if (wasOpen && address instanceof UnixDomainSocketAddress unix) {
            UnixPaths.remove(unix, file);
        }
    }
}
