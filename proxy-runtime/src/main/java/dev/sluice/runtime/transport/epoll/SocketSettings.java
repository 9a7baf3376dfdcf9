package dev.sluice.runtime.transport.epoll;

import dev.sluice.runtime.transport.SocketOptions;
import dev.sluice.runtime.transport.TransportException;

/** The setting of options of TCP sockets. Stateless. */
final class SocketSettings {
    private SocketSettings() {}

    /** Sets the configured options. Not for Unix sockets, which have none of them. */
    static void configure(int descriptor, SocketOptions options, CallScratch scratch) throws TransportException {
        if (options.noDelay()) {
            set(descriptor, Linux.IPPROTO_TCP, Linux.TCP_NODELAY, 1, scratch);
        }
        if (options.keepAliveIdleSeconds() > 0) {
            set(descriptor, Linux.SOL_SOCKET, Linux.SO_KEEPALIVE, 1, scratch);
            set(descriptor, Linux.IPPROTO_TCP, Linux.TCP_KEEPIDLE, options.keepAliveIdleSeconds(), scratch);
            set(descriptor, Linux.IPPROTO_TCP, Linux.TCP_KEEPINTVL, options.keepAliveIntervalSeconds(), scratch);
            set(descriptor, Linux.IPPROTO_TCP, Linux.TCP_KEEPCNT, options.keepAliveCount(), scratch);
        }
        if (options.userTimeoutMillis() > 0) {
            set(descriptor, Linux.IPPROTO_TCP, Linux.TCP_USER_TIMEOUT, options.userTimeoutMillis(), scratch);
        }
    }

    static void set(int descriptor, int level, int name, int value, CallScratch scratch) throws TransportException {
        Errno.check(Libc.setsockopt(scratch, descriptor, level, name, scratch.value(value), Integer.BYTES));
    }
}
