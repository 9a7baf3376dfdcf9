/**
 * Expressions that choose connections, such as {@code listener=edge and client in 10.0.0.0/8 and idle>1h}: text to a tree of conditions.
 * Pure: nothing is asked but the connection that a condition is tested on, which is a {@link
 * dev.sluice.runtime.selection.Subject}.
 *
 * <p><b>Thread.</b> A {@link dev.sluice.runtime.selection.Selection} is immutable. It is parsed by the thread that has the text, and tested on
 * event loops, where a test allocates nothing but what the subject needs for an address.
 *
 * <p><b>Failure.</b> A text that is no expression is a {@link dev.sluice.runtime.selection.SelectionException} with the place, what is
 * wrong there and what is allowed. Length, depth and number of conditions are bounded.
 */
@NullMarked
package dev.sluice.runtime.selection;

import org.jspecify.annotations.NullMarked;
