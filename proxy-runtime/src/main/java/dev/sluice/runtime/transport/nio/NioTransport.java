package dev.sluice.runtime.transport.nio;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

import dev.sluice.runtime.transport.ListenOptions;
import dev.sluice.runtime.transport.Poller;
import dev.sluice.runtime.transport.ServerSocket;
import dev.sluice.runtime.transport.Spare;
import dev.sluice.runtime.transport.Transport;
import dev.sluice.runtime.transport.TransportException;
import dev.sluice.runtime.transport.UnixPaths;

/** A transport over the JDK's selectors and channels. */
public final class NioTransport implements Transport {
    private final IoErrors errors = IoErrors.HERE;

    /** A transport without state; all instances are alike. */
    public NioTransport() {}

    @Override
    public String name() {
        return "nio";
    }

    @Override
    public Poller openPoller() throws TransportException {
        try {
            return new NioPoller();
        } catch (IOException e) {
            throw errors.opening(e);
        }
    }

    @Override
    public ServerSocket listen(SocketAddress address, ListenOptions options) throws TransportException {
        boolean unix = address instanceof UnixDomainSocketAddress;
        if (options.ipv6Only() && Families.of(address) == StandardProtocolFamily.INET6) {
            // The JDK opens every IPv6 socket for both families, and has no option to change that.
            throw new TransportException(TransportException.Kind.UNSUPPORTED,
                    "transport nio cannot restrict an IPv6 socket to IPv6 (ipv6Only)");
        }
        ServerSocketChannel channel = null;
        try {
            channel = ServerSocketChannel.open(Families.of(address));
            if (!unix) {
                // A restart must not wait for connections of the last run that linger in TIME_WAIT.
                channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                if (options.shared()) {
                    channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
                }
            }
            channel.configureBlocking(false);
            if (unix) {
                UnixPaths.free((UnixDomainSocketAddress) address, NioTransport::isRefused);
            }
            channel.bind(address, options.backlog());
            return new NioServerSocket(channel, options);
        } catch (TransportException e) {
            IoErrors.closeQuietly(channel);
            throw e;
        } catch (IOException e) {
            IoErrors.closeQuietly(channel);
            throw errors.listening(address, e);
        } catch (UnsupportedOperationException e) {
            throw IoErrors.noSuchFamily(e);
        }
    }

    /** Whether a connect to a Unix socket is refused: no process listens there. Does not wait. */
    public static boolean isRefused(UnixDomainSocketAddress address) {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            // Without waiting: the queue of a process that is alive may be full.
            probe.configureBlocking(false);
            probe.connect(address);
            return false;
        } catch (ConnectException refused) {
            return true;
        } catch (IOException undecided) {
            // A process may listen there without answering now: bind then fails with EADDRINUSE.
            return false;
        }
    }

    @Override
    public boolean hasPipes() {
        return false;
    }

    /** Binds a socket to the address, which only an address of this machine allows. */
    @Override
    public boolean isLocal(InetAddress address) {
        try (DatagramChannel probe = DatagramChannel.open()) {
            probe.bind(new InetSocketAddress(address, 0));
            return true;
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    @Override
    public boolean canChangeBacklog() {
        return false;
    }

    @Override
    public Spare openSpare() throws TransportException {
        try {
            DatagramChannel unbound = DatagramChannel.open();
            return () -> IoErrors.closeQuietly(unbound);
        } catch (IOException e) {
            throw errors.opening(e);
        }
    }
}
