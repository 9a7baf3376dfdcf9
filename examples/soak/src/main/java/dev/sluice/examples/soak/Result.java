package dev.sluice.examples.soak;

import java.util.List;
import java.util.Map;

/**
 * Result of a run.
 *
 * @param options of the run
 * @param version of the daemon
 * @param seconds of load, with the end of the last connection
 * @param latest by how many seconds the latest connection began after its time
 * @param connections that have ended
 * @param bytes of content that arrived, and were right
 * @param lines of the access log
 * @param reloads applied and refused
 * @param disturbances by name
 * @param events of the daemon by kind
 * @param ends planned ends by reason
 * @param explained ends that were not planned, by explanation
 * @param findings in the order in which they were noticed
 * @param before the daemon at rest, before the load
 */
record Result(Options options, String version, double seconds, double latest, long connections, long bytes, long lines,
        Map<String, Integer> reloads,
        Map<String, Integer> disturbances, Map<String, Integer> events, Map<String, Long> ends,
        Map<String, Long> explained,
        List<String> findings, Map<String, Double> before) {

    double connectionsPerHour() {
        return connections / seconds * 3600;
    }

    double bytesPerHour() {
        return bytes / seconds * 3600;
    }

    /** Whether every bar is met. */
    boolean passed() {
        return findings.isEmpty();
    }
}
