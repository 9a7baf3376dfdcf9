package dev.sluice.dist;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;

/** An admin interface that gives prepared answers, one to each request, and then the last one again and again. */
final class TestingAdmin implements AutoCloseable {
    /** The heads of the requests so far. */
    final List<String> requests = new CopyOnWriteArrayList<>();

    private final ServerSocketChannel channel;
    private final Queue<byte[]> answers = new ArrayDeque<>();
    private final List<SocketChannel> silent = new ArrayList<>();
    private final Thread thread;
    private volatile boolean mute;

    private TestingAdmin(SocketAddress listen) throws IOException {
        channel = listen instanceof UnixDomainSocketAddress
                ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                : ServerSocketChannel.open();
        channel.bind(listen);
        thread = Thread.ofPlatform().daemon().start(this::serve);
    }

    static TestingAdmin tcp() throws IOException {
        return new TestingAdmin(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
    }

    static TestingAdmin on(SocketAddress listen) throws IOException {
        return new TestingAdmin(listen);
    }

    /** Answers with JSON. */
    TestingAdmin answers(int status, String json) {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        return answersRaw("HTTP/1.1 " + status + " Some\r\nContent-Type: application/json\r\nContent-length: "
                + body.length + "\r\n\r\n" + json);
    }

    /** Answers with anything. */
    synchronized TestingAdmin answersRaw(String text) {
        answers.add(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** Reads requests and answers none. */
    TestingAdmin neverAnswers() {
        mute = true;
        return this;
    }

    /** As {@code --admin} has it. */
    String address() throws IOException {
        SocketAddress address = channel.getLocalAddress();
        return address instanceof InetSocketAddress inet
                ? "127.0.0.1:" + inet.getPort()
                : "unix:" + address;
    }

    private void serve() {
        while (channel.isOpen()) {
            try {
                SocketChannel client = channel.accept();
                requests.add(head(client));
                if (mute) {
                    silent.add(client);
                    continue;
                }
                try (client) {
                    ByteBuffer answer = ByteBuffer.wrap(next());
                    while (answer.hasRemaining()) {
                        client.write(answer);
                    }
                }
            } catch (IOException e) {
                // Closed, or a client that has gone: the test sees what it got.
            }
        }
    }

    private synchronized byte[] next() {
        return answers.size() > 1 ? answers.remove() : answers.element();
    }

    private static String head(SocketChannel client) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer one = ByteBuffer.allocate(1);
        while (!all.toString(StandardCharsets.UTF_8).endsWith("\r\n\r\n") && client.read(one.clear()) > 0) {
            all.write(one.get(0));
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        try {
            channel.close();
            thread.join();
            for (SocketChannel client : silent) {
                client.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
