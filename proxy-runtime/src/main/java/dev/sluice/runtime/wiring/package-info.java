/**
 * Builds what one configuration generation consists of: clusters, and a service for each listener. The only user of Guice, which sees
 * instances and lambdas only: domain classes have plain constructors, so no flag, no {@code opens} and no annotation is needed.
 *
 * <p><b>Thread.</b> Building runs on the caller's thread, never on an event loop. A {@link dev.sluice.runtime.wiring.Generation} is
 * immutable.
 *
 * <p><b>Failure.</b> A configuration that was validated can be built; anything else is a defect and throws.
 */
@NullMarked
package dev.sluice.runtime.wiring;

import org.jspecify.annotations.NullMarked;
