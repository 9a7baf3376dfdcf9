package dev.sluice.runtime.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;

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
 * <p>The greatest of all are found in two steps: each loop finds its greatest, which costs no view; then views are made of
 * those that are the greatest of all.
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
        List<ConnectionView> found = new ArrayList<>();
        all(search -> search.page(query.where(), query.after(), query.limit()), PATIENCE).forEach(found::addAll);
        found.sort(Comparator.comparingLong(ConnectionView::id));
        return List.copyOf(found.subList(0, Math.min(query.limit(), found.size())));
    }

    private List<ConnectionView> greatest(ConnectionQuery query, Fact rank) {
        List<RankedConnection> found = new ArrayList<>();
        long now = System.nanoTime();
        all(search -> search.best(query.where(), rank, now, query.limit()), PATIENCE).forEach(found::addAll);
        found.sort(Comparator.comparingLong(RankedConnection::key).reversed()
                .thenComparingLong(RankedConnection::id));
        List<RankedConnection> greatest = List.copyOf(found.subList(0, Math.min(query.limit(), found.size())));
        List<ConnectionView> views = new ArrayList<>();
        all(search -> search.views(greatest), PATIENCE).forEach(views::addAll);
        Map<Long, ConnectionView> open = views.stream()
                .collect(Collectors.toMap(ConnectionView::id, Function.identity()));
        return greatest.stream().map(each -> open.get(each.id())).filter(Objects::nonNull).toList();
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
