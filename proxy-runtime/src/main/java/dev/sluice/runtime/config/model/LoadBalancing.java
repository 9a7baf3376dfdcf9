package dev.sluice.runtime.config.model;

/** How a cluster chooses among its endpoints; each way honours weights. */
public enum LoadBalancing {
    /** In turn. */
    ROUND_ROBIN,
    /** The one with the fewest connections for its weight. */
    LEAST_CONNECTIONS,
    /** The less loaded of two drawn by lot. */
    RANDOM_TWO_CHOICES,
    /** The same one for the same client address (Maglev). */
    SOURCE_HASH
}
