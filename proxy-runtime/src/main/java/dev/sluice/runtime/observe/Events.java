package dev.sluice.runtime.observe;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

import org.jspecify.annotations.Nullable;

/**
 * The last events of a server: the answer to the question of what has changed. The rare ones among them are events of
 * Java Flight Recorder as well.
 *
 * <p>Any thread; without a lock, so that an event loop never waits for a reader. What may happen often is throttled by
 * its source, with {@link dev.sluice.runtime.loop.LogThrottle}.
 */
public final class Events {
    /** The number of events that are kept. */
    public static final int KEPT = 256;

    /** The event with number n is in slot n modulo {@link #KEPT}. */
    private final AtomicReferenceArray<@Nullable Event> slots = new AtomicReferenceArray<>(KEPT);
    private final AtomicLong numbers = new AtomicLong();
    /** The feed of an embedding program; null = there is none. */
    private volatile @Nullable EventFeed feed;

    /** Gives what happens from now on to a feed as well. */
    void feed(EventFeed next) {
        feed = next;
    }

    /** Adds an event that happens now. */
    public void add(Event.Kind kind, String subject, String text) {
        long number = numbers.incrementAndGet();
        Event event = new Event(number, Instant.now(), kind, subject, text);
        int slot = slot(number);
        // Of two threads that meet in one slot, the one with the later event has it.
        Event seen = slots.get(slot);
        while ((seen == null || seen.number() < number) && !slots.compareAndSet(slot, seen, event)) {
            seen = slots.get(slot);
        }
        EventFeed known = feed;
        if (known != null) {
            known.offer(event);
        }
    }

    /**
     * The events with a greater number that are still kept, in order. An event that is being added at this moment
     * comes, with those behind it, in the next answer: a reader that asks for what follows the last one it has seen
     * misses nothing.
     */
    public List<Event> after(long number) {
        long last = numbers.get();
        List<Event> found = new ArrayList<>();
        for (long next = Math.max(number, last - KEPT) + 1; next <= last; next++) {
            Event event = slots.get(slot(next));
            if (event == null || event.number() < next) {
                break;
            }
            if (event.number() == next) {
                found.add(event);
            }
            // Otherwise newer events have replaced it.
        }
        return List.copyOf(found);
    }

    private static int slot(long number) {
        return (int) (number % KEPT);
    }

    /**
     * A connect has changed the belief in an endpoint.
     *
     * @param why for one that is down: the failure
     */
    public void endpoint(String cluster, String endpoint, boolean up, String why) {
        add(up ? Event.Kind.ENDPOINT_UP : Event.Kind.ENDPOINT_DOWN, "cluster " + cluster + ", endpoint " + endpoint,
                why);
        FlightEvents.endpoint(cluster, endpoint, up, why);
    }

    /**
     * An event loop has not come back from a callback.
     *
     * @param owner the owner of the callback; null for the proxy's own code
     * @param stack of the loop's thread
     */
    public void stall(int loop, @Nullable String owner, long nanos, StackTraceElement[] stack) {
        long millis = TimeUnit.NANOSECONDS.toMillis(nanos);
        String callback = owner == null ? "the proxy's own code" : owner;
        add(Event.Kind.STALL, "event loop " + loop, "in one callback for " + millis + " ms: " + callback);
        FlightEvents.loopStall(loop, callback, nanos, stack);
    }

    /**
     * A reload has ended.
     *
     * @param from the number of the generation before
     * @param to that of the generation that serves now
     * @param result a word: applied, refused, unchanged
     * @param text the summary, or the reasons of a refusal
     */
    public void reload(long from, long to, String result, long nanos, String text) {
        add(Event.Kind.RELOAD, "generation " + to, result + ": " + text);
        FlightEvents.reload(from, to, result, nanos);
    }

    /** Plugins that cannot be used. */
    public void refused(List<PluginView> plugins) {
        for (PluginView plugin : plugins) {
            String problem = plugin.problem();
            if (problem != null) {
                add(Event.Kind.PLUGIN, "plugin " + plugin.name(), problem);
            }
        }
    }
}
