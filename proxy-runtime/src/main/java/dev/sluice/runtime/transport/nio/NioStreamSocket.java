package dev.sluice.runtime.transport.nio;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.transport.ReadyHandler;
import dev.sluice.runtime.transport.SocketOptions;
import dev.sluice.runtime.transport.StreamSocket;
import dev.sluice.runtime.transport.TcpInfo;
import dev.sluice.runtime.transport.TransportException;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/** A stream socket over a channel and its selection key. */
final class NioStreamSocket implements StreamSocket {
    private final SocketChannel channel;
    private @Nullable SelectionKey key;

    /** Takes over a channel; if this throws, the caller closes it. */
    NioStreamSocket(SocketChannel channel, SocketOptions options) throws IOException {
        this.channel = channel;
        channel.configureBlocking(false);
        if (!channel.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
            return;
        }
        if (options.noDelay()) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
        if (options.keepAliveIdleSeconds() > 0) {
            channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            channel.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, options.keepAliveIdleSeconds());
            channel.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, options.keepAliveIntervalSeconds());
            channel.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, options.keepAliveCount());
        }
    }

    void register(Selector selector, int interest, ReadyHandler handler) throws TransportException {
        try {
            key = channel.register(selector, interest, handler);
        } catch (IOException e) {
            IoErrors.closeQuietly(channel);
            throw IoErrors.HERE.opening(e);
        }
    }

    @Override
    public void handler(ReadyHandler next) {
        SelectionKey current = key;
        if (current == null) {
            throw new IllegalStateException("not registered");
        }
        current.attach(next);
    }

    @Override
    public int read(Buffer target) {
        try {
            int count = channel.read(target.forRead());
            if (count > 0) {
                target.filled(count);
            }
            return count;
        } catch (IOException e) {
            return BROKEN;
        }
    }

    @Override
    public int write(Buffer source) {
        try {
            int count = channel.write(source.forWrite());
            source.sent(count);
            return count;
        } catch (IOException e) {
            return IoErrors.HERE.isBrokenPipe(e) ? BROKEN_AFTER_FIN : BROKEN;
        }
    }

    @Override
    public void interest(boolean read, boolean write) {
        SelectionKey current = key;
        int wanted = (read ? SelectionKey.OP_READ : 0) | (write ? SelectionKey.OP_WRITE : 0);
        if (current != null && current.isValid() && current.interestOps() != wanted) {
            current.interestOps(wanted);
        }
    }

    @Override
    public boolean finishConnect() throws TransportException {
        try {
            if (!channel.finishConnect()) {
                return false;
            }
            // On one machine, a connect to a port nobody listens on may get that very port as its own and so meet itself
            // (simultaneous open, RFC 9293 section 3.5).
            if (channel.getLocalAddress() instanceof InetSocketAddress local
                    && local.equals(channel.getRemoteAddress())) {
                throw new TransportException(TransportException.Kind.REFUSED,
                        "Connection refused (connected to itself)");
            }
            return true;
        } catch (IOException e) {
            throw IoErrors.HERE.finishingConnect(e);
        }
    }

    @Override
    public void shutdownOutput() {
        try {
            channel.shutdownOutput();
        } catch (IOException e) {
            // The connection is broken; the next read returns that.
        }
    }

    /** Always 0, because the JDK does not offer this. */
    @Override
    public int unacknowledged() {
        return 0;
    }

    @Override
    public void close() {
        IoErrors.closeQuietly(channel);
    }

    @Override
    public void reset() {
        try {
            if (channel.isOpen()) {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
        } catch (IOException e) {
            // Broken already: no peer is left to reset.
        }
        close();
    }

    @Override
    public @Nullable TcpInfo tcpInfo() {
        return null;
    }

    @Override
    public @Nullable SocketAddress localAddress() {
        try {
            return channel.getLocalAddress();
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public @Nullable SocketAddress remoteAddress() {
        try {
            return channel.getRemoteAddress();
        } catch (IOException e) {
            return null;
        }
    }
}
