package dev.sluice.runtime.tls.boring;

import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Locale;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.tls.Alert;
import dev.sluice.runtime.tls.ClientFlight;
import dev.sluice.runtime.tls.Handshake;
import dev.sluice.runtime.tls.LoopCiphers;
import dev.sluice.runtime.tls.Peer;
import dev.sluice.runtime.tls.RecordFormat;
import dev.sluice.runtime.tls.RecordSuite;
import dev.sluice.runtime.tls.Records;
import dev.sluice.runtime.tls.Session;
import dev.sluice.runtime.tls.TlsException;
import dev.sluice.runtime.tls.TrafficRecords;
import dev.sluice.runtime.tls.TrafficSecrets;
import dev.sluice.runtime.tls.trust.ClientCertificateException;
import dev.sluice.runtime.tls.trust.ClientTrust;
import io.netty.internal.tcnative.CertificateVerifier;
import org.jspecify.annotations.Nullable;

/**
 * A server's handshake by BoringSSL. On the connection's loop, where its steps take a fraction of a millisecond; with a long RSA key, {@link #work}
 * makes them.
 */
final class BoringHandshake implements Handshake {
    private final NativeSsl ssl;
    private final LoopCiphers ciphers;
    private final boolean slow;
    private final @Nullable ClientTrust trust;
    private final long ticketSeconds;
    private final HelloRules rules;
    /** The result of the last step; null before the first. */
    private NativeSsl.@Nullable Result result;
    /** The record for {@link #work}. */
    private @Nullable ByteBuffer record;
    private @Nullable Throwable defect;
    /** The certificate that the client has shown in this handshake. */
    private @Nullable X509Certificate client;
    private @Nullable ClientCertificateException refusal;
    private byte @Nullable [] clientSecret;
    private byte @Nullable [] serverSecret;
    private byte @Nullable [] flightSecret;
    private @Nullable ClientFlight flight;
    private int deferrable;
    /** Records that were written with the server's secret: tickets. */
    private int ticketRecords;
    private @Nullable Session session;
    /** What the library has said after a failure. */
    private byte @Nullable [] lastWords;

    /**
     * A handshake that has not begun.
     *
     * @param ciphers those of the loop
     */
    BoringHandshake(BoringContext context, LoopCiphers ciphers) {
        this.ssl = new NativeSsl(context);
        this.ciphers = ciphers;
        this.trust = context.settings().trust();
        this.rules = new HelloRules(context.settings().server().protocols(),
                context.settings().server().versions().contains(Session.TLS_13));
        this.slow = context.listener().served().isSlow();
        this.ticketSeconds = context.ticketSeconds();
        context.register(ssl.pointer(), this);
    }

    boolean rejectsUnknown() {
        return ssl.context().settings().server().rejectsUnknown();
    }

    /** Takes a line of the key log, and overwrites it. */
    void logged(byte[] line) {
        if (KeyLog.isClients(line)) {
            clientSecret = KeyLog.secret(line);
        } else if (KeyLog.isServers(line)) {
            serverSecret = KeyLog.secret(line);
        } else if (KeyLog.isOfClientsFlight(line)) {
            flightSecret = KeyLog.secret(line);
        }
        Arrays.fill(line, (byte) 0);
    }

    /** Notes what was thrown in a callback. */
    void defect(Throwable thrown) {
        defect = thrown;
    }

    /**
     * Checks the certificates of the client, for the library.
     *
     * @return a number by which the library chooses the alert
     */
    int verify(byte[][] shown) {
        ClientTrust checks = trust;
        try {
            if (checks == null) {
                return CertificateVerifier.X509_V_ERR_UNSPECIFIED;
            }
            client = checks.checkEncoded(shown);
            return CertificateVerifier.X509_V_OK;
        } catch (ClientCertificateException e) {
            refusal = e;
            return BoringFailure.number(e.alert());
        } catch (RuntimeException | Error e) {
            defect = e;
            return CertificateVerifier.X509_V_ERR_UNSPECIFIED;
        }
    }

    @Override
    public Step start(Buffer target) {
        throw new IllegalStateException("a server waits for its client");
    }

    @Override
    public Step receive(Buffer buffer, int index, int length, Buffer target) throws TlsException {
        judge(buffer, index, length);
        ssl.ticketSeconds(ticketSeconds);
        if (slow || mayCheck()) {
            byte[] copy = new byte[length];
            buffer.copyTo(index, copy, 0, length);
            record = ByteBuffer.allocateDirect(length).put(0, copy);
            return Step.WORK;
        }
        result = ssl.handshake(buffer, index, length);
        return advance(target);
    }

    /** Judges a record by the rules that the library does not have. */
    private void judge(Buffer buffer, int index, int length) throws TlsException {
        if (flight == null && flightSecret != null && serverSecret != null) {
            RecordSuite suite = RecordSuite.of(ssl.cipher());
            flight = suite == null ? null : new ClientFlight(suite, flightSecret);
        }
        if (flight == null) {
            rules.take(buffer, index, length);
        } else {
            flight.check(ciphers, buffer, index, length);
        }
    }

    /** Whether the next record may have the certificates of the client, whose check takes as long as some signatures. */
    private boolean mayCheck() {
        return trust != null && result != null && !ssl.isReused();
    }

    @Override
    public void work() {
        ByteBuffer taken = record;
        record = null;
        if (taken != null) {
            result = ssl.handshake(taken, taken.capacity());
        }
    }

