package dev.sluice.runtime.health;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;

import dev.sluice.runtime.text.Printable;

/** The TLS handshake of a check, and the orderly end after it. One thread. */
final class TlsClient {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SSLEngine engine;
    private final boolean verify;
    private final CheckSocket socket;
    private final ByteBuffer received;
    private final ByteBuffer sent;
    private final ByteBuffer plain;

    /**
     * A client that has not begun.
     *
     * @param verify whether the certificate has to be valid
     */
    TlsClient(SSLEngine engine, boolean verify, CheckSocket socket) {
        this.verify = verify;
        this.engine = engine;
        this.socket = socket;
        this.received = ByteBuffer.allocate(engine.getSession().getPacketBufferSize()).flip();
        this.sent = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        this.plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
    }

    /**
     * Shakes hands, and checks the certificate as the engine's context demands.
     *
     * @throws CheckException if the handshake failed
     * @throws IOException if the connection broke
     */
    void handshake() throws IOException, CheckException {
        try {
            engine.beginHandshake();
            while (step()) {
                // Until the handshake is over.
            }
        } catch (SSLException e) {
            sendAlert();
            throw new CheckException(CheckResult.TLS, reason(e));
        }
        if (verify) {
            checkDates();
        }
        // The next check is to see the certificate of that moment, and not to resume this session.
        engine.getSession().invalidate();
    }

    /** Refuses a certificate that is out of date. The trust manager does not if the certificate itself is among the trusted ones. */
    private void checkDates() throws SSLException, CheckException {
        try {
            ((X509Certificate) engine.getSession().getPeerCertificates()[0]).checkValidity();
        } catch (CertificateException e) {
            throw new CheckException(CheckResult.TLS, reason(e));
        }
    }

    /** Does what the engine needs next. @return whether the handshake goes on */
    private boolean step() throws IOException, CheckException {
        switch (engine.getHandshakeStatus()) {
            case NEED_TASK -> {
                for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                    task.run();
                }
            }
            case NEED_WRAP -> send();
            case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> receive();
            case FINISHED, NOT_HANDSHAKING -> {
                return false;
            }
        }
        return true;
    }

    private void send() throws IOException {
        sent.clear();
        engine.wrap(NOTHING, sent);
        socket.write(sent.flip());
    }

    private void receive() throws IOException, CheckException {
        plain.clear();
        SSLEngineResult result = engine.unwrap(received, plain);
        if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
            throw closed();
        }
        if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW && !receiveMore()) {
            throw closed();
        }
    }

    private static CheckException closed() {
        return new CheckException(CheckResult.CLOSED, "connection closed during the TLS handshake");
    }

    /** Sends the engine's reason to the peer, whose log can name it then. */
    private void sendAlert() {
        try {
            while (!engine.isOutboundDone()
                    && engine.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NEED_WRAP) {
                send();
            }
        } catch (IOException gone) {
            // The check has failed already.
        }
    }

    /** Sends plaintext. */
    void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            sent.clear();
            engine.wrap(bytes, sent);
            socket.write(sent.flip());
        }
    }

    /** Waits for plaintext, and appends it. @return whether there is more; false = the peer has ended its stream */
    boolean read(ByteBuffer into) throws IOException, CheckException {
        try {
            while (true) {
                plain.clear();
                SSLEngineResult result = engine.unwrap(received, plain);
                for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                    task.run();
                }
                if (plain.position() > 0) {
                    plain.flip();
                    // Answers are short; what is behind their beginning is not looked at.
                    plain.limit(Math.min(plain.limit(), into.remaining()));
                    into.put(plain);
                    return true;
                }
                if (result.getStatus() == SSLEngineResult.Status.CLOSED
                        || (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW && !receiveMore())) {
                    return false;
                }
            }
        } catch (SSLException e) {
            throw new CheckException(CheckResult.TLS, reason(e));
        }
    }

    /** @return false = the end of the stream */
    private boolean receiveMore() throws IOException, CheckException {
        received.compact();
        if (!received.hasRemaining()) {
            throw new CheckException(CheckResult.TLS, "TLS handshake failed: a record that is too long");
        }
        int read = socket.read(received);
        received.flip();
        return read >= 0;
    }

    /** Ends the session, so that the peer sees no truncated stream. */
    void close() throws IOException {
        engine.closeOutbound();
        send();
    }

    private static String reason(Exception e) {
        String reason = "TLS handshake failed: " + message(e);
        // From the general to the particular.
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            reason = switch (cause) {
                case CertificateExpiredException expired -> "the certificate has expired: " + message(expired);
                case CertificateNotYetValidException early -> "the certificate is not yet valid: " + message(early);
                case CertificateException refused -> "the certificate is refused: " + message(refused);
                case CertPathBuilderException unknown ->
                    "the certificate is from no trusted authority: " + message(unknown);
                default -> reason;
            };
        }
        return reason;
    }

    private static String message(Throwable e) {
        return Printable.sentence(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
    }
}
