package dev.sluice.runtime.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.observe.CloseResult;
import dev.sluice.runtime.observe.ConnectionQuery;
import dev.sluice.runtime.observe.ConnectionView;
import dev.sluice.runtime.observe.Event;
import dev.sluice.runtime.observe.Events;
import dev.sluice.runtime.relay.ConnectionSearch;
import dev.sluice.runtime.relay.RankedConnection;
import dev.sluice.runtime.relay.Worker;
import dev.sluice.runtime.selection.Fact;
import dev.sluice.runtime.selection.Selection;

/**
 * Queries about open connections, sent to all event loops at once. Any thread but an event loop's.
 *
 * <p>A query has two steps: each loop finds its own first or greatest, which costs no view; then views are made of those that are it among
 * all.
 */
final class ConnectionQueries {
    /** The time for an answer: a request of the admin interface has 10 s. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

    private final EventLoops loops;
    private final Events events;

    ConnectionQueries(EventLoops loops, Events events) {
        this.loops = loops;
        this.events = events;
    }

    private <T> List<T> all(Function<ConnectionSearch, CompletableFuture<T>> query, Duration patience) {
        List<EventLoops.Query<T>> queries = new ArrayList<>();
        for (Worker worker : loops.workers()) {
            ConnectionSearch search = new ConnectionSearch(worker);
            queries.add(new EventLoops.Query<>(search.loop(), query.apply(search)));
        }
        return loops.collect(queries, patience);
    }

    List<ConnectionView> find(ConnectionQuery query) {
        Fact rank = query.rank();
        return rank == null ? page(query) : greatest(query, rank);
    }

    private List<ConnectionView> page(ConnectionQuery query) {
        List<ConnectionView> page = new ArrayList<>();
        long after = query.after();
        int wanted = query.limit();
        while (wanted > 0) {
            long from = after;
            int most = wanted;
            List<RankedConnection> found = new ArrayList<>();
            all(search -> search.page(query.where(), from, most), PATIENCE).forEach(found::addAll);
            found.sort(Comparator.comparingLong(RankedConnection::id));
            List<RankedConnection> lowest = List.copyOf(found.subList(0, Math.min(most, found.size())));
            page.addAll(views(lowest));
            // In place of those that have ended meanwhile there are others: a page that is not full is the last one.
            wanted = lowest.size() < most ? 0 : query.limit() - page.size();
            after = lowest.isEmpty() ? after : lowest.getLast().id();
        }
        return List.copyOf(page);
    }

    /** The views of those that are still open, in their order. */
    private List<ConnectionView> views(List<RankedConnection> chosen) {
        Map<Long, ConnectionView> open = new HashMap<>();
        all(search -> search.views(chosen), PATIENCE)
                .forEach(views -> views.forEach(view -> open.put(view.id(), view)));
        return chosen.stream().map(each -> open.get(each.id())).filter(Objects::nonNull).toList();
    }

    private List<ConnectionView> greatest(ConnectionQuery query, Fact rank) {
        List<RankedConnection> found = new ArrayList<>();
        long now = System.nanoTime();
        all(search -> search.best(query.where(), rank, now, query.limit()), PATIENCE).forEach(found::addAll);
        found.sort(Comparator.comparingLong(RankedConnection::key).reversed()
                .thenComparingLong(RankedConnection::id));
        return views(List.copyOf(found.subList(0, Math.min(query.limit(), found.size()))));
    }

    boolean close(long id) {
        boolean closed = all(search -> search.close(id, CloseReason.OPERATOR), PATIENCE).contains(true);
        if (closed) {
            events.add(Event.Kind.OPERATOR, "connection " + id, "closed");
        }
        return closed;
    }

    CloseResult close(Selection where, String text, boolean dryRun) {
        List<Long> counts = all(search -> dryRun ? search.count(where) : search.close(where, CloseReason.OPERATOR),
                CLOSE_PATIENCE);
        long sum = counts.stream().mapToLong(Long::longValue).sum();
        boolean complete = counts.size() == loops.workers().size();
        if (!dryRun && (sum > 0 || !complete)) {
            events.add(Event.Kind.OPERATOR, "connections where " + text,
                    complete ? sum + " closed" : sum + " closed so far");
        }
        return new CloseResult(sum, complete);
    }
}
