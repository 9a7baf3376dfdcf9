/**
 * The interfaces between filters and the proxy. Start at {@link dev.sluice.api.FilterProvider}; {@link dev.sluice.api.testkit} tests a filter without a
 * socket.
 *
 * <p><b>Thread.</b> Providers and factories are called from any thread. A {@link dev.sluice.api.ConnectionFilter} and everything it is given
 * belong to the event loop of its connection; only {@link dev.sluice.api.Suspension} may be used from others.
 *
 * <p><b>Ownership.</b> A connection owns a buffer only while bytes are moving through it. So {@link dev.sluice.api.BorrowedBytes} are lent for one
 * callback; a filter counts what may pass, and what it has to know later it copies or {@linkplain dev.sluice.api.ConnectionContext#retain retains}.
 *
 * <p><b>Ordering.</b> Filters see bytes in the order of the configuration, in both directions: filter <i>i</i> sees what filter <i>i-1</i> has
 * forwarded and it has not. Nobody sees a byte twice that it has forwarded.
 *
 * <p><b>Failure.</b> Whatever a filter throws costs its own connection, which ends with {@link dev.sluice.api.CloseReason#FILTER_FAILED} and the name
 * of the filter. The Java module system is hygiene, not a sandbox: a plugin can do whatever the process can. Install none you would not run.
 *
 * <p><b>One way each.</b> Results are enums ({@link dev.sluice.api.ConnectDecision}, {@link dev.sluice.api.DataAction}); reasons, routes, waits and last
 * bytes are verbs of {@link dev.sluice.api.ConnectionContext}. Only whoever answers a {@link dev.sluice.api.Suspension} has no context, and says all of it in
 * an {@link dev.sluice.api.Answer}.
 *
 * <p><b>Reserved.</b> These names are kept for what is to come, and have no meaning yet: {@code ConnectionInfo.tls},
 * {@code ConnectionContext.finish}, {@code FilterFactory.explain}, {@code FilterFactory.inherit}, and the placement of a filter on the wire or in the
 * plain text of a TLS connection. An implementation should not have methods of these names.
 *
 * <p><b>Versions.</b> This module follows semantic versioning; what is {@link dev.sluice.api.Incubating} may change in a minor version.
 */
@NullMarked
package dev.sluice.api;

import org.jspecify.annotations.NullMarked;
