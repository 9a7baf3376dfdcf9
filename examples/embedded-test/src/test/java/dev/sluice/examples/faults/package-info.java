/**
 * Clients behind a network that fails: the first lines of such tests, to be copied. The servers are small ones of these
 * tests ({@code Testing…}), so that nothing has to be installed; in your project they are your own.
 */
@NullMarked
package dev.sluice.examples.faults;

import org.jspecify.annotations.NullMarked;
