/**
 * IP addresses and ranges of them as numbers. Immutable; any thread. No method asks a resolver. Texts are read
 * strictly, and a refused text comes with the corrected value where one can be guessed.
 */
@NullMarked
package dev.sluice.api.net;

import org.jspecify.annotations.NullMarked;
