package dev.sluice.runtime.transport.epoll;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.sluice.runtime.transport.ListenOptions;
import dev.sluice.runtime.transport.Poller;
import dev.sluice.runtime.transport.ServerSocket;
import dev.sluice.runtime.transport.Spare;
import dev.sluice.runtime.transport.Transport;
import dev.sluice.runtime.transport.TransportException;
import dev.sluice.runtime.transport.UnixPaths;
import org.jspecify.annotations.Nullable;

/** A transport over epoll and the sockets of the C library. To be created only where {@link #whyNot} returns null. */
public final class EpollTransport implements Transport {
    private final boolean nanoseconds;

    /** A transport without state; all instances are alike. */
    public EpollTransport() {
        this(true);
    }

    /** @param nanoseconds false = as on a system without epoll_pwait2 */
    EpollTransport(boolean nanoseconds) {
        this.nanoseconds = nanoseconds;
    }

    /**
     * The reason why this transport cannot be used here, for the log; {@code null} when it can. It is the same for the
     * life of the process. Any thread.
     */
    public static @Nullable String whyNot() {
        return Answer.WHY_NOT;
    }

    /**
     * Holder of the reason, which is found out once: only the first attempt to load a class shows what is wrong with
     * it.
     */
    private static final class Answer {
        private static final @Nullable String WHY_NOT = findOut();
    }

    private static @Nullable String findOut() {
        Module module = EpollTransport.class.getModule();
        String reason = whyNot(System.getProperty("os.name", ""), System.getProperty("os.arch", ""), module.getName(),
                module.isNativeAccessEnabled());
        if (reason != null) {
            return reason;
        }
        try {
            // Loads the class, which looks up every function.
            return Libc.ERRNO_LAYOUT.byteSize() > 0 ? null : "the C library has no errno";
        } catch (LinkageError e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return "the C library cannot be called: " + cause.getMessage();
        }
    }

    /** @param module of this class; {@code null} = the class path */
    static @Nullable String whyNot(String system, String arch, @Nullable String module, boolean nativeAccess) {
        if (!system.equals("Linux")) {
            return "it needs Linux, and this is " + system;
        }
        if (EventLayout.of(arch) == null) {
            return "it needs an x86-64 or aarch64 processor, and this is " + arch;
        }
        if (!nativeAccess) {
            return "the JVM was started without --enable-native-access=" + (module == null ? "ALL-UNNAMED" : module);
        }
        return null;
    }

    @Override
    public String name() {
        return "epoll";
    }

    @Override
    public Poller openPoller() throws TransportException {
        return new EpollPoller(nanoseconds);
    }

    @Override
    public ServerSocket listen(SocketAddress address, ListenOptions options) throws TransportException {
        CallScratch scratch = new CallScratch();
        int descriptor = -1;
        UnixPaths.Identity file = null;
        try {
            int family = SocketAddresses.family(address);
            descriptor = Errno.check(Libc.socket(scratch, family,
                    Linux.SOCK_STREAM | Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC, 0));
            if (family != Linux.AF_UNIX) {
                // A restart must not wait for connections of the last run that linger in TIME_WAIT.
                SocketSettings.set(descriptor, Linux.SOL_SOCKET, Linux.SO_REUSEADDR, 1, scratch);
                // Connections inherit the options of the listening socket (tcp(7)), which saves five calls for each.
                SocketSettings.configure(descriptor, options.accepted(), scratch);
                if (options.shared()) {
                    SocketSettings.set(descriptor, Linux.SOL_SOCKET, Linux.SO_REUSEPORT, 1, scratch);
                }
            }
            if (family == Linux.AF_INET6) {
                // [::] is for both families, as with the JDK, whatever net.ipv6.bindv6only says, unless ipv6Only is
                // set.
                SocketSettings.set(descriptor, Linux.IPPROTO_IPV6, Linux.IPV6_V6ONLY,
                        options.ipv6Only() ? 1 : 0, scratch);
            }
            if (address instanceof UnixDomainSocketAddress unix) {
                UnixPaths.free(unix, EpollTransport::isRefused);
            }
            int length = SocketAddresses.put(address, scratch.address());
            Errno.checkBind(Libc.bind(scratch, descriptor, scratch.addressAddress(), length));
            file = address instanceof UnixDomainSocketAddress unix ? UnixPaths.identity(unix) : null;
            Errno.check(Libc.listen(scratch, descriptor, options.backlog()));
            return new EpollServerSocket(descriptor, bound(address, descriptor, scratch), file, scratch);
        } catch (TransportException | RuntimeException e) {
            if (descriptor >= 0) {
                Libc.close(descriptor);
            }
            scratch.close();
            if (address instanceof UnixDomainSocketAddress unix) {
                UnixPaths.remove(unix, file);
            }
            throw e;
        }
    }

    private static SocketAddress bound(SocketAddress address, int descriptor, CallScratch scratch)
            throws TransportException {
        if (!(address instanceof InetSocketAddress inet)) {
            return address;
        }
        Errno.check(Libc.getsockname(scratch, descriptor, scratch.addressAddress(),
                scratch.length(CallScratch.ADDRESS_BYTES)));
        return new InetSocketAddress(inet.getAddress(), SocketAddresses.port(scratch.address()));
    }

    /** Whether a connect to a Unix socket is refused: no process listens there. */
    private static boolean isRefused(UnixDomainSocketAddress address) {
        try (CallScratch scratch = new CallScratch()) {
            // Without waiting: the queue of a process that is alive may be full.
            int probe = Errno.check(Libc.socket(scratch, Linux.AF_UNIX,
                    Linux.SOCK_STREAM | Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC, 0));
            try {
                int length = SocketAddresses.put(address, scratch.address());
                return Libc.connect(scratch, probe, scratch.addressAddress(), length) == -Linux.ECONNREFUSED;
            } finally {
                Libc.close(probe);
            }
        } catch (TransportException undecided) {
            // A process may listen there without answering now: bind then fails with EADDRINUSE.
            return false;
        }
    }

    @Override
    public boolean hasPipes() {
        return true;
    }

    /** Binds a socket to the address, which only an address of this machine allows. */
    @Override
    public boolean isLocal(InetAddress address) {
        InetSocketAddress anyPort = new InetSocketAddress(address, 0);
        try (CallScratch scratch = new CallScratch()) {
            int descriptor = Libc.socket(scratch, SocketAddresses.family(anyPort),
                    Linux.SOCK_DGRAM | Linux.SOCK_CLOEXEC, 0);
            if (descriptor < 0) {
                return false;
            }
            int length = SocketAddresses.put(anyPort, scratch.address());
            int bound = Libc.bind(scratch, descriptor, scratch.addressAddress(), length);
            Libc.close(descriptor);
            return bound >= 0;
        } catch (TransportException e) {
            return false;
        }
    }

    @Override
    public boolean canChangeBacklog() {
        return true;
    }

    @Override
    public Spare openSpare() throws TransportException {
        try (CallScratch scratch = new CallScratch()) {
            int descriptor = Errno.check(Libc.eventfd(scratch, 0, Linux.EFD_CLOEXEC));
            AtomicBoolean closed = new AtomicBoolean();
            return () -> {
                if (!closed.getAndSet(true)) {
                    Libc.close(descriptor);
                }
            };
        }
    }
}
