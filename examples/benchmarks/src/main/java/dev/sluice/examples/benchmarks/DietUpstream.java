package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

import org.jspecify.annotations.Nullable;

/** The upstream of {@link Diet}: sends back what it gets, messages of any size, and counts its connections. */
final class DietUpstream extends Upstream {
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
    private volatile int connections;
    private int open;

    /** On a free port. */
    DietUpstream() throws IOException {
        super(0);
        start("diet-upstream");
    }

    /** Bytes that one connection has received and not sent back yet; null = none. */
    private static final class Owed {
        private @Nullable ByteBuffer rest;
    }

    /** How many are open now. */
    int connections() {
        return connections;
    }

    @Override
    void turned() {
        connections = open;
    }

    @Override
    void accepted(SelectionKey connection) {
        connection.attach(new Owed());
        connection.interestOps(SelectionKey.OP_READ);
        open++;
    }

    /** Reads again only when all has been sent: memory stays small, and the proxy meets a slow receiver. */
    @Override
    void ready(SelectionKey connection, SocketChannel channel) throws IOException {
        Owed owed = (Owed) connection.attachment();
        ByteBuffer sending = owed.rest;
        if (sending == null) {
            buffer.clear();
            if (channel.read(buffer) < 0) {
                end(connection);
                return;
            }
            sending = buffer.flip();
        }
        channel.write(sending);
        if (!sending.hasRemaining()) {
            owed.rest = null;
            connection.interestOps(SelectionKey.OP_READ);
        } else if (owed.rest == null) {
            owed.rest = ByteBuffer.allocate(sending.remaining()).put(sending).flip();
            connection.interestOps(SelectionKey.OP_WRITE);
        }
    }

    @Override
    void end(SelectionKey connection) {
        super.end(connection);
        open--;
    }
}
