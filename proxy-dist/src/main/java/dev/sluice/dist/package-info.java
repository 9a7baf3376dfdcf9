/** The command line. */
@NullMarked
package dev.sluice.dist;

import org.jspecify.annotations.NullMarked;
