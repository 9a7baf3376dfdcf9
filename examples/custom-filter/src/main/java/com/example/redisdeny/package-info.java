/**
 * The filter type {@code redis-deny}: closes connections that send a Redis command which operators do not want to see, such as
 * {@code FLUSHALL}. It sees what clients send, and reads as much of the protocol (RESP, the requests of redis.io/docs/reference/protocol-spec) as it
 * takes to find each command's name.
 *
 * <p><b>Thread.</b> A filter belongs to its connection's event loop; the configuration is immutable and shared.
 *
 * <p><b>Ownership.</b> What a filter remembers between two callbacks is a state and two numbers. A name that is not complete yet is held by the
 * proxy, not here; values are forwarded as they come, however long they are.
 *
 * <p><b>Ordering.</b> Commands before the denied one are forwarded, also those in the same read.
 *
 * <p><b>Failure.</b> What is not a request of Redis is refused too: whoever cannot read a command cannot deny it.
 */
@NullMarked
package com.example.redisdeny;

import org.jspecify.annotations.NullMarked;
