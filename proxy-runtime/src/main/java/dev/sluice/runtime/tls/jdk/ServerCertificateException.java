package dev.sluice.runtime.tls.jdk;

import java.security.cert.CertificateException;

/** The refusal of a server's certificate. Its message has all that an operator needs, and its causes add nothing. */
final class ServerCertificateException extends CertificateException {
    private static final long serialVersionUID = 1;

    ServerCertificateException(String message, CertificateException cause) {
        super(message, cause);
    }
}
