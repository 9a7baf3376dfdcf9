package dev.sluice.runtime.health;

/**
 * The end of one check.
 *
 * @param reason in words; empty for a success
 * @param nanos from its start to its result
 */
record Outcome(CheckResult result, String reason, long nanos) {}
