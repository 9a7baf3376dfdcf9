package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** The upstream of most peers: sends back what it gets. Messages fit the socket buffers, so a write is never short. */
final class EchoServer extends Upstream {
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);

    /** On a free port. */
    EchoServer() throws IOException {
        this(0);
    }

    EchoServer(int port) throws IOException {
        super(port);
        start("echo");
    }

    /** In a process of its own: prints its port, and ends when standard input does. */
    public static void main(String[] args) throws IOException {
        try (EchoServer echo = new EchoServer()) {
            System.out.println(echo.port());
            System.in.transferTo(OutputStream.nullOutputStream());
        }
    }

    @Override
    void accepted(SelectionKey connection) {
        connection.interestOps(SelectionKey.OP_READ);
    }

    @Override
    void ready(SelectionKey connection, SocketChannel channel) throws IOException {
        buffer.clear();
        if (channel.read(buffer) < 0) {
            channel.close();
            return;
        }
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
