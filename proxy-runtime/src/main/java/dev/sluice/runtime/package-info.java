/**
 * The embedding API: build a proxy from a configuration and the filters it names, start it, ask it, drain it, close it.
 *
 * {@snippet :
 * try (ProxyServer proxy = ProxyServer.builder().config(Path.of("sluice.yaml")).start()) {
 *     SocketAddress edge = proxy.address("edge");
 * }
 * }
 *
 * <p><b>Thread.</b> Everything here may be used from any thread, except from the proxy's own event loops. Several servers live in one JVM
 * without knowing of each other: there is no global state.
 *
 * <p><b>Ownership.</b> A server owns its threads, sockets and direct memory; after {@link dev.sluice.runtime.ProxyServer#close} none is
 * left. Plugins that it has read belong to it, too; those of a {@link dev.sluice.runtime.ProxyConfig} live as long as that is reachable.
 *
 * <p><b>Failure.</b> A configuration that is refused is a {@link dev.sluice.runtime.ConfigurationException} with every problem in it; a
 * system that refuses (an address in use, too few descriptors) is a {@link dev.sluice.runtime.StartException}. In both cases nothing has
 * been started.
 */
@NullMarked
package dev.sluice.runtime;

import org.jspecify.annotations.NullMarked;
