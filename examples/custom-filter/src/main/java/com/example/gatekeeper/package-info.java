/**
 * The filter type {@code gatekeeper}: asks a service whether a client may connect. An example of a
 * {@link dev.sluice.api.Suspension}.
 *
 * <p>The service is a TCP server. It reads the address of a client and a line feed, and answers with {@code +} (the client may
 * connect) or any other byte.
 *
 * <p><b>Thread.</b> A filter must not block its event loop. It creates a suspension, leaves the question to a thread of
 * {@link dev.sluice.api.FilterEnvironment#executor}, and returns; that thread completes the suspension. Nothing is read from the client
 * meanwhile.
 *
 * <p><b>Failure.</b> A service that cannot be reached, or does not answer in time, refuses the client.
 */
@NullMarked
package com.example.gatekeeper;

import org.jspecify.annotations.NullMarked;
