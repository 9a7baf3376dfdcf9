package dev.sluice.runtime.health;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;

import dev.sluice.runtime.loop.Timer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A check on the thread of the {@link CheckLoop}, which goes on when its socket is ready: connect, question, answer, goodbye.
 *
 * <p>It closes with a reset, which leaves no TIME_WAIT behind, unless something was said and answered. Unix sockets know no reset.
 */
final class SelectedRun extends CheckRun implements CheckLoop.Handler {
    private static final Logger LOG = LoggerFactory.getLogger(SelectedRun.class);
    /** The pause before a Unix socket whose backlog is full is tried again. */
    private static final long BUSY_PAUSE_NANOS = Duration.ofMillis(20).toNanos();
    /** The most bytes that are read after the answer. */
    private static final int FAREWELL_BYTES = 64 * 1024;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** The states, in their order. */
    private enum State {
        CONNECTING,
        ASKING,
        LEAVING,
        OVER
    }

    /** A part of the check. */
    private interface Step {
        void take() throws IOException, CheckException;
    }

    private final CheckLoop loop;
    private final Dialogue dialogue;
    private final Timer again = new Deadline(() -> guarded(this::connect));
    private State state = State.CONNECTING;
    private @Nullable SocketChannel channel;
    private ByteBuffer unsent = NOTHING;
    private int farewell = FAREWELL_BYTES;

    /**
     * A check that starts now.
     *
     * @param now {@link System#nanoTime()}
     */
    SelectedRun(Check check, CheckLoop loop, Listener listener, long now) {
        super(check, listener, now);
        this.loop = loop;
        this.dialogue = new Dialogue(check.settings(), check.address());
    }

    @Override
    void start() {
        guarded(this::connect);
    }

    @Override
    public void onReady() {
        guarded(this::proceed);
    }

    @Override
    void expire() {
        super.expire();
        switch (state) {
            case CONNECTING, ASKING -> fail(dialogue.missingAfter(timeoutText()));
            case LEAVING -> end();
            case OVER -> {
                // The timer came too late.
            }
        }
    }

    @Override
    void cancel() {
        if (state != State.OVER) {
            end();
        }
    }

    private void guarded(Step step) {
        try {
            step.take();
        } catch (CheckException e) {
            fail(e);
        } catch (IOException e) {
            broken(e);
        } catch (OutOfMemoryError e) {
            fail(new CheckException(CheckResult.RESOURCES, "out of memory"));
        } catch (RuntimeException | Error e) {
            LOG.error("A health check failed because of a defect.", e);
            fail(new CheckException(CheckResult.RESOURCES, "a defect of the check: " + e));
        }
    }

    private void connect() throws IOException, CheckException {
        SocketAddress address = dialogue.address();
        try {
            SocketChannel opened = open(address);
            // An endpoint on this machine has often answered already, and need not be waited for.
            if (!opened.connect(address) && !opened.finishConnect()) {
                loop.await(opened, SelectionKey.OP_CONNECT, this);
                return;
            }
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            throw new CheckException(CheckResult.UNREACHABLE,
                    "this machine does not support the address (" + e.getMessage() + ")");
        } catch (IOException e) {
            refused(address, e);
            return;
        }
        connected();
    }

    private SocketChannel open(SocketAddress address) throws IOException, CheckException {
        boolean unix = address instanceof UnixDomainSocketAddress;
        boolean ipv6 = address instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet6Address;
        try {
            SocketChannel opened = SocketChannel.open(unix
                    ? StandardProtocolFamily.UNIX
                    : ipv6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET);
            channel = opened;
            opened.configureBlocking(false);
            if (!unix) {
                opened.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
            return opened;
        } catch (IOException e) {
            throw new CheckException(CheckResult.RESOURCES, CheckSocket.words(e));
        }
    }

    /** Gives a refused connect up, or tries again: a Unix socket whose backlog is full is busy and not down. */
    private void refused(SocketAddress address, IOException e) throws CheckException {
        if (!CheckSocket.isBusy(address, e)) {
            throw CheckSocket.failure(address, e);
        }
        closeChannel();
        loop.arm(again, System.nanoTime() + BUSY_PAUSE_NANOS);
    }

    private void proceed() throws IOException, CheckException {
        switch (state) {
            case CONNECTING -> finishConnect();
            case ASKING -> {
                if (unsent.hasRemaining()) {
                    say();
                } else {
                    hear();
                }
            }
            case LEAVING -> leave();
            case OVER -> {
                // Its socket is closed.
            }
        }
    }

    private SocketChannel socket() throws IOException {
        SocketChannel open = channel;
        if (open == null) {
            throw new IOException("closed");
        }
        return open;
    }

    private void finishConnect() throws IOException, CheckException {
        boolean ended = false;
        try {
            ended = socket().finishConnect();
        } catch (IOException e) {
            refused(dialogue.address(), e);
        }
        if (ended) {
            connected();
        }
    }

    private void connected() throws IOException, CheckException {
        // A connect to a free port of this machine may be given just that port, and then meets itself.
        if (dialogue.address().equals(socket().getLocalAddress())) {
            throw new CheckException(CheckResult.REFUSED, "connection refused: nothing listens there");
        }
        state = State.ASKING;
        if (dialogue.isBare()) {
            close();
            listener().answered(this, outcome(null, false, System.nanoTime()), true);
        } else {
            unsent = dialogue.opening();
            say();
        }
    }

    private void say() throws IOException, CheckException {
        socket().write(unsent);
        if (unsent.hasRemaining()) {
            loop.await(socket(), SelectionKey.OP_WRITE, this);
        } else if (dialogue.isAnswered()) {
            passed();
        } else {
            loop.await(socket(), SelectionKey.OP_READ, this);
        }
    }

    private void hear() throws IOException, CheckException {
        ByteBuffer bytes = loop.scratch();
        int read = socket().read(bytes);
        dialogue.received(bytes.flip());
        if (dialogue.isAnswered()) {
            passed();
        } else if (read < 0) {
            throw dialogue.ended();
        }
    }

    private void passed() {
        state = State.LEAVING;
        listener().answered(this, outcome(null, false, System.nanoTime()), false);
        guarded(this::sayGoodbye);
    }

    /** Sends FIN, and waits until the peer closes as well, so that unread bytes cause no reset. */
    private void sayGoodbye() throws IOException {
        SocketChannel open = socket();
        if (!(dialogue.address() instanceof UnixDomainSocketAddress)) {
            open.setOption(StandardSocketOptions.SO_LINGER, -1);
        }
        open.shutdownOutput();
        loop.await(open, SelectionKey.OP_READ, this);
    }

    private void leave() throws IOException {
        int read = socket().read(loop.scratch());
        farewell -= read;
        if (read < 0 || farewell <= 0) {
            end();
        }
    }

    private void broken(IOException e) {
        fail(new CheckException(CheckResult.CLOSED, CheckSocket.words(e)));
    }

    /** Ends it with a failure; after the answer, the peer may end as it likes. */
    private void fail(CheckException failure) {
        if (state == State.LEAVING) {
            end();
        } else if (state != State.OVER) {
            close();
            listener().answered(this, outcome(failure, false, System.nanoTime()), true);
        }
    }

    private void end() {
        close();
        listener().over(this);
    }

    private void close() {
        state = State.OVER;
        if (again.armed()) {
            loop.disarm(again);
        }
        closeChannel();
    }

    private void closeChannel() {
        SocketChannel open = channel;
        channel = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException gone) {
                // The descriptor is free whatever close returns.
            }
        }
    }
}
