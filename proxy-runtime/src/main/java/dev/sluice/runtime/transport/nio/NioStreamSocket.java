package dev.sluice.runtime.transport.nio;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

import dev.sluice.runtime.transport.ReadyHandler;
import dev.sluice.runtime.transport.SocketFailure;
import dev.sluice.runtime.transport.SocketOptions;
import dev.sluice.runtime.transport.StreamSocket;
import dev.sluice.runtime.transport.TcpInfo;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/** A channel and its key. */
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

    void register(Selector selector, int interest, ReadyHandler handler) throws SocketFailure {
        try {
            key = channel.register(selector, interest, handler);
        } catch (IOException e) {
            Failures.closeQuietly(channel);
            throw Failures.of(e);
        }
    }

    @Override
    public int read(ByteBuffer target) {
        try {
            return channel.read(target);
        } catch (IOException e) {
            return BROKEN;
        }
    }

    @Override
    public int write(ByteBuffer source) {
        try {
            return channel.write(source);
        } catch (IOException e) {
            // Linux reports a reset as EPIPE when FIN had been received before it, and as ECONNRESET when not.
            return "Broken pipe".equals(e.getMessage()) ? BROKEN_AFTER_FIN : BROKEN;
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
    public boolean finishConnect() throws SocketFailure {
        try {
            if (!channel.finishConnect()) {
                return false;
            }
            // On one machine, a connect to a port nobody listens on may get that very port as its own and so meet itself
            // (simultaneous open, RFC 9293 section 3.5).
            if (channel.getLocalAddress() instanceof InetSocketAddress local
                    && local.equals(channel.getRemoteAddress())) {
                throw new ConnectException("Connection refused (connected to itself)");
            }
            return true;
        } catch (IOException e) {
            throw Failures.of(e);
        }
    }

    @Override
    public void shutdownOutput() {
        try {
            channel.shutdownOutput();
        } catch (IOException e) {
            // The connection is broken; the next read says so.
        }
    }

    @Override
    public void close() {
        Failures.closeQuietly(channel);
    }

    @Override
    public void reset() {
        try {
            if (channel.isOpen()) {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
        } catch (IOException e) {
            // Broken already: there is nobody to send a reset to.
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
