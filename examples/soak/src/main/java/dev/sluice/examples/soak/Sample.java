package dev.sluice.examples.soak;

import java.util.Map;

/**
 * Figures of one moment.
 *
 * @param seconds since the start of the load
 * @param values by name; those that were not looked at are absent
 */
record Sample(double seconds, Map<String, Double> values) {
    static final String RESIDENT = "resident_bytes";
    static final String THREADS = "threads";
    static final String DESCRIPTORS = "descriptors";
    static final String SOCKETS = "sockets";
    static final String HEAP = "heap_after_gc_bytes";
    static final String METASPACE = "metaspace_after_gc_bytes";
    static final String CONNECTIONS = "open_connections";
    static final String BUFFERS = "buffers_borrowed";
    static final String STASH = "stash_bytes";
    static final String PIPES = "pipes_borrowed";
    static final String PIPES_RESERVED = "pipes_reserved_bytes";
    static final String GENERATIONS = "generations_alive";
    static final String LOADERS = "plugin_loaders_retired";
    static final String LOADERS_SERVING = "plugin_loaders_serving";
    static final String DONE = "connections_done";
    static final String BYTES = "content_bytes";
    static final String CPU = "cpu_seconds";

    double value(String name) {
        return values.getOrDefault(name, Double.NaN);
    }
}
