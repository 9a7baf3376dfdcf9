package dev.sluice.runtime.observe;

/**
 * The faults that a filter injects now, as metrics show them.
 *
 * @param listener the name of the listener
 * @param filter the name of the filter
 * @param active their number, those of the configuration and those of commands; 0 = it lets everything pass
 */
public record FaultsView(String listener, String filter, int active) {}
