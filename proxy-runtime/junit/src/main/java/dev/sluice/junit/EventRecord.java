package dev.sluice.junit;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import dev.sluice.runtime.ConnectionEvent;
import dev.sluice.runtime.ProxyEvent;
import dev.sluice.runtime.ServerEvent;

/** The events of one test, or of one class. Bounded: the oldest are forgotten. Any thread. */
final class EventRecord {
    private static final int MOST = 10_000;
    private static final int SHOWN = 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition added = lock.newCondition();
    /** Those that no {@link #await} has returned yet. */
    private final Deque<ProxyEvent> waiting = new ArrayDeque<>();
    private final Deque<ConnectionEvent> ended = new ArrayDeque<>();
    private final Deque<ProxyEvent> last = new ArrayDeque<>();
    /** Whether a failure has them in its message. */
    private boolean shown;

    void add(ProxyEvent event) {
        lock.lock();
        try {
            add(waiting, event, MOST);
            add(last, event, SHOWN);
            if (event instanceof ConnectionEvent connection && connection.isEnd()) {
                add(ended, connection, MOST);
            }
            added.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static <T> void add(Deque<T> deque, T next, int most) {
        if (deque.size() == most) {
            deque.removeFirst();
        }
        deque.addLast(next);
    }

    List<ConnectionEvent> ended() {
        lock.lock();
        try {
            return List.copyOf(ended);
        } finally {
            lock.unlock();
        }
    }

    <E extends ProxyEvent> List<E> await(int count, Expected<E> expected) {
        if (count < 1) {
            throw new IllegalArgumentException(
                    count + " events; allowed: 1 or more. That none has come is what accessLog() shows");
        }
        List<E> found = new ArrayList<>();
        long left = nanos(expected.patience());
        lock.lock();
        try {
            while (true) {
                take(count, expected, found);
                if (found.size() >= count) {
                    return List.copyOf(found);
                }
                if (left <= 0) {
                    throw new AssertionError(missing(count, expected, found.size()));
                }
                left = added.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + expected, e);
        } finally {
            lock.unlock();
        }
    }

    private <E extends ProxyEvent> void take(int count, Expected<E> expected, List<E> found) {
        for (Iterator<ProxyEvent> events = waiting.iterator(); found.size() < count && events.hasNext();) {
            ProxyEvent next = events.next();
            if (expected.matches(next)) {
                found.add(expected.cast(next));
                events.remove();
            }
        }
    }

    private static long nanos(Duration time) {
        return time.compareTo(Duration.ofDays(1)) > 0 ? Duration.ofDays(1).toNanos() : time.toNanos();
    }

    private String missing(int count, Expected<?> expected, int found) {
        StringBuilder text = new StringBuilder("not within ").append(expected.patience().toMillis()).append(" ms: ");
        if (count > 1) {
            text.append(count).append(" times (").append(found).append(" came) ");
        }
        text.append(expected);
        shown = true;
        if (last.isEmpty()) {
            return text.append(". Nothing has happened in this test.").toString();
        }
        text.append(". The last events of this test, those that were awaited before included:");
        return text.append(lines()).toString();
    }

    private String lines() {
        StringBuilder text = new StringBuilder();
        last.forEach(event -> text.append("\n- ").append(words(event)));
        return text.toString();
    }

    /** The last events, each on a line of its own; empty if there are none, or a failure of {@link #await} has them. */
    String notShown() {
        lock.lock();
        try {
            return shown ? "" : lines();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until something is added, or a time is over, or for no reason. */
    @SuppressWarnings("WaitNotInLoop") // Callers look again.
    void pause(Duration most) {
        lock.lock();
        try {
            added.awaitNanos(most.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    static String words(ProxyEvent event) {
        return switch (event) {
            case ServerEvent server -> server.kind() + ": " + server.subject() + ": " + server.text();
            case ConnectionEvent connection -> "connection " + connection.id() + " "
                    + (connection.reason() == null ? "started" : "ended, reason " + connection.reason().label())
                    + ": listener " + connection.listener() + ", client " + TestedAddress.words(connection.peer())
                    + (connection.cluster() == null ? "" : ", cluster " + connection.cluster())
                    + (connection.endpoint() == null ? "" : ", endpoint " + connection.endpoint())
                    + (connection.filter() == null ? "" : ", filter " + connection.filter())
                    + (connection.detail() == null ? "" : " (" + connection.detail() + ")")
                    + ", " + connection.bytesUp() + " bytes up, " + connection.bytesDown() + " down";
        };
    }
}
