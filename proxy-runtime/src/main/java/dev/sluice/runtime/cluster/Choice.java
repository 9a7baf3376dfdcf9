package dev.sluice.runtime.cluster;

import org.jspecify.annotations.Nullable;

/**
 * The endpoint of a cluster that a client would get, or the reason why it would get none.
 *
 * @param endpoint the endpoint that would be dialled first; null unless the kind is {@link Kind#ENDPOINT}
 */
public record Choice(Kind kind, @Nullable EndpointState endpoint) {
    /** Kinds of choices. */
    public enum Kind {
        /** The endpoint is known. */
        ENDPOINT,
        /** One of several endpoints, which is drawn at random when a connection comes. */
        DRAWN,
        /** The cluster has no endpoints. */
        NO_ENDPOINT,
        /** Operators or health checks keep clients from all endpoints. */
        NONE_USABLE,
        /** The cluster, or each endpoint that could be used, is at its limit. */
        FULL,
        /** So it is, or others wait already, and the client would wait in the queue. */
        QUEUED,
        /** The queue is full as well. */
        QUEUE_FULL
    }

    static Choice of(Kind kind) {
        return new Choice(kind, null);
    }
}
