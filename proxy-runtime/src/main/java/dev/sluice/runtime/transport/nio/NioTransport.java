package dev.sluice.runtime.transport.nio;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;

import dev.sluice.runtime.transport.Poller;
import dev.sluice.runtime.transport.ServerSocket;
import dev.sluice.runtime.transport.SocketFailure;
import dev.sluice.runtime.transport.Spare;
import dev.sluice.runtime.transport.Transport;

/** Selectors and channels of the JDK. */
public final class NioTransport implements Transport {
    /** A transport without state; all of them are alike. */
    public NioTransport() {}

    @Override
    public String name() {
        return "nio";
    }

    @Override
    public Poller openPoller() throws SocketFailure {
        try {
            return new NioPoller();
        } catch (IOException e) {
            throw Failures.of(e);
        }
    }

    @Override
    public ServerSocket listen(SocketAddress address, int backlog) throws SocketFailure {
        boolean unix = address instanceof UnixDomainSocketAddress;
        ServerSocketChannel channel = null;
        try {
            channel = ServerSocketChannel.open(Families.of(address));
            if (!unix) {
                // A restart must not wait for connections of the last run that linger in TIME_WAIT.
                channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            }
            channel.configureBlocking(false);
            if (unix) {
                UnixPaths.removeStale((UnixDomainSocketAddress) address);
            }
            channel.bind(address, backlog);
            return new NioServerSocket(channel);
        } catch (IOException e) {
            Failures.closeQuietly(channel);
            throw Failures.of(e);
        } catch (UnsupportedOperationException e) {
            throw Failures.noSuchFamily(e);
        }
    }

    @Override
    public Spare openSpare() throws SocketFailure {
        try {
            DatagramChannel unbound = DatagramChannel.open();
            return () -> Failures.closeQuietly(unbound);
        } catch (IOException e) {
            throw Failures.of(e);
        }
    }
}
