package dev.sluice.runtime;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;

import dev.sluice.runtime.observe.Event;

/**
 * A change of a server that operators ask about, as {@code GET /events} shows it: a reload, an endpoint that is down, a
 * limit that was reached.
 *
 * @param time of the change
 * @param number from 1, ascending
 * @param kind one of the words of {@code GET /events}, such as {@code endpoint-down}
 * @param subject the thing that it happened to
 * @param text the event in words
 */
public record ServerEvent(Instant time, long number, String kind, String subject, String text) implements ProxyEvent {
    /** {@return every {@link #kind} that there is} */
    public static List<String> kinds() {
        return Arrays.stream(Event.Kind.values()).map(Event.Kind::label).toList();
    }
}
