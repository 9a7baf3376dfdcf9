/** How a program behaves behind the proxy, tested with real sockets and nothing of Sluice but its embedding API. Copy what you need. */
@NullMarked
package dev.sluice.examples.embedded;

import org.jspecify.annotations.NullMarked;
