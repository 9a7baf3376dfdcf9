/** Tests of counters, metrics and access log; {@link dev.sluice.runtime.observe.TestingProxyView} serves the admin tests too. */
@NullMarked
package dev.sluice.runtime.observe;

import org.jspecify.annotations.NullMarked;
