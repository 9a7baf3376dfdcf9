/** Tests of the values that configurations are made of. */
@NullMarked
package dev.sluice.api.config;

import org.jspecify.annotations.NullMarked;
