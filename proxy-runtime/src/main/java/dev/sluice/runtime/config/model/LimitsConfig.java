package dev.sluice.runtime.config.model;

/**
 * Limits of the whole process.
 *
 * @param maxConnections proxied connections at one time; 0 = derive it from the limit of open files
 */
public record LimitsConfig(int maxConnections) {}
