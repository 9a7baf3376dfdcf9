package dev.sluice.runtime.config.model;

import java.time.Duration;

/**
 * When a filter that fails again and again is taken out of service.
 *
 * @param after so many failures, at least 1
 * @param within in this time
 * @param duration for how long
 * @param bypass whether connections pass without the filter meanwhile; otherwise they are refused
 */
public record QuarantineConfig(int after, Duration within, Duration duration, boolean bypass) {}
