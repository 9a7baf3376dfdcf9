/** Tests of the documentation: each page of {@code docs/} is compared with the program by a class of its own. */
@NullMarked
package dev.sluice.dist.docs;

import org.jspecify.annotations.NullMarked;
