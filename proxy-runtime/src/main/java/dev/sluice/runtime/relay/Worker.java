package dev.sluice.runtime.relay;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.loop.EventLoop;
import dev.sluice.runtime.observe.ConnectionView;
import dev.sluice.runtime.transport.StreamSocket;
import org.jspecify.annotations.Nullable;

/**
 * The relays of one event loop. Used on that loop's thread, except for {@link #assign}, {@link #connections} and {@link #adopt}.
 */
public final class Worker {
    private final EventLoop loop;
    private final Limit processLimit;
    private final DescriptorReserve reserve;
    /** Assigned and not ended; counted when assigned, so that a burst is spread evenly. */
    private final AtomicInteger connections = new AtomicInteger();
    private @Nullable Relay first;
    private @Nullable Relay last;

    /** @param processLimit over all workers; each of their relays gives back its place in it */
    public Worker(EventLoop loop, Limit processLimit, DescriptorReserve reserve) {
        this.loop = loop;
        this.processLimit = processLimit;
        this.reserve = reserve;
    }

    /** The loop that all relays of this worker belong to. */
    public EventLoop loop() {
        return loop;
    }

    /** Connections that belong to this worker now; any thread. */
    public int connections() {
        return connections.get();
    }

    Limit processLimit() {
        return processLimit;
    }

    DescriptorReserve reserve() {
        return reserve;
    }

    /** The worker with the fewest connections, which is counted as having one more. Any thread. */
    static Worker assign(List<Worker> workers) {
        Worker least = workers.getFirst();
        for (int i = 1; i < workers.size(); i++) {
            Worker other = workers.get(i);
            if (other.connections() < least.connections()) {
                least = other;
            }
        }
        least.connections.incrementAndGet();
        return least;
    }

    /** Takes over a client that was assigned to this worker. Any thread. */
    void adopt(Service service, long id, StreamSocket client) {
        if (loop.isInLoop()) {
            new Relay(this, service, id, client).start();
        } else {
            loop.execute(() -> new Relay(this, service, id, client).start());
        }
    }

    void add(Relay relay) {
        relay.previous = last;
        if (last == null) {
            first = relay;
        } else {
            last.next = relay;
        }
        last = relay;
    }

    void remove(Relay relay) {
        if (relay.previous == null) {
            first = relay.next;
        } else {
            relay.previous.next = relay.next;
        }
        if (relay.next == null) {
            last = relay.previous;
        } else {
            relay.next.previous = relay.previous;
        }
        relay.previous = null;
        relay.next = null;
        connections.decrementAndGet();
    }

    /** Cuts every relay. @return how many there were */
    public int closeAll(CloseReason reason) {
        int cut = 0;
        for (Relay relay = first; relay != null; relay = first) {
            relay.close(reason);
            cut++;
        }
        return cut;
    }

    /** Cuts one relay. @return whether it is here */
    public boolean close(long id, CloseReason reason) {
        for (Relay relay = first; relay != null; relay = relay.next) {
            if (relay.id() == id) {
                relay.close(reason);
                return true;
            }
        }
        return false;
    }

    /** What the relays with an id above {@code after} look like now, at most {@code limit}, the lowest ids first. */
    public List<ConnectionView> view(long after, int limit) {
        // Relays come from several acceptors, so their order here is not quite that of their ids.
        List<Relay> later = new ArrayList<>();
        for (Relay relay = first; relay != null; relay = relay.next) {
            if (relay.id() > after) {
                later.add(relay);
            }
        }
        later.sort(Comparator.comparingLong(Relay::id));
        List<ConnectionView> views = new ArrayList<>();
        for (Relay relay : later.subList(0, Math.min(limit, later.size()))) {
            views.add(relay.view());
        }
        return views;
    }
}
