package dev.sluice.runtime.tls.boring;

import dev.sluice.runtime.tls.Identity;
import io.netty.internal.tcnative.SSL;
import io.netty.internal.tcnative.SSLCredential;

/** A certificate with its chain and key, in the memory of the library. Immutable; any thread. */
final class Credential extends NativeOwner {
    private final long pointer;

    /** @throws IllegalArgumentException if the library does not take the certificate or its key */
    Credential(Identity identity) {
        long chain = 0;
        long key = 0;
        long made = 0;
        try {
            chain = Pem.read(Pem.of(identity.chain()), SSL::parseX509Chain);
            key = Pem.read(Pem.of("PRIVATE KEY", identity.key().getEncoded()), bio -> SSL.parsePrivateKey(bio, null));
            made = SSLCredential.newX509();
            SSLCredential.setPrivateKey(made, key);
            SSLCredential.setCertChain(made, chain);
            pointer = made;
            made = 0;
        } catch (Exception e) {
            throw new IllegalArgumentException("BoringSSL does not take " + identity + ": " + e.getMessage(), e);
        } finally {
            if (chain != 0) {
                SSL.freeX509Chain(chain);
            }
            if (key != 0) {
                SSL.freePrivateKey(key);
            }
            free(made);
        }
        long owned = pointer;
        owns(() -> free(owned));
    }

    boolean isThere() {
        return pointer != 0;
    }

    private static void free(long credential) {
        if (credential != 0) {
            try {
                SSLCredential.free(credential);
            } catch (Exception e) {
                throw new IllegalStateException("BoringSSL", e);
            }
        }
    }

    /** Offers it to a connection, which has a reference of its own from then on. */
    void addTo(long ssl) throws Exception {
        SSL.addCredential(ssl, pointer);
    }
}
