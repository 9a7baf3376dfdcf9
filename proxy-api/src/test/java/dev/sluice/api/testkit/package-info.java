/** The test kit under test: filters that break a rule are caught, filters that obey are not. */
@NullMarked
package dev.sluice.api.testkit;

import org.jspecify.annotations.NullMarked;
