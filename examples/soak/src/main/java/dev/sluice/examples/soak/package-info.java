/** A soak of the daemon: a seeded mixture of connections and faults, whose every byte and every end is checked. */
@NullMarked
package dev.sluice.examples.soak;

import org.jspecify.annotations.NullMarked;
