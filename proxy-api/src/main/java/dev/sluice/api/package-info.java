/**
 * The vocabulary that the proxy shares with its filters, its logs and its metrics.
 *
 * <p><b>Thread.</b> Everything here is immutable and may be used from any thread.
 *
 * <p><b>Failure.</b> {@link dev.sluice.api.CloseReason} is the closed list of the ways in which a connection ends; access log, metrics
 * and tests use its labels and no others.
 */
@NullMarked
package dev.sluice.api;

import org.jspecify.annotations.NullMarked;
