/** The embedding API. */
@NullMarked
package dev.sluice.runtime;

import org.jspecify.annotations.NullMarked;
