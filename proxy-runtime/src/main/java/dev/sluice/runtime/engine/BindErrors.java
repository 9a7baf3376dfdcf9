package dev.sluice.runtime.engine;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;

import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.transport.AddressText;
import dev.sluice.runtime.transport.TransportException;

/** The messages for listeners whose address the system refuses. */
final class BindErrors {
    private BindErrors() {}

    static EngineException refused(ListenerConfig config, TransportException e) {
        return new EngineException(config.place(), "listen", "listener " + config.name() + ": cannot listen on "
                + AddressText.of(config.listen()) + ": " + e.getMessage() + ". " + advice(e.kind(), config), e);
    }

    /** The advice for a refused bind, which follows the system's message in whatever language. */
    private static String advice(TransportException.Kind kind, ListenerConfig config) {
        boolean unix = config.listen() instanceof UnixDomainSocketAddress;
        boolean both = config.listen() instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet6Address ip
                && ip.isAnyLocalAddress() && !config.socket().ipv6Only();
        return switch (kind) {
            case ADDRESS_IN_USE -> both
                    ? "Stop the process that listens there (also over IPv4, unless socket.ipv6Only is true), or choose another address."
                    : "Stop the process that listens there, or choose another address.";
            case NOT_PERMITTED -> unix
                    ? "A Unix socket needs a directory that this user may write to."
                    : "Ports below 1024 need root or CAP_NET_BIND_SERVICE.";
            case NOT_A_SOCKET -> "The file was left alone: choose another path.";
            case NO_DIRECTORY -> "Create the directory, or choose another path.";
            case DESCRIPTORS -> "Raise the limit of open files (ulimit -n).";
            case UNREACHABLE -> "Choose an address of a family that this machine has.";
            case ADDRESS_NOT_AVAILABLE -> "Choose an address that this machine has.";
            case UNSUPPORTED -> "Set runtime.transport: epoll, or leave the option out.";
            case REFUSED, BUSY, LOCAL_PORTS, OTHER -> unix
                    ? "Choose a path where this user can create a Unix socket."
                    : "Choose an address that this machine has.";
        };
    }

    /** The system does not give the event loops what they need. */
    static EngineException noLoops(TransportException failure, DescriptorBudget descriptors) {
        return new EngineException("cannot open the event loops: " + failure.getMessage()
                + (failure.kind() == TransportException.Kind.DESCRIPTORS
                        ? ". Raise the limit to at least " + descriptors.needed() + " (ulimit -n "
                                + descriptors.needed() + ")."
                        : ""),
                failure);
    }
}
