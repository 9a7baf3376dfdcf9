package dev.sluice.runtime.tls.jdk;

import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.tls.Alert;
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
import org.jspecify.annotations.Nullable;

/** A handshake by the engine of the JDK. On the connection's loop, but for {@link #work}. */
final class JdkHandshake implements Handshake {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final byte FATAL = 2;

    private final SSLEngine engine;
    private final LoopCiphers scratch;
    private final @Nullable EngineSecrets secrets;
    /** Whether the engine is kept until tickets may have come, which only it understands. */
    private final boolean awaitsTickets;
    private final Served served;
    /** Whether the engine has thrown, and has an alert of its own. */
    private boolean engineFailed;
    private int deferrable;
    /** Whether {@link #work} is to begin; on one thread at a time. */
    private boolean begins;
    /** The session that is being made, as far as it is known: an engine that has failed has forgotten it. */
    private @Nullable SSLSession making;
    /** The secret that protects an alert of a server behind its part of the handshake; null = not yet, or not known. */
    private byte @Nullable [] alertSecret;
    private boolean done;
    /** A failure of {@link #work}, which happens on another thread, before {@link #proceed}. */
    private volatile @Nullable Throwable failure;

    /**
     * The part of a server in a handshake.
     *
     * @param trust in the certificate of the client; null = none is asked for
     * @param asked the name that the client asks for; null = it is not looked at
     * @param tickets the way to tickets that outlive certificates; null = they do not
     * @param givesTickets whether sessions can go on in later handshakes
     */
    record Served(@Nullable ClientTrust trust, @Nullable AskedName asked, @Nullable EngineTickets tickets,
            boolean givesTickets) {
        /** Nothing of it: the part of a client. */
        static final Served NOT = new Served(null, null, null, true);
    }

    /**
     * A handshake that has not begun.
     *
     * @param engine an engine that has said nothing, configured for its role
     * @param scratch room for records, of the loop
     * @param secrets the way to its secrets; null = it is kept
     */
    JdkHandshake(SSLEngine engine, LoopCiphers scratch, @Nullable EngineSecrets secrets) {
        this(engine, scratch, secrets, false, Served.NOT);
    }

    /**
     * A handshake that has not begun, after which the engine may be kept for a while.
     *
     * @param awaitsTickets whether it is kept until tickets may have come: a client's, which resumes sessions
     */
    JdkHandshake(SSLEngine engine, LoopCiphers scratch, @Nullable EngineSecrets secrets, boolean awaitsTickets) {
        this(engine, scratch, secrets, awaitsTickets, Served.NOT);
    }

    /** A handshake of a server that has not begun. */
    JdkHandshake(SSLEngine engine, LoopCiphers scratch, @Nullable EngineSecrets secrets, Served served) {
        this(engine, scratch, secrets, false, served);
    }

    private JdkHandshake(SSLEngine engine, LoopCiphers scratch, @Nullable EngineSecrets secrets, boolean awaitsTickets,
            Served served) {
        this.served = served;
        this.engine = engine;
        this.scratch = scratch;
        this.secrets = secrets;
        this.awaitsTickets = awaitsTickets;
    }

    @Override
    public @Nullable String askedName() {
        return AskedName.of(engine);
    }

    @Override
    public Step start(Buffer target) {
        // A client makes keys for its hello, which takes as long as a signature.
        begins = true;
        return Step.WORK;
    }

