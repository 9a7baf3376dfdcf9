/**
 * The choice of the endpoint that gets the next connection. Pure: no sockets, no threads, no clock; the caller passes {@link java.lang.System#nanoTime()}.
 *
 * <p><b>Model.</b> A {@link dev.sluice.runtime.cluster.Cluster} belongs to one configuration: an {@link dev.sluice.runtime.cluster.EndpointSet}
 * with weights, and how to connect. What has to outlive configurations (limits, counters, beliefs) stands in a
 * {@link dev.sluice.runtime.cluster.ClusterState}, one for each name, and its {@link dev.sluice.runtime.cluster.EndpointState}s, one for each
 * address. A relay that needs an upstream owns {@link dev.sluice.runtime.cluster.ConnectAttempts} while it is connecting and goes round this
 * loop:
 *
 * <pre>
 *   acquire(attempts) ──► endpoint ──► connect ──► connectSucceeded ──► relay … ──► release
 *        │      ▲                         │
 *        ▼      └────── release ◄── connectFailed
 *      null: attempts.failure()
 * </pre>
 *
 * A failure for which the endpoint is not to blame (no file descriptor, no local port, the client went away) is not reported: the relay
 * only releases.
 *
 * <p><b>Order of preference.</b> Primaries that are believed up; then backups that are believed up (no primary is: each is down, full or
 * already tried by this connection, as in nginx); then, only when nothing untried is believed up, the failed ones, the one that was left
 * alone for longest first. A client is never refused because of old failures: it is refused when the cluster is empty, when a limit is
 * reached, or when it has tried everything. Within the first two groups the {@link dev.sluice.runtime.cluster.LoadBalancer} decides.
 *
 * <p><b>State.</b> {@link dev.sluice.runtime.cluster.EndpointWord} has the table: an endpoint that an operator has drained gets nothing; one
 * that health checks find down gets nothing either, also when nothing else is left, unless the cluster's panic threshold says otherwise; one
 * that no check has passed yet serves only until another one of its tier has passed. Connections speak only about what is left.
 *
 * <p><b>Slow start.</b> The endpoints whose share grows get their turns before the balancer is asked, as many as weight and share promise
 * (evenly spread, {@code SlowStart}), and the balancer chooses among the others: by its load alone an idle newcomer would get everything, or
 * nothing.
 *
 * <p><b>Queue.</b> {@link dev.sluice.runtime.cluster.ConnectQueue} has the clients that wait because each endpoint is full. A place that
 * becomes free, and each change that may make one, calls one client.
 *
 * <p><b>Belief.</b> One atomic number per endpoint ({@code Belief}) says whether connections find it up, and if not, until when it is avoided:
 *
 * <pre>
 *   UP     connectFailed                            ─► DOWN for one window
 *   DOWN   acquire after the window (exactly one)   ─► TRIAL for one window
 *   DOWN   acquire that finds nothing else          ─► TRIAL for one window
 *   DOWN   connectFailed                            ─► DOWN for one window from now
 *   DOWN   connectSucceeded before the window ends  ─► DOWN, as before: begun before the failure
 *   TRIAL  connectSucceeded                         ─► UP
 *   TRIAL  connectFailed                            ─► DOWN for one window
 *   TRIAL  acquire after the window (exactly one)   ─► TRIAL for one window: the one before never reported
 * </pre>
 *
 * <ul>
 * <li>After the window ({@link dev.sluice.runtime.cluster.EndpointState#FAIL_WINDOW}) exactly one acquire wins the trial, by moving the end of
 * the window one window ahead; to all others the endpoint is still down. So a silent endpoint costs one client one connect timeout per
 * window.
 * <li>The permission to try is therefore a lease. A prober that reports nothing (its client went away, its loop ran out of file
 * descriptors) needs no clean-up: the lease ends with the window. It is deliberately not handed on at once: clients with less patience than
 * the connect timeout would otherwise queue up before a silent endpoint, one after the other.
 * <li>A success counts only for an endpoint that is on trial. One that was under way when another attempt failed says nothing newer than
 * that failure; believing it would let an endpoint that flaps change state with every connection. As it is, what
 * {@link dev.sluice.runtime.cluster.EndpointState#failed} says changes twice per window at most.
 * <li>Without a rule for ejections the window has a fixed length. A growing one would save at most one slow connect per window and pay with
 * minutes of a healthy endpoint unused. With a rule ({@code Ejection}) several failures in a row open the window, it grows, and at most a share of
 * the endpoints may be in one: the user has said that a healthy endpoint may stay unused.
 * </ul>
 *
 * <p><b>Thread.</b> Clusters and endpoints are used by all event loops at once, without locks; every decision that must be exact (a limit, a
 * trial) is one compare-and-set. {@code ConnectAttempts} belong to one thread.
 *
 * <p><b>Cost.</b> {@code acquire} allocates nothing while a connection has tried nothing but the first 64 endpoints of a cluster, and takes
 * time proportional to the number of endpoints at worst.
 *
 * <p><b>Failure.</b> Nothing here throws on the data path, except for a connection that is released twice: a defect of the caller.
 */
@NullMarked
package dev.sluice.runtime.cluster;

import org.jspecify.annotations.NullMarked;
