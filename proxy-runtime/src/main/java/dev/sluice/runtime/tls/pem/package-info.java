/** Certificates and private keys in PEM files. Pure but for reading the files; any thread. */
@NullMarked
package dev.sluice.runtime.tls.pem;

import org.jspecify.annotations.NullMarked;
