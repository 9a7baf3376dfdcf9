package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/**
 * An upstream that sends without end to every connection.
 *
 * <p>It writes from memory. {@code sendfile} would spare it the copy, but puts single pages into the stream, which cost every peer behind it,
 * those that splice included, about twice the CPU, and were slower in all.
 */
final class Source extends Upstream {
    private static final int CHUNK = 256 * 1024;

    private final ByteBuffer content = ByteBuffer.allocateDirect(CHUNK);

    /** On a free port. */
    Source() throws IOException {
        super(0);
        start("source");
    }

    @Override
    void accepted(SelectionKey connection) {
        connection.interestOps(SelectionKey.OP_WRITE);
    }

    @Override
    void ready(SelectionKey connection, SocketChannel channel) throws IOException {
        channel.write(content.clear());
    }
}
