/**
 * The portable transport over {@code java.nio.channels}.
 *
 * <p>What it cannot do: hear a reset on a socket that is interested in nothing, set TCP_USER_TIMEOUT or IPV6_V6ONLY, or do without a channel and a key
 * object for each socket. The native Linux transport exists for those.
 */
@NullMarked
package dev.sluice.runtime.transport.nio;

import org.jspecify.annotations.NullMarked;
