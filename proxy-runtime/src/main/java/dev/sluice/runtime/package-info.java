/**
 * The embedding API: builds a proxy from a configuration and its filters, starts, watches, drains and closes it.
 *
 * {@snippet :
 * try (ProxyServer proxy = ProxyServer.builder().config(Path.of("sluice.yaml")).start()) {
 *     SocketAddress edge = proxy.address("edge");
 * }
 * }
 *
 * <p><b>Thread.</b> Everything here may be used from any thread, except from the proxy's own event loops; builders and
 * loaders by one at a time. Several servers in one JVM are independent: there is no global state.
 *
 * <p><b>Ownership.</b> A server owns its threads, sockets and direct memory; after
 * {@link dev.sluice.runtime.ProxyServer#close} none is left. It also owns the plugins that it has read; those of a
 * {@link dev.sluice.runtime.ProxyConfig} live as long as it is reachable.
 *
 * <p><b>Failure.</b> An invalid configuration is reported by a {@link dev.sluice.runtime.ConfigurationException} with
 * every problem in it, a refusal of the operating system (an address in use, too few descriptors) by a
 * {@link dev.sluice.runtime.StartException}. In both cases nothing has been started.
 */
@NullMarked
package dev.sluice.runtime;

import org.jspecify.annotations.NullMarked;
