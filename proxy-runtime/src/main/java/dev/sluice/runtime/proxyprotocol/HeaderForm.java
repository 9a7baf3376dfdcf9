package dev.sluice.runtime.proxyprotocol;

import org.jspecify.annotations.Nullable;

/** The form of one version of the header, which reads it byte by byte. */
interface HeaderForm {
    /**
     * Takes the next byte of a header that is not complete.
     *
     * @return the problem: what was there, and what is allowed; null if a valid header can begin so
     */
    @Nullable
    String accept(int value);

    /** The length of the shortest rest that completes the header; 0 if it is complete. */
    int missing();

    /** The header, which is complete. */
    ProxyHeader header();
}
