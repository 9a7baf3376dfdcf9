package dev.sluice.runtime.wiring;

/**
 * The names of a filter.
 *
 * @param listener the name of its listener
 * @param filter its name in the listener's chain
 */
record FilterKey(String listener, String filter) {}
