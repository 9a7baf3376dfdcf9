package dev.sluice.runtime.config.model;

import org.jspecify.annotations.Nullable;

/**
 * One way from a listener to a cluster; of several, the first that matches is taken.
 *
 * @param match absent = every connection; only the last route of a listener has none
 * @param cluster the name of a cluster of the same configuration
 */
public record RouteConfig(@Nullable RouteMatch match, String cluster) {}
