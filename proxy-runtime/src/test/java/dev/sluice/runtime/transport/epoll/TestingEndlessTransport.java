package dev.sluice.runtime.transport.epoll;

import java.net.InetAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;

import dev.sluice.runtime.transport.ListenOptions;
import dev.sluice.runtime.transport.ReadyHandler;
import dev.sluice.runtime.transport.ServerSocket;
import dev.sluice.runtime.transport.SocketOptions;
import dev.sluice.runtime.transport.Spare;
import dev.sluice.runtime.transport.StreamSocket;
import dev.sluice.runtime.transport.Transport;
import dev.sluice.runtime.transport.TransportException;
import org.jspecify.annotations.Nullable;

/**
 * The epoll transport without descriptors: its own sockets and its own table of registrations, of which the kernel hears nothing. A listening
 * socket brings as many clients as it was told, each with an address of its own; every connect succeeds; nobody ever sends anything.
 */
public final class TestingEndlessTransport implements Transport {
    /** The first of the descriptors that no process has, so that to close one does no harm. */
    private static final int NO_DESCRIPTOR = 0x7000_0000;
    private static final int FIRST_CLIENT = 10 << 24;
    private static final int CLIENT_PORT = 40_000;

    private final int clients;

    /** @param clients that come */
    public TestingEndlessTransport(int clients) {
        this.clients = clients;
    }

    @Override
    public String name() {
        return "endless";
    }

    @Override
    public EpollPoller openPoller() throws TransportException {
        return new EndlessPoller();
    }

    @Override
    public ServerSocket listen(SocketAddress address, ListenOptions options) {
        return new EndlessClients(address);
    }

    @Override
    public boolean hasPipes() {
        return false;
    }

    @Override
    public boolean isLocal(InetAddress address) {
        return false;
    }

    @Override
    public boolean canChangeBacklog() {
        return false;
    }

    @Override
    public Spare openSpare() {
        return () -> {};
    }

    /** Tells handlers what would come true at once. */
    private static final class EndlessPoller extends EpollPoller {
        private final Queue<ReadyHandler> connecting = new ArrayDeque<>();
        private @Nullable ReadyHandler acceptor;
        private @Nullable EndlessClients listening;
        private int sockets;

        EndlessPoller() throws TransportException {
            super(true);
        }

        @Override
        int change(int operation, EpollHandle socket) {
            return 0;
        }

        @Override
        public void register(ServerSocket socket, ReadyHandler handler) {
            listening = (EndlessClients) socket;
            acceptor = handler;
        }

        @Override
        public StreamSocket connect(SocketAddress address, SocketOptions options, ReadyHandler handler)
                throws TransportException {
            Connected socket = new Connected(NO_DESCRIPTOR + sockets++, address);
            register(socket, handler);
            socket.interest(false, true);
            connecting.add(handler);
            return socket;
        }

        @Override
        public int poll(long timeoutNanos, Dispatcher dispatcher) {
            boolean coming = listening != null && listening.left > 0;
            if (!coming && connecting.isEmpty()) {
                return super.poll(timeoutNanos, dispatcher);
            }
            dispatcher.awake();
            int dispatched = connecting.size();
            for (ReadyHandler handler = connecting.poll(); handler != null; handler = connecting.poll()) {
                dispatcher.dispatch(handler, false, true);
            }
            if (coming && acceptor != null) {
                dispatcher.dispatch(acceptor, true, false);
                dispatched++;
            }
            return dispatched;
        }
    }

    /** A connection to an endpoint. */
    private static final class Connected extends DialledSocket {
        Connected(int descriptor, SocketAddress remote) {
            super(descriptor, remote, CONNECTING);
        }

        @Override
        public boolean finishConnect() {
            return true;
        }
    }

    /** Clients from 10.0.0.1 on. */
    private final class EndlessClients implements ServerSocket {
        private final SocketAddress address;
        private int left = clients;

        EndlessClients(SocketAddress address) {
            this.address = address;
        }

        @Override
        public SocketAddress address() {
            return address;
        }

        @Override
        public @Nullable StreamSocket accept() {
            if (left == 0) {
                return null;
            }
            int number = clients - --left;
            return new Inet4Socket(NO_DESCRIPTOR + number, FIRST_CLIENT + number, CLIENT_PORT);
        }

        @Override
        public void configure(ListenOptions options) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void shared(boolean share) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean refuseHandshakes() {
            return false;
        }

        @Override
        public boolean isPassedIn() {
            return false;
        }

        @Override
        public boolean isInPlace() {
            return true;
        }

        @Override
        public void interest(boolean accept) {}

        @Override
        public void close() {
            left = 0;
        }
    }
}
