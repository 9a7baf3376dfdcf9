package dev.sluice.examples.soak;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

import static dev.sluice.examples.soak.Place.EXPENDABLE;
import static dev.sluice.examples.soak.Place.EXTRA;
import static dev.sluice.examples.soak.Place.FLAPPY;
import static dev.sluice.examples.soak.Place.GUARDED;
import static dev.sluice.examples.soak.Place.PLAIN;
import static dev.sluice.examples.soak.Place.QUEUED;
import static dev.sluice.examples.soak.Place.WALLED;

/** A course that a connection takes, and the reasons that the proxy may give for its end. */
enum Kind {
    /** Questions and answers. */
    ECHO(34, Ends.IN_ORDER, EnumSet.allOf(Place.class)),
    /** All bytes from the client, and a short answer. */
    UPLOAD(10, Ends.IN_ORDER, Places.ORDINARY),
    /** All bytes from the endpoint, which finishes first. */
    DOWNLOAD(12, Ends.IN_ORDER, Places.ORDINARY),
    /** Both ends send at the same time. */
    BOTH_WAYS(5, Ends.IN_ORDER, Places.ORDINARY),
    /** The client finishes; the answer comes later. */
    LATE_ANSWER(6, Ends.IN_ORDER, Places.ORDINARY),
    /** The endpoint finishes; the client sends later. */
    LATE_REQUEST(6, Ends.IN_ORDER, Places.ORDINARY),
    SLOW_READER(2, Ends.IN_ORDER, Places.ORDINARY),
    SLOW_WRITER(2, Ends.IN_ORDER, Places.ORDINARY),
    /** Silence, then as {@link #ECHO}. */
    IDLE(2, Ends.IN_ORDER, EnumSet.of(PLAIN, FLAPPY, WALLED, EXTRA, EXPENDABLE)),
    /** Connects and leaves without a byte. */
    SILENT(2, Set.of("client-silent"), EnumSet.of(PLAIN, FLAPPY, WALLED, EXTRA)),
    CLIENT_RESETS_SENDING(4, Ends.CLIENT_RESET, Places.ORDINARY),
    CLIENT_RESETS_READING(4, Ends.CLIENT_RESET, Places.ORDINARY),
    ENDPOINT_RESETS_SENDING(4, Ends.ENDPOINT_RESET, Places.ORDINARY),
    ENDPOINT_RESETS_READING(4, Ends.ENDPOINT_RESET, Places.ORDINARY),
    /** The client has finished, and the endpoint is reset in the middle of its answer. */
    ENDPOINT_RESETS_ANSWERING(3, Ends.ENDPOINT_RESET, Places.ORDINARY),
    /** A filter refuses it: {@code acl} for its address, or the plugin for what it sends. */
    DENIED(2, Set.of("filter-rejected"), EnumSet.of(WALLED, GUARDED));

    private final int weight;
    /** Nobody can change these two. */
    @SuppressWarnings("ImmutableEnumChecker")
    private final Set<String> reasons;
    @SuppressWarnings("ImmutableEnumChecker")
    private final Set<Place> places;

    Kind(int weight, Set<String> reasons, Set<Place> places) {
        this.weight = weight;
        this.reasons = reasons;
        this.places = Collections.unmodifiableSet(places);
    }

    int weight() {
        return weight;
    }

    Set<String> reasons() {
        return reasons;
    }

    Set<Place> places() {
        return places;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static final class Ends {
        static final Set<String> IN_ORDER = Set.of("client-finished", "upstream-finished");
        /** Silent, if the reset overtook what had been sent before it. */
        static final Set<String> CLIENT_RESET = Set.of("client-reset", "client-silent");
        static final Set<String> ENDPOINT_RESET = Set.of("upstream-reset");
    }

    private static final class Places {
        /** Not the queue, whose places are too few for what takes its time. */
        static final Set<Place> ORDINARY = EnumSet.complementOf(EnumSet.of(QUEUED));
    }
}
