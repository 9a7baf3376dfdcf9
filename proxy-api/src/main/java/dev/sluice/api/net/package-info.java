/**
 * IP addresses as numbers. Immutable; any thread. Nothing here asks a resolver; texts are read strictly, and what is refused comes with the
 * corrected value where one can be told.
 */
@NullMarked
package dev.sluice.api.net;

import org.jspecify.annotations.NullMarked;
