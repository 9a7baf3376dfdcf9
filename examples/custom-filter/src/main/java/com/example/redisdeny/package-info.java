/**
 * The filter type {@code redis-deny}: closes connections that send a Redis command which operators do not allow, such
 * as {@code FLUSHALL}. It sees the bytes of clients, and reads as much of the protocol (RESP, the requests of
 * redis.io/docs/reference/protocol-spec) as it needs to find the name of each command.
 *
 * <p><b>Thread.</b> A filter belongs to its connection's event loop; the configuration is immutable and shared.
 *
 * <p><b>Ownership.</b> Between two callbacks a filter remembers a state and two numbers. An incomplete name is held by
 * the proxy, not here; values are forwarded as they arrive, however long they are.
 *
 * <p><b>Ordering.</b> Commands before the denied one are forwarded, also those in the same read.
 *
 * <p><b>Failure.</b> Bytes that are not a request of Redis are refused too: a filter cannot deny commands that it
 * cannot read.
 */
@NullMarked
package com.example.redisdeny;

import org.jspecify.annotations.NullMarked;
