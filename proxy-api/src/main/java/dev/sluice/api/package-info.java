/**
 * The interfaces between filters and the proxy. {@link dev.sluice.api.FilterProvider} is the place to start;
 * {@link dev.sluice.api.testkit} tests a filter without a socket.
 *
 * <p><b>Thread.</b> Providers and factories are called from any thread. A {@link dev.sluice.api.ConnectionFilter} and
 * all objects given to it belong to the event loop of its connection; only {@link dev.sluice.api.Suspension},
 * {@link dev.sluice.api.Counter} and {@link dev.sluice.api.FilterEnvironment} may be used from other threads.
 *
 * <p><b>Ownership.</b> A connection owns a buffer only while bytes are moving through it. So
 * {@link dev.sluice.api.BorrowedBytes} are lent for one callback. A filter counts the bytes that may pass; bytes that
 * it needs later it copies or {@linkplain dev.sluice.api.ConnectionContext#retain retains}.
 *
 * <p><b>Ordering.</b> Filters see bytes in the order of the configuration, in both directions: filter <i>i</i> sees the
 * bytes that filter <i>i-1</i> has forwarded and that it has not forwarded itself. No filter sees a byte again that it
 * has forwarded.
 *
 * <p><b>Failure.</b> An exception from a filter costs its own connection only, which ends with
 * {@link dev.sluice.api.CloseReason#FILTER_FAILED} and the name of the filter. The Java module system is hygiene, not a
 * sandbox: a plugin can do everything that the process can. Install only plugins that you trust.
 *
 * <p><b>One way each.</b> Results are enums ({@link dev.sluice.api.ConnectDecision},
 * {@link dev.sluice.api.DataAction}). Reasons, routes, waits and last bytes are given by methods of
 * {@link dev.sluice.api.ConnectionContext}. The answer to a {@link dev.sluice.api.Suspension} comes from code without a
 * context, so an {@link dev.sluice.api.Answer} carries all of them.
 *
 * <p><b>Reserved.</b> These names are kept for later versions and have no meaning yet: {@code ConnectionInfo.tls},
 * {@code ConnectionContext.finish}, {@code FilterFactory.explain}, {@code FilterFactory.inherit}, and the placement of
 * a filter before or after TLS. An implementation should not have methods of these names.
 *
 * <p><b>Versions.</b> This module follows semantic versioning; parts marked {@link dev.sluice.api.Incubating} may
 * change in a minor version.
 */
@NullMarked
package dev.sluice.api;

import org.jspecify.annotations.NullMarked;
