package dev.sluice.examples.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/** The plans of connections that have begun and are not judged yet; and for a while of those that are. */
final class Plans {
    /** Endpoints may be late to notice connections that were reset early. */
    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(30);

    private record Judged(Plan plan, long nanos) {}

    private final Map<Long, Plan> open = new ConcurrentHashMap<>();
    private final Map<Long, Plan> known = new ConcurrentHashMap<>();
    private final Queue<Judged> judged = new ConcurrentLinkedQueue<>();

    void add(Plan plan) {
        open.put(plan.number(), plan);
        known.put(plan.number(), plan);
    }

    @Nullable
    Plan find(long number) {
        return known.get(number);
    }

    void judged(Plan plan) {
        open.remove(plan.number());
        long now = System.nanoTime();
        judged.add(new Judged(plan, now));
        for (Judged oldest = judged.peek(); oldest != null && now - oldest.nanos > KEPT_NANOS; oldest = judged.peek()) {
            if (judged.remove(oldest)) {
                known.remove(oldest.plan.number());
            }
        }
    }

    /** Those that have begun and are not judged. */
    List<Plan> open() {
        return new ArrayList<>(open.values());
    }
}
