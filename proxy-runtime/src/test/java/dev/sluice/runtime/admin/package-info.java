/** Tests of the admin interface over real sockets. */
@NullMarked
package dev.sluice.runtime.admin;

import org.jspecify.annotations.NullMarked;
