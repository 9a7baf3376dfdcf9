/** Sluice beside its peers: the same traffic through each, in one run, and what it cost. */
@NullMarked
package dev.sluice.examples.benchmarks;

import org.jspecify.annotations.NullMarked;
