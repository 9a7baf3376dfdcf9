package dev.sluice.runtime.tls.trust;

import java.security.cert.CertificateException;

import dev.sluice.runtime.tls.Alert;
import dev.sluice.runtime.tls.TlsException;

/** The refusal of a client's certificate. */
public final class ClientCertificateException extends CertificateException {
    private static final long serialVersionUID = 1;

    private final Alert alert;

    ClientCertificateException(Alert alert, String message) {
        super(message);
        this.alert = alert;
    }

    /** The alert that the client gets, which is the kind of the refusal at the same time. */
    public Alert alert() {
        return alert;
    }

    /** The same as a failure of the handshake. */
    public TlsException failure() {
        return TlsException.violation(alert, String.valueOf(getMessage()));
    }
}
