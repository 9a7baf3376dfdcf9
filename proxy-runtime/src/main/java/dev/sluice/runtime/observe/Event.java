package dev.sluice.runtime.observe;

import java.time.Instant;

/**
 * An event that an operator asks about when something has changed.
 *
 * @param number from 1, ascending; unique for the life of the server
 * @param time of the event
 * @param subject the thing that it happened to: {@code listener edge}, {@code cluster web, endpoint 10.0.0.1:443}
 * @param text the event in words
 */
public record Event(long number, Instant time, Kind kind, String subject, String text) {
    /** Kinds of events. */
    public enum Kind {
        /** The server serves. */
        START("start"),
        /** A reload was applied, refused, or found nothing to change. */
        RELOAD("reload"),
        /** An endpoint is up again, as connections or health checks say. */
        ENDPOINT_UP("endpoint-up"),
        /** An endpoint is avoided or down, as connections or health checks say. */
        ENDPOINT_DOWN("endpoint-down"),
        /** A source of endpoints has others than before. */
        DISCOVERY("discovery"),
        /** A drain began or ended. */
        DRAIN("drain"),
        /** A filter was taken out of service because it failed repeatedly. */
        QUARANTINE("quarantine"),
        /** An event loop did not come back from a callback. */
        STALL("stall"),
        /** A limit on connections was reached. */
        LIMIT("limit"),
        /** The process had no file descriptor left, or has some again. */
        DESCRIPTORS("descriptors"),
        /** An operator gave a command. */
        OPERATOR("operator"),
        /** A plugin cannot be used. */
        PLUGIN("plugin"),
        /** The access log lost lines. */
        ACCESS_LOG("access-log");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /** The name in admin responses. */
        public String label() {
            return label;
        }
    }

    /** The time in UTC, as the access log writes it. */
    public String timeText() {
        return WallTime.of(time);
    }
}
