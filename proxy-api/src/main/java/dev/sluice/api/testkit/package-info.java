/**
 * A kit that tests one filter without a socket and without a test framework: every failure is a
 * {@link java.lang.AssertionError}.
 *
 * <p>{@link dev.sluice.api.testkit.TestingConnection} is a connection with this one filter: feed it bytes, FIN and RST
 * from either side, move its clock, and look at the bytes that came out. {@link dev.sluice.api.testkit.FilterKit} feeds
 * the same bytes in every {@linkplain dev.sluice.api.testkit.Segmentations segmentation} and insists on one
 * {@link dev.sluice.api.testkit.Outcome}. {@link dev.sluice.api.testkit.TestingReload} changes the configuration of a
 * filter that serves.
 *
 * <pre>{@code
 * var connection = TestingConnection.of(new BannerGuard(), new BannerGuardConfig("SSH-")).connect();
 * connection.client("SSH-2.0-x\r\n");
 * assertEquals("SSH-2.0-x\r\n", connection.forwardedText(CLIENT_TO_UPSTREAM));
 *
 * FilterKit.of(connection).sameOutcomeForEverySegmentation("SSH-2.0-x\r\n".getBytes(US_ASCII));
 * }</pre>
 *
 * <p><b>Thread.</b> A connection belongs to the thread that opened it, which stands for the event loop.
 * {@link dev.sluice.api.Suspension}s may be completed from any thread, as always, and a
 * {@link dev.sluice.api.testkit.TestingEnvironment} may be used from any thread.
 *
 * <p><b>Ownership.</b> Bytes that are fed are copied. Bytes lent to the filter are revoked after each callback.
 *
 * <p><b>Ordering.</b> A method returns when all consequences of its event have happened. Time stands still unless it is
 * moved.
 *
 * <p><b>Failure.</b> A filter that throws, or breaks the contract of {@link dev.sluice.api.ConnectionFilter}, fails the
 * test, unless the test {@linkplain dev.sluice.api.testkit.TestingConnectionBuilder#expectingFailure expects} it. A
 * test that does something no peer can do (bytes behind a FIN, answers of an endpoint that was not dialled yet) gets an
 * {@link java.lang.IllegalStateException}.
 */
@NullMarked
package dev.sluice.api.testkit;

import org.jspecify.annotations.NullMarked;
