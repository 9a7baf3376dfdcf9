package dev.sluice.examples.soak;

import java.util.Locale;

/** A listener that connections are made to, with what is special about it. */
enum Place {
    /** One cluster; endpoints are drained, added and removed, filters and time limits change. */
    PLAIN(30),
    /** Its endpoints stop listening and come back, in turn. */
    FLAPPY(25),
    /** The cluster follows from the server name of a TLS hello. */
    NAMES(14),
    /** The endpoint speaks first. */
    GREETING(8),
    /** Has the filter of a plugin whose JAR is replaced. */
    GUARDED(8),
    /** Some addresses are denied. */
    WALLED(6),
    /** Clients come with a PROXY header, and endpoints get one. */
    PROXIED(6),
    /** Has room for few connections at a time; the others wait in the queue. */
    QUEUED(5),
    /** Its endpoints are drained with a time, removed, and crash: connections may be cut, but never look complete. */
    EXPENDABLE(8),
    /** Comes and goes with reloads. */
    EXTRA(6);

    private final int weight;

    Place(int weight) {
        this.weight = weight;
    }

    int weight() {
        return weight;
    }

    /** The name of the listener, and of its cluster where it has one of its own. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether endpoints behind it stop listening. */
    boolean flaps() {
        return this == FLAPPY || this == EXPENDABLE;
    }
}
