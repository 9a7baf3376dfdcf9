/** Helpers for the tests of several filters. */
@NullMarked
package dev.sluice.filters;

import org.jspecify.annotations.NullMarked;
