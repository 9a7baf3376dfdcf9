/**
 * The proxy as it is seen from outside: counters, the view that metrics and admin read, Prometheus metrics, the journal of connections, the last
 * events. Numbers go out of here; no decision is taken here.
 *
 * <p><b>Views.</b> A {@code …View} is what is shown of one thing at one moment. A thing of a higher level makes its own, in a method {@code view()};
 * those of lower levels, which know nothing of views, are made here ({@code LoopView.of(loop)}).
 *
 * <p><b>Journal.</b> A server has one {@link dev.sluice.runtime.observe.Journal} for all its life, with the access log and the events of
 * Java Flight Recorder, and one {@link dev.sluice.runtime.observe.Events}. The access log is switched, never replaced, so that two
 * configurations never have two writers for one file.
 *
 * <p><b>Thread.</b> Counters have exactly one writer, an event loop, and any number of readers. {@link
 * dev.sluice.runtime.observe.Journal#record} may be called by every loop and never waits, takes a lock or throws. Everything that costs
 * time (formatting, file I/O, summing counters, rendering addresses) happens on the access log's own thread or on the thread that scrapes.
 *
 * <p><b>Bytes</b> are counted where they are read, per direction: that is what counters, metrics, statistics, connection views and the
 * access log mean.
 *
 * <p><b>Ownership.</b> A {@link dev.sluice.runtime.observe.ListenerCounters} belongs to one listener on one loop, a {@link
 * dev.sluice.runtime.observe.ConnectCounters} to one cluster on one loop; totals are sums made on request. Metrics keep no state
 * of their own: each server has its own registry, so that two servers in one JVM do not see each other.
 *
 * <p><b>Ordering.</b> Readers see each counter grow monotonically. Counters of one connection become visible in the order in which the
 * loop wrote them; a sum over loops is not an instant.
 *
 * <p><b>Failure.</b> An access-log line that cannot be queued or written is counted, never retried and never an obstacle: a full disk or a
 * stopped reader costs log lines, not connections.
 *
 * <p><b>Decisions.</b>
 * <ol>
 * <li>Metrics are snapshots built from {@link dev.sluice.runtime.observe.ProxyView} in one collector, at scrape time. The library's own
 * counters lost: they are shared between threads by atomic additions, which the data path would pay for on every chunk.
 * <li>The access log has its own bounded many-producer queue. {@code ArrayBlockingQueue} lost: its lock can be held by a writer thread
 * that the scheduler has put to sleep, and then the loop sleeps too.
 * <li>A switch of the access log is a position in its queue, so that each entry belongs to one target for certain. A marker within the
 * queue lost: a full queue would have to lose it, or to wait.
 * <li>Events of Java Flight Recorder are points in time with durations as fields. Events with a duration of their own would have to be kept
 * with the connection. There is none for waits for memory or for callbacks of filters: both would need a time of their begin, one for
 * each side of a connection, the other read from the clock twice for each chunk.
 * <li>All reasons, results and directions are exported from the start with 0, as the Prometheus guide on missing metrics asks, so that
 * {@code rate()} sees the first event. Their sets are closed, so this is a bounded number of series per listener. Ends by cluster are the exception: the
 * reasons that speak of endpoints are there from the start, others from their first on. All of them for each cluster would be a third of the
 * scrape of a hundred clusters, and the same ends are counted by listener.
 * <li>What is ready is said here, by {@link dev.sluice.runtime.observe.Readiness}, so that {@code /ready} and {@code sluice_ready} never differ.
 * </ol>
 */
@NullMarked
package dev.sluice.runtime.observe;

import org.jspecify.annotations.NullMarked;
