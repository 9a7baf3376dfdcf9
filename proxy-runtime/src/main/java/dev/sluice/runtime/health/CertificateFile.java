package dev.sluice.runtime.health;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** A file of certificates in PEM, one behind the other, as {@code ca} names it. Any thread. */
public final class CertificateFile {
    private CertificateFile() {}

    /**
     * The certificates of a file; at least one.
     *
     * @throws IOException if the file cannot be read or has none; the message gives the reason without the path
     */
    public static List<X509Certificate> read(Path file) throws IOException {
        List<X509Certificate> certificates = new ArrayList<>();
        try (InputStream content = Files.newInputStream(file)) {
            for (Certificate certificate : CertificateFactory.getInstance("X.509").generateCertificates(content)) {
                certificates.add((X509Certificate) certificate);
            }
        } catch (CertificateException e) {
            throw new IOException("is no file of certificates in PEM: " + e.getMessage(), e);
        }
        if (certificates.isEmpty()) {
            throw new IOException("has no certificate; needed is PEM, with a line -----BEGIN CERTIFICATE-----");
        }
        return List.copyOf(certificates);
    }
}
