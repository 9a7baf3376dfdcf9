/**
 * Exact bounds on numbers of connections: of the process, a listener, a cluster, an endpoint.
 *
 * <p><b>Thread.</b> Any; without a lock.
 *
 * <p><b>Ownership.</b> A limit belongs to the running state of the thing that it bounds, which outlives configurations: a reload changes the
 * maximum in place, so that connections of older generations go on to count.
 *
 * <p><b>Failure.</b> A connection that is released twice is a defect of the caller and throws; the count stays right.
 */
@NullMarked
package dev.sluice.runtime.limit;

import org.jspecify.annotations.NullMarked;
