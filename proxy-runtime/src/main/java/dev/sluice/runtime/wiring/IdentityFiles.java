package dev.sluice.runtime.wiring;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;

import dev.sluice.api.config.ConfigException;
import dev.sluice.runtime.tls.Identity;
import dev.sluice.runtime.tls.pem.PemFile;

/** The files of a certificate and its key. */
final class IdentityFiles {
    private static final byte[] PROBE = new byte[32];

    private IdentityFiles() {}

    /**
     * A certificate with its key.
     *
     * @param file of the certificate and those of the authorities that signed it
     * @param keyFile of the key; may be the same
     * @param keyName the configuration key that names {@code keyFile}, for errors
     * @throws ConfigException if the two are none
     */
    static Identity read(Path file, Path keyFile, String keyName) {
        List<X509Certificate> chain;
        try {
            chain = PemFile.read(file).certificates();
        } catch (IOException e) {
            throw new ConfigException("certificate", file + " " + e.getMessage(),
                    "a file with certificates in PEM", null);
        }
        if (chain.isEmpty()) {
            throw new ConfigException("certificate", file + " has no certificate",
                    "a file with certificates in PEM", null);
        }
        PrivateKey privateKey;
        try {
            privateKey = PemFile.read(keyFile).key();
        } catch (IOException e) {
            throw new ConfigException(keyName, keyFile + " " + e.getMessage(), "a file with a private key in PEM",
                    null);
        }
        if (!fits(privateKey, chain.getFirst().getPublicKey())) {
            throw new ConfigException(keyName,
                    "the key in " + keyFile + " is not that of the first certificate in "
                            + file,
                    "the key of that certificate; the certificate itself comes first in its file", null);
        }
        for (int i = 0; i + 1 < chain.size(); i++) {
            if (!chain.get(i).getIssuerX500Principal().equals(chain.get(i + 1).getSubjectX500Principal())) {
                throw new ConfigException("certificate", "certificate " + (i + 2) + " in " + file
                        + " is not that of the authority that signed the one before",
                        "the certificate, then that of the authority that signed it, and so on", null);
            }
        }
        return Identity.of(chain, privateKey);
    }

    /** Whether a private key and a public one belong together: one checks what the other has signed. */
    private static boolean fits(PrivateKey key, PublicKey certified) {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> "EdDSA";
        };
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key, new SecureRandom());
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
