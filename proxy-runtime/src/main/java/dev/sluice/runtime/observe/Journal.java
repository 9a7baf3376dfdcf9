package dev.sluice.runtime.observe;

import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;

import dev.sluice.api.CloseReason;
import org.jspecify.annotations.Nullable;

/**
 * The record of a server's connections: its access log, and the recording of Java Flight Recorder if there is one. Any
 * thread; what event loops call never waits.
 *
 * <p>A caller asks {@link #wants} first, because an entry is an object: nothing is allocated for a connection that
 * nothing is written about.
 */
public final class Journal implements AutoCloseable {
    private final Events events;
    private final AccessLog log;
    /** The part of unique ids that no other server has. */
    private final String server = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    /** The feed of an embedding program; null = there is none. */
    private volatile @Nullable EventFeed feed;
    private final List<Runnable> watchers = new CopyOnWriteArrayList<>();

    /**
     * A journal without an access log.
     *
     * @param events of the server
     */
    public Journal(Events events) {
        this.events = events;
        this.log = new AccessLog(events);
    }

    /** The events of the server. */
    public Events events() {
        return events;
    }

    /** An id of a connection that no connection of another server has; ends with the id in the log. */
    public String uniqueId(long id) {
        return server + "-" + id;
    }

    /** Whether an entry about this event would be recorded now; costs a few reads. */
    public boolean wants(AccessEvent event) {
        return wants(event, null);
    }

    /** Whether an entry about the end of a connection would be recorded now. */
    public boolean wantsEnd(CloseReason reason) {
        return wants(AccessEvent.END, reason) || FlightEvents.connections();
    }

    private boolean wants(AccessEvent event, @Nullable CloseReason reason) {
        return log.setting().has(event, reason) || (feed != null && event != AccessEvent.PERIODIC);
    }

    /** Feeds the ends and starts of connections, and the events of the server, to a listener. Once, before the server serves. */
    public void feed(EventFeed.Listener listener) {
        EventFeed started = new EventFeed(listener);
        feed = started;
        events.feed(started);
    }

    /** Records and events that its feed has dropped. */
    public long feedDropped() {
        EventFeed known = feed;
        return known == null ? 0 : known.dropped();
    }

    /** The time between two periodic entries of a connection; 0 = none are wanted. */
    public long periodNanos() {
        AccessLogSetting setting = log.setting();
        return setting.has(AccessEvent.PERIODIC, null) ? setting.every().toNanos() : 0;
    }

    /** Records an entry, or counts it as dropped. Event loops included: never waits, never throws. */
    public void record(AccessEntry entry) {
        if (log.setting().has(entry.event(), entry.reason())) {
            log.record(entry);
        }
        EventFeed known = feed;
        if (known != null && entry.event() != AccessEvent.PERIODIC) {
            known.offer(entry);
        }
        if (entry.event() == AccessEvent.END && FlightEvents.connections()) {
            FlightEvents.connection(entry);
        }
    }

    /** The setting of the access log. */
    public AccessLogSetting setting() {
        return log.setting();
    }

    /** Starts the thread that a setting with a target needs. Before {@link #switchTo}, which is not to fail. */
    public void start() {
        log.start();
    }

    /**
     * Switches the access log to another setting. Entries recorded before are written by the old one, whose target is
     * closed then, unless both have the same sink. Returns at once.
     */
    public void switchTo(AccessLogSetting next) {
        log.switchTo(next);
        watchers.forEach(Runnable::run);
    }

    /**
     * Gives up a setting that was made and is not to be used: closes its sink, and removes the file that it has created,
     * unless that sink is in use.
     */
    @SuppressWarnings("ReferenceEquality") // the very instance
    public void discard(AccessLogSetting unused) {
        AccessLogSink sink = unused.sink();
        if (sink != null && sink != log.setting().sink()) {
            sink.discard();
        }
    }

    /** Runs a task after each switch, on the thread that made it. */
    public void whenSwitched(Runnable task) {
        watchers.add(task);
    }

    /** Opens the file of the access log anew, after it was renamed. Returns at once. */
    public void reopen() {
        log.reopen();
    }

    /** Entries that did not become a line of the access log. */
    public long dropped() {
        return log.dropped();
    }

    /** Writes everything recorded before, and ends the access log. Waits for a slow disk or reader, but not for ever. */
    @Override
    public void close() {
        log.close();
        EventFeed known = feed;
        if (known != null) {
            known.close();
        }
    }
}
