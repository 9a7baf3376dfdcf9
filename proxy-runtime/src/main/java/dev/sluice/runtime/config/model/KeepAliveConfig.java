package dev.sluice.runtime.config.model;

import java.time.Duration;

/**
 * When a silent peer is asked whether it is still there. A peer that vanished is noticed after {@code idle + count × interval}.
 *
 * @param idle silence before the first probe; whole seconds
 * @param interval time between probes; whole seconds
 * @param count probes without an answer until the connection counts as broken
 */
public record KeepAliveConfig(Duration idle, Duration interval, int count) {}
