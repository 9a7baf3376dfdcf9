/**
 * Tests of a program behind the proxy, with real sockets and only the embedding API of Sluice. Copy the parts that you
 * need.
 */
@NullMarked
package dev.sluice.examples.embedded;

import org.jspecify.annotations.NullMarked;
