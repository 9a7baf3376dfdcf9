package dev.sluice.runtime.wiring;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;

import dev.sluice.api.config.ConfigException;
import dev.sluice.runtime.config.FileStamp;
import dev.sluice.runtime.config.model.TerminatedTls;
import dev.sluice.runtime.text.FileErrors;
import dev.sluice.runtime.tls.Identity;
import dev.sluice.runtime.tls.boring.BoringTls;
import dev.sluice.runtime.tls.pem.PemFile;
import org.jspecify.annotations.Nullable;

/** The files of certificates and their keys. */
final class IdentityFiles {
    private static final byte[] PROBE = new byte[32];

    private IdentityFiles() {}

    /**
     * Reads an entry of a listener's certificates.
     *
     * @param identities gets the certificate, or those of a directory
     * @param files gets the files that were read, also if they are refused
     * @throws ConfigException if one cannot be used
     */
    static void read(TerminatedTls.Certificate config, List<Identity> identities, Map<Path, FileStamp> files) {
        Path passwordFile = config.keyPasswordFile().orElse(null);
        if (passwordFile != null) {
            files.put(passwordFile, FileStamp.of(passwordFile));
        }
        // Its state changes with each file that comes or goes.
        config.directory().ifPresent(directory -> files.put(directory, FileStamp.of(directory)));
        List<CertificateDirectory.Pair> pairs = pairs(config);
        for (CertificateDirectory.Pair pair : pairs) {
            files.put(pair.certificate(), FileStamp.of(pair.certificate()));
            files.put(pair.key(), FileStamp.of(pair.key()));
        }
        if (config.directory().isEmpty()) {
            CertificateDirectory.Pair pair = pairs.getFirst();
            identities.add(read(pair.certificate(), pair.key(), config.key().isPresent() ? "key" : "certificate",
                    passwordFile));
            return;
        }
        for (CertificateDirectory.Pair pair : pairs) {
            try {
                identities.add(read(pair.certificate(), pair.key(), "directory", passwordFile));
            } catch (ConfigException e) {
                throw new ConfigException("keyPasswordFile".equals(e.key()) ? e.key() : "directory", e.what(),
                        e.allowed(), null);
            }
        }
    }

    /**
     * The files of an entry: one pair, or those of a directory.
     *
     * @throws ConfigException if the directory cannot be read
     */
    static List<CertificateDirectory.Pair> pairs(TerminatedTls.Certificate config) {
        Path certificate = config.certificate().orElse(null);
        return certificate == null
                ? CertificateDirectory.pairs(config.directory().orElseThrow())
                : List.of(new CertificateDirectory.Pair(certificate, config.key().orElse(certificate)));
    }

    /**
     * A certificate with its key.
     *
     * @param file of the certificate and those of the authorities that signed it
     * @param keyFile of the key; may be the same
     * @param keyName the configuration key that names {@code keyFile}, for errors
     * @throws ConfigException if the two are none
     */
    static Identity read(Path file, Path keyFile, String keyName) {
        return read(file, keyFile, keyName, null);
    }

    private static Identity read(Path file, Path keyFile, String keyName, @Nullable Path passwordFile) {
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
            PemFile pem = PemFile.read(keyFile);
            privateKey = passwordFile == null || !pem.hasEncryptedKey()
                    ? pem.key()
                    : pem.key(password(passwordFile));
        } catch (IOException e) {
            String allowed = !keyFile.equals(file)
                    ? "a file with a private key in PEM"
                    : "directory".equals(keyName)
                            ? "a file NAME.key with its private key beside it, or the key in the same file"
                            : "key: FILE beside certificate, with its private key in PEM; or both in one file";
            throw new ConfigException(keyName, keyFile + " " + e.getMessage(), allowed, null);
        }
        if (!BoringTls.takes(chain, privateKey) && !fits(privateKey, chain.getFirst().getPublicKey())) {
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

    private static char[] password(Path file) {
        try {
            // A line end is the editor's, and blanks may be part of it.
            return Files.readString(file, StandardCharsets.UTF_8).replaceFirst("\\R\\z", "").toCharArray();
        } catch (IOException e) {
            throw new ConfigException("keyPasswordFile", file + " cannot be read: " + FileErrors.reason(e),
                    "a file with the password of the private key", null);
        }
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
