package dev.sluice.filters.ratelimit;

import dev.sluice.api.Direction;
import org.jspecify.annotations.Nullable;

/** Which bytes are counted. */
public enum BandwidthDirection {
    /** What clients send. */
    CLIENT_TO_UPSTREAM(Direction.CLIENT_TO_UPSTREAM),
    /** What endpoints answer. */
    UPSTREAM_TO_CLIENT(Direction.UPSTREAM_TO_CLIENT),
    /** The sum of both. For a limit of its own on each, write two. */
    BOTH(null);

    private final @Nullable Direction only;

    BandwidthDirection(@Nullable Direction only) {
        this.only = only;
    }

    boolean counts(Direction direction) {
        return only == null || only == direction;
    }
}
