package dev.sluice.runtime.observe;

/**
 * The versions of what runs, as metrics show them.
 *
 * @param version of the proxy, as {@code sluice version} prints it
 * @param java of the Java runtime
 */
public record BuildView(String version, String java) {}