    @Override
    public Step receive(Buffer buffer, int index, int length, Buffer target) throws TlsException {
        buffer.copyTo(index, scratch.input(), 0, length);
        beforeRecord();
        try {
            ByteBuffer record = ByteBuffer.wrap(scratch.input(), 0, length);
            SSLEngineResult result = engine.unwrap(record, ByteBuffer.wrap(scratch.output()));
            if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                throw TlsException.received(Alert.CLOSE_NOTIFY.code());
            }
            if (result.getStatus() != SSLEngineResult.Status.OK || record.hasRemaining()
                    || result.bytesProduced() > 0) {
                throw TlsException.violation(Alert.UNEXPECTED_MESSAGE, "a record that is not expected in a handshake");
            }
            return advance(target);
        } catch (SSLException e) {
            engineFailed = true;
            throw EngineFailure.of(e);
        } catch (RuntimeException e) {
            engineFailed = true;
            throw EngineFailure.defect(e);
        }
    }

    @Override
    public Step proceed(Buffer target) throws TlsException {
        try {
            Throwable atWork = failure;
            if (atWork != null) {
                throw EngineFailure.defect(atWork);
            }
            return advance(target);
        } catch (SSLException e) {
            engineFailed = true;
            throw EngineFailure.of(e);
        } catch (RuntimeException e) {
            engineFailed = true;
            throw EngineFailure.defect(e);
        }
    }

    private Step advance(Buffer target) throws SSLException, TlsException {
        deferrable = 0;
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> {
                    return Step.WORK;
                }
                case NEED_WRAP -> {
                    if (target.room() < RecordFormat.MAX_RECORD) {
                        return Step.SEND;
                    }
                    // What a server writes behind the client's last message are tickets.
                    boolean tickets = !engine.getUseClientMode() && isTls13(engine.getSession());
                    int written = wrap(target);
                    deferrable = tickets ? deferrable + written : 0;
                }
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    return Step.MORE;
                }
                case FINISHED, NOT_HANDSHAKING -> {
                    done = true;
                    if (!served.givesTickets) {
                        // Nor is it kept in memory, to go on by its number.
                        engine.getSession().invalidate();
                    }
                    checkResumed();
                    return Step.DONE;
                }
            }
        }
    }

    /** Checks a client that may have shown its certificate in an earlier session. */
    private void checkResumed() throws TlsException {
        ClientTrust trust = served.trust;
        if (trust == null) {
            return;
        }
        try {
            trust.checkAgain(peer(engine.getSession()));
        } catch (ClientCertificateException e) {
            throw e.failure();
        }
    }

    private int wrap(Buffer target) throws SSLException {
        SSLEngineResult result = engine.wrap(NOTHING, ByteBuffer.wrap(scratch.output()));
        if (result.getStatus() != SSLEngineResult.Status.OK) {
            throw new SSLException("the engine makes no records: " + result.getStatus());
        }
        target.append(scratch.output(), 0, result.bytesProduced());
        return result.bytesProduced();
    }

    private static boolean isTls13(SSLSession session) {
        return session.getProtocol().equals(Session.TLS_13);
    }

    @Override
    public void work() {
        try {
            if (begins) {
                begins = false;
                engine.beginHandshake();
                return;
            }
            for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                task.run();
            }
        } catch (SSLException | RuntimeException | Error e) {
            // What goes wrong with the handshake is kept by the engine; this is something else.
            failure = e;
        }
    }

    @Override
    public int deferrable() {
        return deferrable;
    }

    @Override
    public Session session() {
        SSLSession session = engine.getSession();
        // An endpoint's is of no interest once it is verified.
        X509Certificate peer = engine.getUseClientMode() ? null : peer(session);
        String protocol = engine.getApplicationProtocol();
        return new Session(session.getProtocol(), session.getCipherSuite(),
                protocol == null || protocol.isEmpty() ? null : protocol,
                served.asked == null ? ServerNames.requested(session) : served.asked.name(),
                peer == null ? null : Peer.of(peer));
    }

    private static @Nullable X509Certificate peer(SSLSession session) {
        try {
            return (X509Certificate) session.getPeerCertificates()[0];
        } catch (SSLPeerUnverifiedException none) {
            // A client needs none.
            return null;
        }
    }

    @Override
    public Records finish() {
        SSLSession session = engine.getSession();
        // A client with little memory may have asked for short records, which only the engine knows.
        boolean shortRecords = session.getPacketBufferSize() < RecordFormat.MAX_CONTENT;
        boolean kept = secrets == null || shortRecords || !isTls13(session);
        TrafficSecrets found = secrets == null || kept || awaitsTickets ? null : secrets.of(engine);
        return found == null
                ? new EngineRecords(engine, secrets, !kept && awaitsTickets)
                : new TrafficRecords(found, engine.getUseClientMode());
    }

    @Override
    public void fail(Alert alert, Buffer target) {
        boolean ofEngine = engineFailed && !(alert.isAboutCertificate() && served.trust != null);
        if (!engine.getUseClientMode() && !ofEngine && alertOfOwn(alert, target)) {
            return;
        }
        engine.closeOutbound();
        EngineFailure.lastRecords(engine, scratch.output(), target);
    }

    /** Prepares what the next record may bring: an alert about the client's certificate, or a ticket. */
    private void beforeRecord() {
        SSLSession now = engine.getUseClientMode() ? null : engine.getHandshakeSession();
        if (now == null) {
            return;
        }
        if (!served.givesTickets) {
            withoutTicket(now);
        } else if (served.tickets != null) {
            served.tickets.forgetChain(now);
        }
        making = now;
        alertSecret = secrets == null ? null : secrets.ofServersNextRecords(engine);
    }

    /** Lets the engine make no ticket: in TLS 1.2 it has promised one, and has to send an empty one (RFC 5077 section 3.3). */
    private static void withoutTicket(SSLSession now) {
        if (isTls13(now)) {
            now.invalidate();
        } else {
            // A session with a value is nothing that the JDK can write into a ticket.
            now.putValue(JdkHandshake.class.getName(), true);
        }
    }

    /**
     * Writes an alert about what the engine does not know of, or names in another way: for a client's certificate it has certificate_unknown in
     * all cases.
     *
     * @return false = it can only be written by the engine
     */
    private boolean alertOfOwn(Alert alert, Buffer target) {
        SSLSession session = making;
        if (session == null) {
            // Nothing is agreed on, and nothing encrypted.
            byte[] record = alert.record();
            target.append(record, 0, record.length);
            return true;
        } else if (isTls13(session)) {
            return alertOf13(session.getCipherSuite(), alert, target);
        } else if (done) {
            return false;
        }
        // In TLS 1.2 a server that has not seen the client's key encrypts nothing, and has another alert for a certificate that is missing.
        Alert older = alert == Alert.CERTIFICATE_REQUIRED ? Alert.HANDSHAKE_FAILURE : alert;
        target.append(new byte[]{RecordFormat.ALERT, RecordFormat.LEGACY_VERSION >>> Byte.SIZE,
            RecordFormat.LEGACY_VERSION & 0xff, 0, 2, FATAL, (byte) older.code()}, 0, RecordFormat.HEADER_BYTES + 2);
        return true;
    }

    private boolean alertOf13(String cipherSuite, Alert alert, Buffer target) {
        RecordSuite suite = RecordSuite.of(cipherSuite);
        byte[] secret = alertSecret;
        long number = secrets == null ? -1 : secrets.nextWritten(engine);
        if (suite == null || secret == null || number < 0) {
            return false;
        }
        TrafficRecords records = new TrafficRecords(new TrafficSecrets(suite, secret, 0, secret, number), false);
        records.alert(scratch, alert, target);
        records.end();
        return true;
    }

    @Override
    public void abandon() {
        engine.closeOutbound();
    }
}
