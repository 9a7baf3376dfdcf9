/**
 * A configuration as records that declare their own keys, as the record of a filter does ({@link dev.sluice.api.config}): a component is a key, its
 * annotations are default, bounds and description. Components of type {@code ConfigPlace} are no keys: they are the place of the record.
 *
 * <p><b>Thread.</b> Everything here is immutable and may be used from any thread.
 *
 * <p><b>Ownership.</b> Nothing here owns a resource. A {@code FilterConfig} refers to its plugin's classes, and by its place to the text of the
 * file: a configuration that is kept keeps both. Addresses are IP addresses or paths of Unix sockets that were written as such: no name
 * was looked up to make them, and {@link java.net.InetSocketAddress#getHostName()} must not be called on them, because it would ask the
 * resolver; {@link java.net.InetSocketAddress#getHostString()} does not.
 *
 * <p><b>Failure.</b> A record that came from {@code ConfigLoader} holds the promises of its Javadoc. The records themselves check nothing: what
 * depends on several keys is checked by {@code config}, which knows which of them were written, and where.
 */
@NullMarked
package dev.sluice.runtime.config.model;

import org.jspecify.annotations.NullMarked;
