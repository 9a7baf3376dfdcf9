package dev.sluice.runtime.transport.nio;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

import org.jspecify.annotations.Nullable;

/**
 * The error messages of this machine for errors that the JDK distinguishes by nothing else. They are in the language of
 * the process's locale, so they are not known beforehand: each error is provoked once, on sockets that reach no other
 * machine. A message that could not be provoked is {@code null}.
 *
 * @param brokenPipe EPIPE
 * @param refused ECONNREFUSED, of the errors that are a {@link java.net.ConnectException}
 * @param inUse EADDRINUSE, of the errors that are a {@link java.net.BindException}
 * @param notAvailable EADDRNOTAVAIL, likewise
 * @param notPermitted EACCES, likewise
 * @param unreachable ENETUNREACH
 */
record SystemMessages(@Nullable String brokenPipe, @Nullable String refused, @Nullable String inUse,
        @Nullable String notAvailable, @Nullable String notPermitted, @Nullable String unreachable) {

    /** An attempt that is meant to fail. */
    private interface Attempt {
        void run() throws IOException;
    }

    /** Provokes all the errors. Does not wait; opens and closes a few sockets. */
    static SystemMessages learn() {
        return new SystemMessages(messageOf(SystemMessages::writeToNobody), messageOf(SystemMessages::connectToNobody),
                messageOf(SystemMessages::bindTwice), messageOf(SystemMessages::bindElsewhere),
                messageOf(SystemMessages::connectToAll), messageOf(SystemMessages::connectToGroup));
    }

    private static @Nullable String messageOf(Attempt attempt) {
        try {
            attempt.run();
            return null;
        } catch (IOException expected) {
            return expected.getMessage();
        } catch (UnsupportedOperationException noSuchFamily) {
            return null;
        }
    }

    private static void writeToNobody() throws IOException {
        Pipe pipe = Pipe.open();
        try (Closeable source = pipe.source(); Pipe.SinkChannel sink = pipe.sink()) {
            source.close();
            sink.write(ByteBuffer.allocate(1));
        }
    }

    private static InetSocketAddress address(String ip, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(ip), port);
    }

    private static ServerSocketChannel bind(InetSocketAddress address) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.INET);
        try {
            return channel.bind(address);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static void connectToNobody() throws IOException {
        InetSocketAddress gone;
        try (ServerSocketChannel listening = bind(address("127.0.0.1", 0))) {
            gone = (InetSocketAddress) listening.getLocalAddress();
        }
        connect(gone);
    }

    private static void connect(InetSocketAddress address) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.INET)) {
            channel.configureBlocking(false);
            channel.connect(address);
            channel.finishConnect();
        }
    }

    private static void bindTwice() throws IOException {
        try (ServerSocketChannel first = bind(address("127.0.0.1", 0))) {
            bind((InetSocketAddress) first.getLocalAddress()).close();
        }
    }

    /** An address for documentation (RFC 5737), which no machine has. */
    private static void bindElsewhere() throws IOException {
        bind(address("192.0.2.1", 0)).close();
    }

    /** Connects to a broadcast address, which is not permitted without SO_BROADCAST (ip(7)). */
    private static void connectToAll() throws IOException {
        try (DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET)) {
            channel.setOption(StandardSocketOptions.SO_BROADCAST, false);
            channel.connect(address("127.255.255.255", 9));
        }
    }

    /** Connects to a multicast address, which TCP cannot reach. */
    private static void connectToGroup() throws IOException {
        connect(address("224.0.0.1", 9));
    }
}
