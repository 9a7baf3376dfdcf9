/**
 * The objects that one configuration generation consists of: clusters, and the rules of each listener, with their filters. The only user of
 * Guice, which sees instances and lambdas only: domain classes have plain constructors, so no flag, no {@code opens} and no annotation is
 * needed.
 *
 * <p><b>Guice</b> is here to resolve one generation: each part is made once, after the parts that it needs, whatever the order in which they
 * are bound, and an unbound part fails the build of the generation rather than a connection. The engine that runs generations opens and closes
 * sockets, threads and memory in an order of its own, forwards and backwards; that order is written out there, and a container that makes
 * objects on demand would hide it.
 *
 * <p><b>What outlives a generation</b> (limits, counters, beliefs, quarantines, ids) is in {@link dev.sluice.runtime.wiring.Running}, by name. Nothing
 * else here constructs such a state: it asks for it.
 *
 * <p><b>What stays the same</b> from one generation to the next is the same object: filters with what they have counted
 * ({@code SharedFactory}), settings of listeners, sets of endpoints. {@link dev.sluice.runtime.wiring.GenerationBuilder} gets the generation
 * before, and decides that.
 *
 * <p><b>Thread.</b> Building runs on the caller's thread, never on an event loop. A {@link dev.sluice.runtime.wiring.Generation} is
 * immutable.
 *
 * <p><b>Failure.</b> A configuration that was validated can be built; anything else is a defect and throws.
 */
@NullMarked
package dev.sluice.runtime.wiring;

import org.jspecify.annotations.NullMarked;
