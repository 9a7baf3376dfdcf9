package dev.sluice.runtime.tls.boring;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;

import dev.sluice.runtime.tls.Identity;
import io.netty.internal.tcnative.Buffer;
import io.netty.internal.tcnative.SSL;
import io.netty.internal.tcnative.SSLCredential;

/** A certificate with its chain and key, in the memory of the library. Immutable; any thread. */
final class Credential extends NativeOwner {
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[]{'\n'});

    private final long pointer;

    /** @throws IllegalArgumentException if the library does not take the certificate or its key */
    Credential(Identity identity) {
        long chain = 0;
        long key = 0;
        long made = 0;
        try {
            chain = fromPem(chainOf(identity), SSL::parseX509Chain);
            key = fromPem(pem("PRIVATE KEY", identity.key().getEncoded()), bio -> SSL.parsePrivateKey(bio, null));
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

    private static byte[] chainOf(Identity identity) throws CertificateEncodingException {
        StringBuilder all = new StringBuilder();
        for (X509Certificate certificate : identity.chain()) {
            all.append(new String(pem("CERTIFICATE", certificate.getEncoded()), StandardCharsets.US_ASCII));
        }
        return all.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** An object in PEM; in arrays, which can be overwritten. */
    private static byte[] pem(String label, byte[] der) {
        byte[] text = LINES.encode(der);
        byte[] begin = ("-----BEGIN " + label + "-----\n").getBytes(StandardCharsets.US_ASCII);
        byte[] end = ("\n-----END " + label + "-----\n").getBytes(StandardCharsets.US_ASCII);
        byte[] all = new byte[begin.length + text.length + end.length];
        System.arraycopy(begin, 0, all, 0, begin.length);
        System.arraycopy(text, 0, all, begin.length, text.length);
        System.arraycopy(end, 0, all, begin.length + text.length, end.length);
        Arrays.fill(text, (byte) 0);
        Arrays.fill(der, (byte) 0);
        return all;
    }

    /** Reads an object of the library. */
    private interface Parser {
        long parse(long bio) throws Exception;
    }

    private static long fromPem(byte[] pem, Parser parser) throws Exception {
        ByteBuffer direct = ByteBuffer.allocateDirect(pem.length);
        direct.put(0, pem);
        long bio = SSL.newMemBIO();
        try {
            if (SSL.bioWrite(bio, Buffer.address(direct), pem.length) != pem.length) {
                throw new IllegalStateException("no memory for a certificate");
            }
            // A parser takes an error that another call has left for its own.
            SSL.clearError();
            return parser.parse(bio);
        } finally {
            SSL.freeBIO(bio);
            Arrays.fill(pem, (byte) 0);
            direct.put(0, pem);
            Reference.reachabilityFence(direct);
        }
    }
}
