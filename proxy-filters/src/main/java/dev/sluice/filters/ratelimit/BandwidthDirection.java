package dev.sluice.filters.ratelimit;

import dev.sluice.api.Direction;
import org.jspecify.annotations.Nullable;

/** The direction of the bytes that are counted. */
public enum BandwidthDirection {
    /** Bytes from clients. */
    CLIENT_TO_UPSTREAM(Direction.CLIENT_TO_UPSTREAM),
    /** Bytes from endpoints. */
    UPSTREAM_TO_CLIENT(Direction.UPSTREAM_TO_CLIENT),
    /** The sum of both. To limit each by itself, write two limits. */
    BOTH(null);

    private final @Nullable Direction only;

    BandwidthDirection(@Nullable Direction only) {
        this.only = only;
    }

    boolean counts(Direction direction) {
        return only == null || only == direction;
    }
}
