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
 * The proxy's connections to its own listeners. Each has one end at an endpoint's side and the other at a client's, and
 * a connection dialled for a listener must not come back to it, or one client would open connections without end.
 *
 * <p>An endpoint that leads back is refused at the start, as far as the machine's addresses are known then. An address
 * that the machine gets later is caught here. A connection to another listener that does not lead back is allowed.
 *
 * <p><b>Cost.</b> A connect to a port on which this proxy listens asks the system for the socket's own address, and
 * once a second whether the endpoint's address is this machine's. Only a connect within the machine is recorded. While
 * nothing is recorded, an accept costs one look at an empty map. Nothing is kept in the relays.
 *
 * <p><b>Thread.</b> Any. An accept may overtake the record of its other end, so the check is made twice: when a
 * connection was accepted, and when the connection that it dials has succeeded, by which time the record is there.
 */
public final class SelfConnections {
    /** The two addresses of a connection, as the dialling end sees them. */
    private record Ends(InetSocketAddress dialler, InetSocketAddress listener) {}

    /** A listener that dialled, and the hop before it if its client was the proxy as well. */
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

    /**
     * The time for which an answer of {@link #isLocal} is kept: the machine may get an address while the proxy runs.
     */
    private static final long KNOWN_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int MOST_KNOWN = 1024;

    private final Map<Ends, Hop> hops = new ConcurrentHashMap<>();
    /** The recorded connections, by the id of the connection that dialled. */
    private final Map<Long, Ends> byDialler = new ConcurrentHashMap<>();
    /**
     * The ids of connections that dial one of the ports, on a transport that does not know the addresses of a
     * connecting socket.
     */
    private final Set<Long> dialling = ConcurrentHashMap.newKeySet();
    private volatile int[] ports = {};
    private final Predicate<InetAddress> isLocal;
    /** The times at which the answers of {@link #isLocal} expire; negated where the answer was no. */
    private final Map<InetAddress, Long> known = new ConcurrentHashMap<>();

    /**
     * @param isLocal whether connections to an address stay within this machine; may take some system calls, and is
     *     called seldom
     */
    public SelfConnections(Predicate<InetAddress> isLocal) {
        this.isLocal = isLocal;
    }

    /** Sets the ports of the listeners; 0 stands for none. */
    public void listenOn(int... listening) {
        ports = listening.clone();
    }

    /** Notes that a connect for the connection {@code id} has been started. */
    void dialling(long id, ListenerState owner, StreamSocket client, StreamSocket upstream, SocketAddress endpoint) {
        if (endpoint instanceof InetSocketAddress inet && isListening(inet.getPort())) {
            if (upstream.localAddress() == null) {
                dialling.add(id);
            } else {
                dialled(id, owner, client, upstream);
            }
        }
    }

    /**
     * Whether a connection accepted now may be one whose other end is not recorded yet. Its record is complete once the
     * loop has been through the sockets of its turn.
     */
    boolean isDialling() {
        return !dialling.isEmpty();
    }

    /**
     * Records a connect for the connection {@code id} that has been started or has succeeded; not every transport knows
     * the addresses before it has succeeded. Replaces the record of what that connection dialled before.
     */
    void dialled(long id, ListenerState owner, StreamSocket client, StreamSocket upstream) {
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
        hops.put(ends, new Hop(owner, hopTo(client)));
        dialling.remove(id);
    }

    /** Removes the record of the connection {@code id}, which has ended, or whose connect has failed. */
    void ended(long id) {
        dialling.remove(id);
        if (!byDialler.isEmpty()) {
            Ends ends = byDialler.remove(id);
            if (ends != null) {
                hops.remove(ends);
            }
        }
    }

    /** Whether a connection that this listener accepted was dialled by itself, directly or over other listeners. */
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
     * Whether a connection stays within the machine. Then its two ends have the same address, or the remote one is a
     * loopback address or another address of the machine: for secondary addresses, and for networks routed to the
     * machine, the system chooses a different local address.
     */
    private boolean isHere(InetSocketAddress local, InetSocketAddress remote) {
        InetAddress address = remote.getAddress();
        return address.isLoopbackAddress() || address.equals(local.getAddress()) || isOwn(address);
    }

    private boolean isOwn(InetAddress address) {
        long now = System.nanoTime() & Long.MAX_VALUE;
        Long expiry = known.get(address);
        if (expiry == null || Math.abs(expiry) <= now) {
            if (known.size() >= MOST_KNOWN) {
                known.clear();
            }
            expiry = isLocal.test(address) ? now + KNOWN_NANOS : -(now + KNOWN_NANOS);
            known.put(address, expiry);
        }
        return expiry > 0;
    }
}
