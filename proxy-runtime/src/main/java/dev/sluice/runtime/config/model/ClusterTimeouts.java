package dev.sluice.runtime.config.model;

import java.time.Duration;

/**
 * How long connecting may take.
 *
 * @param connect one attempt
 * @param connectTotal all attempts of one connection together; not shorter than {@code connect}
 */
public record ClusterTimeouts(Duration connect, Duration connectTotal) {}
