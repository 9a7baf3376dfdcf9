/** Tests of the extension, by tests that use it and by classes that are run as a build would run them. */
@NullMarked
package dev.sluice.junit;

import org.jspecify.annotations.NullMarked;
