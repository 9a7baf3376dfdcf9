/** Plugins as files, made while the tests run: what loads, what is refused, and what is left of it. */
@NullMarked
package dev.sluice.runtime.plugin;

import org.jspecify.annotations.NullMarked;
