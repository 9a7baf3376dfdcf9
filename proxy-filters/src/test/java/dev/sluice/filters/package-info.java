/** What the tests of several filters need. */
@NullMarked
package dev.sluice.filters;

import org.jspecify.annotations.NullMarked;
