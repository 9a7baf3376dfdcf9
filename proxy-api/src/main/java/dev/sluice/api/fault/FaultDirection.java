package dev.sluice.api.fault;

import dev.sluice.api.Direction;
import dev.sluice.api.Incubating;
import org.jspecify.annotations.Nullable;

/** The streams that a fault acts on. */
@Incubating
public enum FaultDirection {
    /** Bytes from clients. */
    CLIENT_TO_UPSTREAM(Direction.CLIENT_TO_UPSTREAM),
    /** Bytes from endpoints. */
    UPSTREAM_TO_CLIENT(Direction.UPSTREAM_TO_CLIENT),
    /** Both, each by itself. */
    BOTH(null);

    private final @Nullable Direction only;

    FaultDirection(@Nullable Direction only) {
        this.only = only;
    }

    /**
     * Returns whether a stream is among them.
     *
     * @param direction the stream
     * @return whether it is
     */
    public boolean contains(Direction direction) {
        return only == null || only == direction;
    }

    /** {@return the name used in the configuration} */
    public String label() {
        return only == null ? "both" : only.label();
    }

    /**
     * Returns the constant for one stream.
     *
     * @param direction the stream
     * @return it alone
     */
    public static FaultDirection of(Direction direction) {
        return direction == Direction.CLIENT_TO_UPSTREAM ? CLIENT_TO_UPSTREAM : UPSTREAM_TO_CLIENT;
    }
}
