package dev.sluice.runtime.cluster;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A command of an operator that keeps new connections from an endpoint.
 *
 * @param since the time from which there are no new ones
 * @param by the source of the command
 * @param end the time by which the open ones are closed; null = they stay
 */
public record OperatorDrain(Instant since, String by, @Nullable Instant end) {}
