package dev.sluice.runtime.cluster;

/**
 * The bounds within which one connection looks for an endpoint.
 *
 * @param attemptNanos for one attempt
 * @param totalNanos for all attempts of one connection
 * @param attempts at most, each on another endpoint
 * @param queueMax the most clients that wait for a place; 0 = none waits
 * @param queueNanos the most time that a client waits
 */
public record ConnectPolicy(long attemptNanos, long totalNanos, int attempts, int queueMax, long queueNanos) {}
