package dev.sluice.runtime.testing;

import java.net.InetAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;

import dev.sluice.runtime.memory.KernelPipe;
import dev.sluice.runtime.transport.ListenOptions;
import dev.sluice.runtime.transport.Poller;
import dev.sluice.runtime.transport.ReadyHandler;
import dev.sluice.runtime.transport.ServerSocket;
import dev.sluice.runtime.transport.SocketOptions;
import dev.sluice.runtime.transport.Spare;
import dev.sluice.runtime.transport.StreamSocket;
import dev.sluice.runtime.transport.Transport;
import dev.sluice.runtime.transport.TransportException;
import dev.sluice.runtime.transport.epoll.EpollTransport;
import dev.sluice.runtime.transport.nio.NioTransport;
import org.jspecify.annotations.Nullable;

/** The {@link #real} transport with failures injected: for the n-th call (from 1) a function says how it fails, or {@code null}. */
public final class TestingTransport implements Transport {
    private final Transport real = real();
    private final AtomicInteger accepts = new AtomicInteger();
    private final AtomicInteger connects = new AtomicInteger();
    private volatile IntFunction<@Nullable TransportException> acceptFailures = call -> null;
    private volatile IntFunction<@Nullable TransportException> connectFailures = call -> null;
    private final AtomicInteger listens = new AtomicInteger();
    private volatile IntFunction<@Nullable TransportException> listenFailures = call -> null;
    private final AtomicInteger registrations = new AtomicInteger();
    private final Queue<String> closedOn = new ConcurrentLinkedQueue<>();
    private volatile IntFunction<@Nullable TransportException> registrationFailures = call -> null;
    private volatile UnaryOperator<SocketAddress> redirection = UnaryOperator.identity();
    private volatile boolean descriptorsLeft = true;

    /** The name of the transport that tests of a whole proxy run on, as in {@code runtime.transport}: the system property sluice.transport. */
    public static String realName() {
        return System.getProperty("sluice.transport", "auto");
    }

    private static Transport real() {
        return switch (realName()) {
            case "nio" -> new NioTransport();
            case "epoll" -> new EpollTransport();
            default -> EpollTransport.whyNot() == null ? new EpollTransport() : new NioTransport();
        };
    }

    /** Whether {@link #real} tells of a reset that nobody reads. */
    public static boolean realHearsResets() {
        return real() instanceof EpollTransport;
    }

    /** Accepts fail like this, after a connection was taken from the queue and dropped. */
    public void failAccepts(IntFunction<@Nullable TransportException> failures) {
        acceptFailures = failures;
    }

    public void failConnects(IntFunction<@Nullable TransportException> failures) {
        connectFailures = failures;
    }

    /** Binds of listening sockets fail like this. */
    public void failListens(IntFunction<@Nullable TransportException> failures) {
        listens.set(0);
        listenFailures = failures;
    }

    /** The poller refuses listening sockets like this. */
    public void failRegistrations(IntFunction<@Nullable TransportException> failures) {
        registrations.set(0);
        registrationFailures = failures;
    }

    /** Connects go to other addresses than they are told, as in a network that translates addresses. */
    public void redirect(UnaryOperator<SocketAddress> translation) {
        redirection = translation;
    }

    /** The names of the threads that closed listening sockets. */
    public List<String> closedOn() {
        return List.copyOf(closedOn);
    }

    /** Whether the system has descriptors to give: without, accepting and reserving fail with EMFILE and nothing leaves the queue. */
    public void descriptorsLeft(boolean left) {
        descriptorsLeft = left;
    }

    /** Calls of accept, the vain ones among them. */
    public int accepts() {
        return accepts.get();
    }

    public int connects() {
        return connects.get();
    }

    public static TransportException noDescriptors() {
        return new TransportException(TransportException.Kind.DESCRIPTORS, "Too many open files");
    }

    @Override
    public String name() {
        return real.name();
    }

    @Override
    public Poller openPoller() throws TransportException {
        return new FailingPoller(real.openPoller());
    }

    @Override
    public ServerSocket listen(SocketAddress address, ListenOptions options)
            throws TransportException {
        TransportException failure = listenFailures.apply(listens.incrementAndGet());
        if (failure != null) {
            throw failure;
        }
        return new FailingServerSocket(real.listen(address, options));
    }

    @Override
    public boolean hasPipes() {
        return real.hasPipes();
    }

    @Override
    public boolean isLocal(InetAddress address) {
        return real.isLocal(address);
    }

    @Override
    public boolean canChangeBacklog() {
        return real.canChangeBacklog();
    }

    @Override
    public Spare openSpare() throws TransportException {
        if (!descriptorsLeft) {
            throw noDescriptors();
        }
        return real.openSpare();
    }

    private final class FailingPoller implements Poller {
        private final Poller real;

        FailingPoller(Poller real) {
            this.real = real;
        }

        @Override
        public int poll(long timeoutNanos, Dispatcher dispatcher) {
            return real.poll(timeoutNanos, dispatcher);
        }

        @Override
        public int batchLimit() {
            return real.batchLimit();
        }

        @Override
        public void wakeup() {
            real.wakeup();
        }

        @Override
        public void register(StreamSocket socket, ReadyHandler handler) throws TransportException {
            real.register(socket, handler);
        }

        @Override
        public void register(ServerSocket socket, ReadyHandler handler) throws TransportException {
            TransportException failure = registrationFailures.apply(registrations.incrementAndGet());
            if (failure != null) {
                throw failure;
            }
            real.register(((FailingServerSocket) socket).real, handler);
        }

        @Override
        public StreamSocket connect(SocketAddress address, SocketOptions options, ReadyHandler handler)
                throws TransportException {
            TransportException failure = connectFailures.apply(connects.incrementAndGet());
            if (failure != null) {
                throw failure;
            }
            return real.connect(redirection.apply(address), options, handler);
        }

        @Override
        public @Nullable KernelPipe openPipe(int bytes) {
            return descriptorsLeft ? real.openPipe(bytes) : null;
        }

        @Override
        public void close() {
            real.close();
        }
    }

    private final class FailingServerSocket implements ServerSocket {
        private final ServerSocket real;

        FailingServerSocket(ServerSocket real) {
            this.real = real;
        }

        @Override
        public SocketAddress address() {
            return real.address();
        }

        @Override
        public @Nullable StreamSocket accept() throws TransportException {
            int call = accepts.incrementAndGet();
            if (!descriptorsLeft) {
                throw noDescriptors();
            }
            StreamSocket accepted = real.accept();
            TransportException failure = accepted == null ? null : acceptFailures.apply(call);
            if (accepted != null && failure != null) {
                accepted.reset();
                throw failure;
            }
            return accepted;
        }

        @Override
        public void configure(ListenOptions options) throws TransportException {
            real.configure(options);
        }

        @Override
        public void shared(boolean share) throws TransportException {
            real.shared(share);
        }

        @Override
        public boolean refuseHandshakes() {
            return real.refuseHandshakes();
        }

        @Override
        public boolean isPassedIn() {
            return real.isPassedIn();
        }

        @Override
        public boolean isInPlace() {
            return real.isInPlace();
        }

        @Override
        public void interest(boolean accept) {
            real.interest(accept);
        }

        @Override
        public void close() {
            closedOn.add(Thread.currentThread().getName());
            real.close();
        }
    }
}
