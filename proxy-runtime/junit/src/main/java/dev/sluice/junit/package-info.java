/**
 * The extension for JUnit 5 and 6: {@link dev.sluice.junit.SluiceProxy} puts a proxy with the configuration of production
 * between the client and the servers of a test, in the process of the test, and {@link dev.sluice.junit.Sluice} breaks the
 * network between them.
 *
 * <p><b>Thread.</b> Tests may run at the same time, on one proxy or on several. A {@code Sluice} may be used by any thread of
 * its test. The proxy is started, changed and closed on threads of a group of its own, so that those that it has made can be
 * counted at its end.
 *
 * <p><b>Ownership.</b> The extension closes the proxies that it has started. It belongs to a test to close its clients and
 * servers.
 *
 * <p><b>Failure.</b> A test that leaves something behind fails with an {@link java.lang.AssertionError} that says what it is;
 * what a test has done wrong with an annotation fails it with an {@code ExtensionConfigurationException} that says what is
 * allowed.
 */
@NullMarked
package dev.sluice.junit;

import org.jspecify.annotations.NullMarked;
