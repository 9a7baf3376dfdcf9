/** Tests of JSON that is written. */
@NullMarked
package dev.sluice.runtime.json;

import org.jspecify.annotations.NullMarked;
