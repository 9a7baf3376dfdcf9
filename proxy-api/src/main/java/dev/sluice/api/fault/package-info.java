/**
 * Faults that are injected into connections, to see how clients and servers bear them: what a fault is, and how those of
 * a running filter are changed. The filter type {@code fault} injects them. Immutable; any thread.
 */
@NullMarked
package dev.sluice.api.fault;

import org.jspecify.annotations.NullMarked;
