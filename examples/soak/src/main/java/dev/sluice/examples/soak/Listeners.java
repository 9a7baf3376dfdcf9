package dev.sluice.examples.soak;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The listeners that can be connected to now. One that is about to be removed lets nobody in, and waits for those who are connecting. */
final class Listeners {
    private final Map<Place, InetSocketAddress> fixed = new EnumMap<>(Place.class);
    private final List<Open> extras = new ArrayList<>();
    private int next;

    /** One of them. */
    static final class Open {
        private final String name;
        private final InetSocketAddress address;
        private int connecting;

        private Open(String name, InetSocketAddress address) {
            this.name = name;
            this.address = address;
        }

        String name() {
            return name;
        }

        InetSocketAddress address() {
            return address;
        }
    }

    synchronized void add(Place place, InetSocketAddress address) {
        fixed.put(place, address);
    }

    /** Opens one for {@link Place#EXTRA}. */
    synchronized void addExtra(String name, InetSocketAddress address) {
        extras.add(new Open(name, address));
    }

    /** Returns when nobody will connect there. */
    synchronized void removeExtra(String name) throws IOException {
        Open extra = extras.stream().filter(each -> each.name.equals(name)).findFirst().orElseThrow();
        extras.remove(extra);
        while (extra.connecting > 0) {
            try {
                wait();
            } catch (InterruptedException e) {
                throw new IOException("interrupted", e);
            }
        }
    }

    /** The listener of a place; the plain one if there is no extra one now. To be followed by {@link #leave}. */
    synchronized Open enter(Place place) {
        if (place == Place.EXTRA && !extras.isEmpty()) {
            Open extra = extras.get(next++ % extras.size());
            extra.connecting++;
            return extra;
        }
        Place there = place == Place.EXTRA ? Place.PLAIN : place;
        InetSocketAddress address = fixed.get(there);
        if (address == null) {
            throw new IllegalStateException("no address of " + there);
        }
        return new Open(there.label(), address);
    }

    synchronized void leave(Open listener) {
        listener.connecting--;
        notifyAll();
    }
}
