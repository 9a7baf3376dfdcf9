/**
 * Trust in the certificates of peers, for every engine: plain values, and checks that take as long as some signatures and therefore belong on
 * a worker. Pure: nothing is read, and nothing is fetched. Any thread.
 */
@NullMarked
package dev.sluice.runtime.tls.trust;

import org.jspecify.annotations.NullMarked;
