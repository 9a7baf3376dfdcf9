package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** The upstream of every peer: sends back what it gets. One thread; messages fit the socket buffers, so a write is never short. */
final class EchoServer implements AutoCloseable {
    private final Selector selector = Selector.open();
    private final ServerSocketChannel listening = ServerSocketChannel.open();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
    private final Thread thread = new Thread(this::run, "echo");

    /** On a free port. */
    EchoServer() throws IOException {
        this(0);
    }

    EchoServer(int port) throws IOException {
        listening.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 4096);
        listening.configureBlocking(false);
        listening.register(selector, SelectionKey.OP_ACCEPT);
        thread.setDaemon(true);
        thread.start();
    }

    /** In a process of its own: prints its port, and ends when standard input does. */
    public static void main(String[] args) throws IOException {
        try (EchoServer echo = new EchoServer()) {
            System.out.println(echo.port());
            System.in.transferTo(OutputStream.nullOutputStream());
        }
    }

    int port() {
        return listening.socket().getLocalPort();
    }

    private void run() {
        try {
            while (listening.isOpen()) {
                selector.select(this::serve);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void serve(SelectionKey key) {
        try {
            if (key.isAcceptable()) {
                for (SocketChannel client = listening.accept(); client != null; client = listening.accept()) {
                    client.configureBlocking(false);
                    client.setOption(StandardSocketOptions.TCP_NODELAY, true);
                    client.register(selector, SelectionKey.OP_READ);
                }
            } else {
                echo((SocketChannel) key.channel());
            }
        } catch (IOException gone) {
            closeQuietly(key);
        }
    }

    private void echo(SocketChannel client) throws IOException {
        buffer.clear();
        if (client.read(buffer) < 0) {
            client.close();
            return;
        }
        buffer.flip();
        while (buffer.hasRemaining()) {
            client.write(buffer);
        }
    }

    private static void closeQuietly(SelectionKey key) {
        try {
            key.channel().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        selector.wakeup();
    }
}
