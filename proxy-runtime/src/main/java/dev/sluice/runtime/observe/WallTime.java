package dev.sluice.runtime.observe;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The one spelling of times of day: UTC, RFC 3339 with milliseconds. Any thread. */
final class WallTime {
    private static final DateTimeFormatter RFC_3339 = DateTimeFormatter
            .ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private WallTime() {}

    static String of(Instant time) {
        return RFC_3339.format(time);
    }
}
