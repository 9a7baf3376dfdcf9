/**
 * The question whether a connection that this proxy dials reaches one of its own listeners, and comes back. Pure: addresses in, answers out; neither
 * the machine nor a resolver is asked. Used where a configuration is checked, and where a server starts and knows its machine.
 *
 * <p><b>Thread.</b> One at a time.
 */
@NullMarked
package dev.sluice.runtime.selfdial;

import org.jspecify.annotations.NullMarked;
