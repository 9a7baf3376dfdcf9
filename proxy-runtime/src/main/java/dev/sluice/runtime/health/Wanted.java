package dev.sluice.runtime.health;

import java.net.SocketAddress;

/**
 * A check that is wanted for an endpoint.
 *
 * @param address of the endpoint
 * @param settings of the check
 * @param target the receiver of the results; an equal one that is there already goes on undisturbed
 */
public record Wanted(SocketAddress address, CheckSettings settings, CheckTarget target) {}
