/**
 * A proxy, an upstream and 200 clients in one JVM, and what the proxy borrowed and gave back meanwhile. Uses nothing of Sluice but the
 * embedding API. Start it with {@code examples/quickstart/run}.
 */
@NullMarked
package dev.sluice.examples.quickstart;

import org.jspecify.annotations.NullMarked;
