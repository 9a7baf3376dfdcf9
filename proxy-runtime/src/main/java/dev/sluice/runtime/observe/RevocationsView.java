package dev.sluice.runtime.observe;

import java.security.cert.X509CRL;
import java.time.Instant;
import java.util.Date;

import org.jspecify.annotations.Nullable;

/**
 * A list of revoked certificates that a listener compares those of its clients with, as metrics show it.
 *
 * @param issuer the name of the authority that has issued it
 * @param nextUpdate the end of its validity, from which on clients of this authority are refused; null = it does not say one, and they are
 */
public record RevocationsView(String issuer, @Nullable Instant nextUpdate) {
    /** The view of a list. */
    public static RevocationsView of(X509CRL list) {
        Date end = list.getNextUpdate();
        return new RevocationsView(list.getIssuerX500Principal().getName(), end == null ? null : end.toInstant());
    }
}
