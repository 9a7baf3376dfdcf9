package dev.sluice.dist;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A client of an admin interface: one HTTP request on a connection of its own, with a deadline. The client of the JDK
 * knows no Unix sockets, and would be a module more in the Java of the tarball. One thread.
 */
final class AdminClient {
    private static final Pattern HEAD = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})(?: [^\r\n]*)?\r\n(.*)",
            Pattern.DOTALL);
    private static final Pattern LENGTH = Pattern.compile("(?im)^content-length: *([0-9]{1,9}) *\r?$");
    /** The most bytes of an answer: a page of 1,000 connections has some 600 KB, a configuration up to 16 MiB. */
    private static final int MAX_ANSWER = 64 << 20;
    private static final int SHOWN = 60;

    private final AdminTarget target;

    AdminClient(AdminTarget target) {
        this.target = target;
    }

    /**
     * Sends a request and returns its answer.
     *
     * @param path with its parameters
     * @param patience the time for all of it
     * @throws NoAnswerException if there is no answer in JSON; the message says why, and what can be done
     */
    AdminAnswer ask(String method, String path, Duration patience) throws NoAnswerException {
        String answer = exchange(method + " " + path + " HTTP/1.1\r\nHost: " + target.host()
                + "\r\nConnection: close\r\nAccept: application/json\r\nContent-Length: 0\r\n"
                + (target.token() == null ? "" : "Authorization: Bearer " + target.token() + "\r\n") + "\r\n",
                patience);
        int end = answer.indexOf("\r\n\r\n");
        Matcher head = HEAD.matcher(end < 0 ? "" : answer.substring(0, end + 2));
        if (answer.isEmpty()) {
            throw failed("it closed the connection without an answer. Is it draining, or is something else behind this"
                    + " address?", null);
        }
        if (!head.matches()) {
            throw failed("what answers there does not speak HTTP; it says '" + shown(answer)
                    + "'. Does the address belong to a listener, or to another program?", null);
        }
        String body = answer.substring(end + 4);
        Matcher length = LENGTH.matcher(head.group(2));
        if (length.find() && body.length() < Integer.parseInt(length.group(1))) {
            throw failed("its answer ended after " + body.length() + " of " + length.group(1) + " bytes.", null);
        }
        int status = Integer.parseInt(head.group(1));
        String text = new String(body.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8).strip();
        Map<String, @Nullable Object> members = JsonText.read(text);
        if (members == null) {
            throw failed("it answers " + status + ", but not as Sluice does: '" + shown(text)
                    + "'. Does the address belong to another program?", null);
        }
        if (status == 401) {
            throw new NoAnswerException(target.name() + " (" + target.origin() + ") refused the command: "
                    + (target.token() == null ? "it wants the token" : "the token is not the right one")
                    + " of its admin.tokenFile. Name that file with " + AdminTarget.TOKEN_OPTION + ", "
                    + AdminTarget.TOKEN_VARIABLE
                    + " or the configuration with -c. The daemon knows the token that the file had at its last"
                    + " reload; if it has another one now, or admin.tokenFile names another file, send HUP.");
        }
        return new AdminAnswer(status, text, members);
    }

    /** The answer, each byte as one character. */
    private String exchange(String request, Duration patience) throws NoAnswerException {
        long deadline = System.nanoTime() + patience.toNanos();
        boolean connected = false;
        try (SocketChannel channel = connect(deadline); Selector selector = Selector.open()) {
            connected = true;
            SelectionKey key = channel.register(selector, 0);
            ByteBuffer out = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
            while (out.hasRemaining()) {
                if (channel.write(out) == 0) {
                    await(selector, key, SelectionKey.OP_WRITE, deadline);
                }
            }
            return read(channel, selector, key, deadline);
        } catch (TimeUpException e) {
            String time = patience.toMillis() < 1000 ? patience.toMillis() + " ms" : patience.toSeconds() + " s";
            throw failed(connected
                    ? "it took the connection and did not answer within " + time
                            + ". Is it a listener, or does the process hang?"
                    : "no connection within " + time + ". Is the address right, and does a firewall let it through?",
                    e);
        } catch (IOException e) {
            throw failed(reason(e) + (connected
                    ? "."
                    : ". Is the daemon running, and is this its admin.listen?"), e);
        }
    }

    /** Connects to the first address of the host that takes the connection. */
    private SocketChannel connect(long deadline) throws IOException {
        if (!(target.address() instanceof InetSocketAddress inet)) {
            return connect(target.address(), deadline);
        }
        InetAddress[] addresses;
        try {
            addresses = InetAddress.getAllByName(inet.getHostString());
        } catch (UnknownHostException e) {
            throw new IOException("the name " + inet.getHostString() + " has no address", e);
        }
        for (int i = 0; i < addresses.length - 1; i++) {
            try {
                return connect(new InetSocketAddress(addresses[i], inet.getPort()), deadline);
            } catch (ConnectException e) {
                // Refused; the next one may be the right one, as with ::1 and 127.0.0.1.
            }
        }
        return connect(new InetSocketAddress(addresses[addresses.length - 1], inet.getPort()), deadline);
    }

    private static SocketChannel connect(SocketAddress address, long deadline) throws IOException {
        SocketChannel channel = address instanceof UnixDomainSocketAddress
                ? SocketChannel.open(StandardProtocolFamily.UNIX)
                : SocketChannel.open();
        try (Selector selector = Selector.open()) {
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, 0);
            if (!channel.connect(address)) {
                await(selector, key, SelectionKey.OP_CONNECT, deadline);
                channel.finishConnect();
            }
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static String read(SocketChannel channel, Selector selector, SelectionKey key, long deadline)
            throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
        while (true) {
            int read = channel.read(buffer.clear());
            if (read < 0) {
                return all.toString(StandardCharsets.ISO_8859_1);
            }
            if (read == 0) {
                await(selector, key, SelectionKey.OP_READ, deadline);
            }
            all.write(buffer.array(), 0, read);
            if (all.size() > MAX_ANSWER) {
                throw new IOException("the answer has more than " + MAX_ANSWER + " bytes");
            }
        }
    }

    private static void await(Selector selector, SelectionKey key, int operation, long deadline) throws IOException {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        key.interestOps(operation);
        if (left <= 0 || selector.select(left) == 0) {
            throw new TimeUpException();
        }
        selector.selectedKeys().clear();
    }

    private static String reason(IOException e) {
        String message = e.getMessage();
        return message == null ? e.toString() : message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
    }

    private static String shown(String text) {
        return TerminalText.line(text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text);
    }

    private NoAnswerException failed(String what, @Nullable Exception cause) {
        String message = "no answer from " + target.name() + " (" + target.origin() + "): " + what;
        return cause == null ? new NoAnswerException(message) : new NoAnswerException(message, cause);
    }

    /** The end of the time for a request. */
    private static final class TimeUpException extends IOException {
        private static final long serialVersionUID = 1;
    }
}
