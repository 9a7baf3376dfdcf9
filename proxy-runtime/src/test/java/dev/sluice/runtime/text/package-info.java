/** Tests of texts made fit to be shown. */
@NullMarked
package dev.sluice.runtime.text;

import org.jspecify.annotations.NullMarked;
