package dev.sluice.runtime.observe;

/**
 * A file of the configuration that serves, as admin shows it.
 *
 * @param path as the user named it, or the name given to a text
 * @param text as it is written: <code>${NAME}</code> stands for itself
 */
public record ConfigFileView(String path, String text) {}
