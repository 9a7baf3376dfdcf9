package dev.sluice.runtime.relay;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.loop.EventLoop;
import dev.sluice.runtime.observe.ConnectionView;
import dev.sluice.runtime.selection.Fact;
import dev.sluice.runtime.selection.Selection;

/**
 * Searches among the connections of one worker: each turn of its loop does a part of one, so that no socket waits for a
 * search. Any thread. Connections come and go meanwhile; one that is there all the time is seen exactly once.
 */
public final class ConnectionSearch {
    private final Worker worker;

    /** @param worker whose connections are searched */
    public ConnectionSearch(Worker worker) {
        this.worker = worker;
    }

    /** The loop that answers. */
    public EventLoop loop() {
        return worker.loop();
    }

    /** The connections with an id above {@code after} that meet a condition, the lowest ids first. No view is made. */
    public CompletableFuture<List<RankedConnection>> page(Selection where, long after, int limit) {
        CompletableFuture<List<RankedConnection>> answer = new CompletableFuture<>();
        List<RankedConnection> found = new ArrayList<>();
        ConnectionSubject subject = new ConnectionSubject();
        worker.walk(after, answer, connection -> {
            if (subject.meets(connection, where)) {
                found.add(new RankedConnection(connection, connection.id()));
            }
            return found.size() < limit ? ConnectionVisitor.LOOK : ConnectionVisitor.STOP;
        }, () -> answer.complete(found));
        return answer;
    }

    /**
     * The connections that meet a condition, those with the greatest numbers, in no order. No view is made.
     *
     * @param moment the time, by {@link System#nanoTime}, at which ages are compared: the walk takes a while
     */
    public CompletableFuture<List<RankedConnection>> best(Selection where, Fact rank, long moment, int limit) {
        CompletableFuture<List<RankedConnection>> answer = new CompletableFuture<>();
        Best<DialledConnection> best = new Best<>(limit);
        ConnectionSubject subject = new ConnectionSubject();
        worker.walk(0, answer, connection -> {
            if (subject.meets(connection, where)) {
                long since = rank.isTime() ? connection.now() - moment : 0;
                best.offer(subject.number(connection, rank) - since, connection);
            }
            return ConnectionVisitor.LOOK;
        }, () -> {
            List<RankedConnection> found = new ArrayList<>();
            for (int i = 0; i < best.size(); i++) {
                found.add(new RankedConnection(best.thing(i), best.key(i)));
            }
            answer.complete(found);
        });
        return answer;
    }

    /** Views of those among the connections that belong to this worker and are still open, in the given order. */
    public CompletableFuture<List<ConnectionView>> views(List<RankedConnection> among) {
        CompletableFuture<List<ConnectionView>> answer = new CompletableFuture<>();
        loop().execute(new Views(among, answer));
        return answer;
    }

    /** The views of some connections; each turn of the loop makes a few. */
    private final class Views implements Runnable {
        private final List<RankedConnection> among;
        private final CompletableFuture<List<ConnectionView>> answer;
        private final List<ConnectionView> views = new ArrayList<>();
        private int next;

        Views(List<RankedConnection> among, CompletableFuture<List<ConnectionView>> answer) {
            this.among = among;
            this.answer = answer;
        }

        @Override
        @SuppressWarnings("ReferenceEquality") // the very loop
        public void run() {
            try {
                for (int budget = ConnectionVisitor.TURN; budget > 0 && next < among.size(); next++) {
                    DialledConnection connection = among.get(next).connection();
                    if (connection.loop() == loop() && !connection.closed()) {
                        views.add(RelayReport.view(connection));
                        budget -= ConnectionVisitor.VIEW;
                    }
                }
                if (next < among.size()) {
                    loop().executeNextTurn(this);
                } else {
                    answer.complete(views);
                }
            } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
            }
        }
    }

    /** Counts the connections that meet a condition. */
    public CompletableFuture<Long> count(Selection where) {
        return each(where, connection -> ConnectionVisitor.LOOK);
    }

    /** Closes the connections that meet a condition, a few in each turn of the loop. @return their number */
    public CompletableFuture<Long> close(Selection where, CloseReason reason) {
        return each(where, connection -> {
            connection.close(reason);
            return ConnectionVisitor.END;
        });
    }

    private CompletableFuture<Long> each(Selection where, ConnectionVisitor visitor) {
        CompletableFuture<Long> answer = new CompletableFuture<>();
        long[] count = new long[1];
        ConnectionSubject subject = new ConnectionSubject();
        worker.walk(0, answer, connection -> {
            if (!subject.meets(connection, where)) {
                return ConnectionVisitor.LOOK;
            }
            count[0]++;
            return visitor.visit(connection);
        }, () -> answer.complete(count[0]));
        return answer;
    }

    /** Cuts one connection. @return whether this worker had it */
    public CompletableFuture<Boolean> close(long id, CloseReason reason) {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        worker.walk(id - 1, answer, connection -> {
            boolean here = connection.id() == id;
            if (here) {
                connection.close(reason);
            }
            answer.complete(here);
            return ConnectionVisitor.STOP;
        }, () -> answer.complete(false));
        return answer;
    }
}
