package dev.sluice.runtime.tls.boring;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

import io.netty.internal.tcnative.Buffer;
import io.netty.internal.tcnative.SSL;

/** The form in which the library reads certificates and keys. */
final class Pem {
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[]{'\n'});

    /** A reader of an object of the library. */
    interface Parser<T> {
        T parse(long bio) throws Exception;
    }

    private Pem() {}

    /** Certificates, one behind the other. */
    static byte[] of(List<X509Certificate> certificates) throws CertificateEncodingException {
        StringBuilder all = new StringBuilder();
        for (X509Certificate certificate : certificates) {
            all.append(new String(of("CERTIFICATE", certificate.getEncoded()), StandardCharsets.US_ASCII));
        }
        return all.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** An object; in arrays, which can be overwritten. */
    static byte[] of(String label, byte[] der) {
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

    /** Lets the library read what was written here, which is overwritten. */
    static <T> T read(byte[] pem, Parser<T> parser) throws Exception {
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
