/**
 * The admin interface: HTTP with JSON answers on a loopback address, on a Unix socket, or with a token on any address.
 *
 * <p><b>Thread.</b> One thread ({@code sluice-admin}) accepts; each connection and each request has a virtual thread. Nothing here runs on
 * an event loop, and no thread keeps the JVM alive. {@link dev.sluice.runtime.observe.ProxyView} and {@link
 * dev.sluice.runtime.admin.AdminCommands} are called from these threads.
 *
 * <p><b>Ownership.</b> {@link dev.sluice.runtime.admin.AdminServer} owns its sockets, its threads and the file of its Unix socket, and gives
 * all of them back in {@code close()}.
 *
 * <p><b>Ordering.</b> Requests on different connections are answered in any order; a slow one delays no other.
 *
 * <p><b>Failure.</b> At most {@link dev.sluice.runtime.admin.AdminServer#MAX_CONNECTIONS} connections are open; one more closes the oldest,
 * so that clients which never finish push each other out and not a request that takes milliseconds. A request has 10 s and 64 KiB. When the
 * process has no file descriptor left, a few kept in reserve let requests through one after the other.
 *
 * <p><b>Decisions.</b>
 * <ol>
 * <li>{@code jdk.httpserver} speaks HTTP. Its bounds (connections, request time, header size) are system properties, which an embedded
 * proxy must not set for its host: so they are enforced here, around it. A bridge accepts on the public address and copies to the HTTP
 * server on a loopback port of the kernel's choice. That costs two descriptors more per admin connection, and gives TCP and Unix sockets,
 * which {@code jdk.httpserver} cannot listen on, the same code, an exact bound, and an accept that survives EMFILE (that of {@code
 * jdk.httpserver} spins). Listening with it directly on TCP and through a bridge on Unix sockets lost: two behaviours to test.
 * <li>The port behind the bridge is of no use to others: the HTTP server answers only connections whose remote port the bridge has made
 * itself. What a local user who finds the port can still do is what he can do to any loopback port: hold connections open. They end
 * after 10 s (something sent) or 40 s (nothing sent).
 * <li>Requests that a browser may have been tricked into are refused: a Host that is no loopback name (DNS rebinding), an Origin other than
 * the Host, a {@code Sec-Fetch-Site} that says cross-site. Where other machines reach the address, an IP address is allowed as Host too: a
 * load balancer names one, and DNS rebinding needs a name.
 * <li>An address that other machines reach needs a token, which each request but those of health checks brings. A request with the token is
 * checked no further: no foreign page has it. There is no cookie and no password of HTTP, which a browser would send by itself.
 * <li>A reload runs elsewhere. Its request waits for it, less long than a request may take, and is otherwise answered with the place of the
 * result; so no deadline of HTTP ends a reload.
 * </ol>
 */
@NullMarked
package dev.sluice.runtime.admin;

import org.jspecify.annotations.NullMarked;
