/**
 * Handshakes by BoringSSL, through the classes of netty-tcnative: C code in this process.
 *
 * <p><b>Secrets.</b> After TLS 1.3 the traffic secrets come from the key log, which is a public interface of the library, and the object of the
 * library is freed at once. TLS 1.2 keeps it ({@link dev.sluice.runtime.tls.boring.BoringRecords}).
 *
 * <p><b>Pointers.</b> The library checks none: a wrong one ends the process. So none leaves this package, and each has one owner:
 * {@link dev.sluice.runtime.tls.boring.NativeSsl} has that of a connection, which its loop frees, once;
 * {@link dev.sluice.runtime.tls.boring.NativeOwner}s have those that connections share, which are freed when no object of Java leads to them any
 * longer. Addresses of buffers are passed for the length of one call.
 *
 * <p><b>Thread.</b> An object of a connection is used by one thread at a time: its loop, or a worker between {@code WORK} and {@code proceed}.
 * Calls back from the library come on the thread that has called it, and throw nothing.
 *
 * <p><b>Loading.</b> The library is loaded when the first listener needs it ({@link dev.sluice.runtime.tls.boring.BoringLibrary}), and not at
 * all without. Its classes may be missing: nothing outside of this package names one.
 */
@NullMarked
package dev.sluice.runtime.tls.boring;

import org.jspecify.annotations.NullMarked;