    @Override
    public Step proceed(Buffer target) throws TlsException {
        return advance(target);
    }

    private Step advance(Buffer target) throws TlsException {
        deferrable = 0;
        while (true) {
            int before = target.content();
            ssl.drain(target);
            if (result == NativeSsl.Result.FAILED || result == NativeSsl.Result.CLOSED || result == null) {
                throw failure(target, before);
            }
            if (ssl.hasOutput()) {
                return Step.SEND;
            }
            switch (result) {
                case WRITE -> {
                    if (target.room() == 0) {
                        return Step.SEND;
                    }
                    result = ssl.handshake(target);
                    if (result == NativeSsl.Result.WRITE) {
                        return Step.SEND;
                    }
                }
                case DONE -> {
                    return done(target);
                }
                default -> {
                    return Step.MORE;
                }
            }
        }
    }

    private Step done(Buffer target) throws TlsException {
        Session made = session == null ? newSession() : session;
        session = made;
        if (!made.isTls13()) {
            return Step.DONE;
        }
        if (target.room() < RecordFormat.MAX_RECORD) {
            return Step.SEND;
        }
        int before = target.content();
        result = ssl.flush(target);
        if (result != NativeSsl.Result.DONE) {
            throw failure(target, before);
        }
        deferrable = target.content() - before;
        for (int at = before; at < target.content(); at += Records.length(target, at)) {
            ticketRecords++;
        }
        return Step.DONE;
    }

    /** @param from the index from which on the target has what was said after the failure */
    private TlsException failure(Buffer target, int from) {
        byte[] said = new byte[target.content() - from];
        target.copyTo(from, said, 0, said.length);
        target.truncate(from);
        lastWords = said;
        if (defect != null) {
            return TlsException.violation(Alert.INTERNAL_ERROR, "BoringSSL failed: " + defect);
        }
        if (refusal != null) {
            return refusal.failure();
        }
        return result == NativeSsl.Result.CLOSED
                ? TlsException.received(Alert.CLOSE_NOTIFY.code())
                : BoringFailure.of(ssl, said);
    }

    @Override
    public @Nullable String askedName() {
        String name = ssl.serverName();
        return name == null || name.isEmpty() ? null : name.toLowerCase(Locale.ROOT);
    }

    private Session newSession() throws TlsException {
        String protocol = ssl.protocol();
        return new Session(ssl.version(), BoringContext.iana(ssl.cipher()),
                protocol == null || protocol.isEmpty() ? null : protocol,
                askedName(), peer());
    }

    /** The client, which is checked again if it has shown its certificate in an earlier session. */
    private @Nullable Peer peer() throws TlsException {
        if (trust == null) {
            return null;
        }
        X509Certificate shown = client;
        if (ssl.isReused()) {
            byte[] encoded = ssl.peer();
            try {
                shown = encoded == null ? null : ClientTrust.certificate(encoded);
                trust.checkAgain(shown);
            } catch (ClientCertificateException e) {
                throw e.failure();
            }
        }
        return shown == null ? null : Peer.of(shown);
    }

    @Override
    public int deferrable() {
        return deferrable;
    }

    @Override
    public Session session() {
        if (session == null) {
            throw new IllegalStateException("not done");
        }
        return session;
    }

    @Override
    public Records finish() {
        Session done = session();
        RecordSuite suite = RecordSuite.of(done.suite());
        byte[] reading = clientSecret;
        byte[] writing = serverSecret;
        if (!done.isTls13() || suite == null || reading == null || writing == null) {
            ssl.context().unregister(ssl.pointer());
            wipe();
            return new BoringRecords(ssl);
        }
        TrafficSecrets secrets = new TrafficSecrets(suite, reading, 0, writing, ticketRecords);
        abandon();
        return new TrafficRecords(secrets, false);
    }

    @Override
    public void fail(Alert alert, Buffer target) {
        byte[] said = lastWords;
        if (said != null && said.length > 0) {
            target.append(said, 0, said.length);
        } else if (result == NativeSsl.Result.DONE && serverSecret == null) {
            // TLS 1.2 is encrypted by now, and the library has no call for an alert.
            ssl.shutdown(target);
        } else if (serverSecret == null) {
            // Nothing that was sent is encrypted yet.
            byte[] plain = alert.record();
            target.append(plain, 0, plain.length);
        } else {
            sealed(alert, serverSecret, target);
        }
        abandon();
    }

    /** An alert behind the server's last message of TLS 1.3; the library has no call for one that is not its own. */
    private void sealed(Alert alert, byte[] secret, Buffer target) {
        RecordSuite suite = RecordSuite.of(ssl.cipher());
        if (suite != null) {
            Records records = new TrafficRecords(new TrafficSecrets(suite, secret, 0, secret, ticketRecords), false);
            records.alert(ciphers, alert, target);
            records.end();
        }
    }

    @Override
    public void abandon() {
        if (ssl.isFreed()) {
            return;
        }
        ssl.context().unregister(ssl.pointer());
        ssl.free();
        wipe();
    }

    private void wipe() {
        if (clientSecret != null) {
            Arrays.fill(clientSecret, (byte) 0);
        }
        if (serverSecret != null) {
            Arrays.fill(serverSecret, (byte) 0);
        }
        if (flightSecret != null) {
            Arrays.fill(flightSecret, (byte) 0);
        }
        if (flight != null) {
            flight.end();
        }
        flight = null;
        flightSecret = null;
        clientSecret = null;
        serverSecret = null;
    }
}
