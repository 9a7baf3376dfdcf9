/** Tests of the value types of the filter SPI. */
@NullMarked
package dev.sluice.api;

import org.jspecify.annotations.NullMarked;
