/** Text from outside, made fit to be shown. Pure functions; any thread. */
@NullMarked
package dev.sluice.runtime.text;

import org.jspecify.annotations.NullMarked;
