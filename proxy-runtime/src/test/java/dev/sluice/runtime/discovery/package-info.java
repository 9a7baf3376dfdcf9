@NullMarked
package dev.sluice.runtime.discovery;

import org.jspecify.annotations.NullMarked;
