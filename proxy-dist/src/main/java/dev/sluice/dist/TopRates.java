package dev.sluice.dist;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.ToLongFunction;

import org.jspecify.annotations.Nullable;

/** Rates: the differences of two samples of one daemon, divided by the time between them. */
final class TopRates {
    private final Map<Object, Map<String, @Nullable Object>> listenersBefore = new HashMap<>();
    private final Map<Object, Map<String, @Nullable Object>> connectionsBefore = new HashMap<>();
    private final TopSample now;
    /** Between the samples; not positive = there are no rates. */
    private final long millis;

    /** @param before the earlier sample; null = there is none. One of a daemon that has been started anew since is none */
    TopRates(@Nullable TopSample before, TopSample now) {
        this.now = now;
        millis = before == null ? 0 : now.number("uptime_ms") - before.number("uptime_ms");
        if (before != null && millis > 0) {
            before.objects("listeners").forEach(listener -> listenersBefore.put(key(listener, "name"), listener));
            before.connections().forEach(connection -> connectionsBefore.put(key(connection, "id"), connection));
        }
    }

    private static Object key(Map<String, @Nullable Object> members, String name) {
        return String.valueOf(members.get(name));
    }

    /** {@return how many in a second of something that listeners count; a listener that has gone counts no more} */
    OptionalDouble perSecond(ToLongFunction<Map<String, @Nullable Object>> count) {
        if (millis <= 0) {
            return OptionalDouble.empty();
        }
        long sum = 0;
        for (Map<String, @Nullable Object> listener : now.objects("listeners")) {
            Map<String, @Nullable Object> before = listenersBefore.get(key(listener, "name"));
            // Another listener of the same name counts from zero.
            sum += Math.max(0, count.applyAsLong(listener) - (before == null ? 0 : count.applyAsLong(before)));
        }
        return OptionalDouble.of(sum * 1000.0 / millis);
    }

    /** {@return how many bytes a connection has moved in a second, in both directions} */
    OptionalDouble bytes(Map<String, @Nullable Object> connection) {
        Map<String, @Nullable Object> before = connectionsBefore.get(key(connection, "id"));
        if (before == null) {
            return OptionalDouble.empty();
        }
        // Its own clock: the page is made a little later than the overview.
        long time = TopSample.numberOf(connection.get("age_ms")) - TopSample.numberOf(before.get("age_ms"));
        long moved = moved(connection) - moved(before);
        return time <= 0 || moved < 0 ? OptionalDouble.empty() : OptionalDouble.of(moved * 1000.0 / time);
    }

    private static long moved(Map<String, @Nullable Object> connection) {
        return TopSample.numberOf(connection.get("bytes_up")) + TopSample.numberOf(connection.get("bytes_down"));
    }
}
