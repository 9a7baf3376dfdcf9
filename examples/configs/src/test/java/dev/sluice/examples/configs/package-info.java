/** Every configuration beside this module is loaded as it is, and relays when its addresses are replaced by those of this machine. */
@NullMarked
package dev.sluice.examples.configs;

import org.jspecify.annotations.NullMarked;
