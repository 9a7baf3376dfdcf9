/** Real peers, a real proxy, and the ledger that every test has to leave at zero. */
@NullMarked
package dev.sluice.runtime.testing;

import org.jspecify.annotations.NullMarked;
