package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * An upstream that sends without end to everybody who connects. One thread. It sends a file ({@code sendfile}), as servers of files do, and
 * so takes as little as possible of the processors from the peer that is measured.
 */
final class Source implements AutoCloseable {
    private static final int FILE_BYTES = 16 << 20;
    private static final int CHUNK = 1 << 20;

    private final Selector selector = Selector.open();
    private final ServerSocketChannel listening = ServerSocketChannel.open();
    private final Path path;
    private final FileChannel file;

    /** @param directory for the file, which is deleted again */
    Source(Path directory) throws IOException {
        path = Files.createTempFile(directory, "source", ".bin");
        byte[] content = new byte[FILE_BYTES];
        new Random(1).nextBytes(content);
        Files.write(path, content);
        file = FileChannel.open(path);
        listening.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 4096);
        listening.configureBlocking(false);
        listening.register(selector, SelectionKey.OP_ACCEPT);
        Thread thread = new Thread(this::run, "source");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return listening.socket().getLocalPort();
    }

    private void run() {
        try {
            while (listening.isOpen()) {
                selector.select(this::serve);
            }
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void serve(SelectionKey key) {
        try {
            if (key.isAcceptable()) {
                for (SocketChannel client = listening.accept(); client != null; client = listening.accept()) {
                    client.configureBlocking(false);
                    client.register(selector, SelectionKey.OP_WRITE, new long[1]);
                }
            } else {
                long[] position = (long[]) key.attachment();
                position[0] += file.transferTo(position[0] % FILE_BYTES, CHUNK, (SocketChannel) key.channel());
            }
        } catch (IOException gone) {
            try {
                key.channel().close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        selector.wakeup();
        Files.delete(path);
    }
}
