package dev.sluice.runtime.relay;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import dev.sluice.runtime.transport.StreamSocket;
import org.jspecify.annotations.Nullable;

/**
 * The proxy's connections to its own listeners: each has one end at an endpoint's side and the other at a client's, and what was dialled by a
 * listener must not come back to it, or one client would open connections without end.
 *
 * <p>An endpoint that leads back is refused at the start, as far as the machine's addresses tell then; an address that the machine gets later is
 * met here. A connection to another listener, which leads on to somebody else, is in order.
 *
 * <p><b>Cost.</b> A connect to a port on which this proxy listens asks the system for the socket's own address, and once a second whether the
 * endpoint's address is this machine's; only one to the same machine is written down. Where nothing is written down, an accept costs one look at an empty map. Nothing is kept in the relays.
 *
 * <p><b>Thread.</b> Any. An accept may overtake the entry of its other end, so the question is asked twice: when a connection was accepted, and when
 * the one that it dials has come about, by which time the entry is there.
 */
public final class SelfConnections {
    /** Both addresses of a connection, as the dialling end sees them. */
    private record Ends(InetSocketAddress dialler, InetSocketAddress listener) {}

    /** A listener that dialled, and the one that dialled it, if that was the proxy as well. */
    private record Hop(ListenerState listener, @Nullable Hop before) {
        boolean passed(ListenerState other) {
            for (Hop hop = this; hop != null; hop = hop.before) {
                if (hop.listener == other) {
                    return true;
                }
            }
            return false;
        }
    }

    /** An address that the machine gets while the proxy runs counts from then on at the latest. */
    private static final long KNOWN_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int MOST_KNOWN = 1024;

    private final Map<Ends, Hop> hops = new ConcurrentHashMap<>();
    /** By the id of the connection that dialled. */
    private final Map<Long, Ends> byDialler = new ConcurrentHashMap<>();
    /** Those that dial one of the ports, on a transport that does not know the addresses of a socket that is connecting. */
    private final Set<Long> dialling = ConcurrentHashMap.newKeySet();
    private volatile int[] ports = {};
    private final Predicate<InetAddress> isLocal;
    /** When an answer of {@link #isLocal} is too old; negated where it was no. */
    private final Map<InetAddress, Long> known = new ConcurrentHashMap<>();

    /** @param isLocal whether connections to an address stay within this machine; may take some system calls, and is asked seldom */
    public SelfConnections(Predicate<InetAddress> isLocal) {
        this.isLocal = isLocal;
    }

    /** Sets the ports of the listeners; 0 stands for none. */
    public void listenOn(int... listening) {
        ports = listening.clone();
    }

    /** A connect for the connection {@code id} has been started. */
    void dialling(long id, ListenerState by, StreamSocket client, StreamSocket upstream, SocketAddress endpoint) {
        if (endpoint instanceof InetSocketAddress inet && isListening(inet.getPort())) {
            if (upstream.localAddress() == null) {
                dialling.add(id);
            } else {
                dialled(id, by, client, upstream);
            }
        }
    }

    /** Whether a connection that is accepted now may be one whose other end is not known yet; it is once its loop has been through its sockets. */
    boolean isDialling() {
        return !dialling.isEmpty();
    }

    /**
     * A connect for the connection {@code id} has been started, or has succeeded. Not every transport knows the addresses before the second. Replaces
     * what that connection dialled before.
     */
    void dialled(long id, ListenerState by, StreamSocket client, StreamSocket upstream) {
        if (!(upstream.remoteAddress() instanceof InetSocketAddress remote) || !isListening(remote.getPort())
                || !(upstream.localAddress() instanceof InetSocketAddress local) || !isHere(local, remote)) {
            dialling.remove(id);
            return;
        }
        Ends ends = new Ends(local, remote);
        Ends before = byDialler.put(id, ends);
        if (before != null && !before.equals(ends)) {
            hops.remove(before);
        }
        hops.put(ends, new Hop(by, hopTo(client)));
        dialling.remove(id);
    }

    /** The connection {@code id} has ended, or its connect has failed. */
    void ended(long id) {
        dialling.remove(id);
        if (!byDialler.isEmpty()) {
            Ends ends = byDialler.remove(id);
            if (ends != null) {
                hops.remove(ends);
            }
        }
    }

    /** Whether a connection that this listener accepted was dialled, directly or over other listeners, by itself. */
    boolean leadsBack(ListenerState listener, StreamSocket accepted) {
        Hop hop = hopTo(accepted);
        return hop != null && hop.passed(listener);
    }

    private @Nullable Hop hopTo(StreamSocket accepted) {
        return !hops.isEmpty() && accepted.remoteAddress() instanceof InetSocketAddress dialler
                && accepted.localAddress() instanceof InetSocketAddress listener
                        ? hops.get(new Ends(dialler, listener))
                        : null;
    }

    private boolean isListening(int port) {
        for (int each : ports) {
            if (each == port) {
                return true;
            }
        }
        return false;
    }

    /**
     * A connection within one machine has the same address at both ends, or goes to a loopback address, or the system has chosen another of its
     * addresses for this end, as it does for secondary addresses and for networks that are routed to the machine.
     */
    private boolean isHere(InetSocketAddress local, InetSocketAddress remote) {
        InetAddress address = remote.getAddress();
        return address.isLoopbackAddress() || address.equals(local.getAddress()) || isOwn(address);
    }

    private boolean isOwn(InetAddress address) {
        long now = System.nanoTime() & Long.MAX_VALUE;
        Long until = known.get(address);
        if (until == null || Math.abs(until) <= now) {
            if (known.size() >= MOST_KNOWN) {
                known.clear();
            }
            until = isLocal.test(address) ? now + KNOWN_NANOS : -(now + KNOWN_NANOS);
            known.put(address, until);
        }
        return until > 0;
    }
}
