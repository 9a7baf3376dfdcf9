package dev.sluice.runtime.tls.boring;

import java.util.function.Function;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.tls.Alert;
import dev.sluice.runtime.tls.ClientHello;
import dev.sluice.runtime.tls.Handshake;
import dev.sluice.runtime.tls.Identities;
import dev.sluice.runtime.tls.Records;
import dev.sluice.runtime.tls.Session;
import dev.sluice.runtime.tls.TlsException;
import org.jspecify.annotations.Nullable;

/**
 * A server's handshake before the first record of its client: the name in it decides which context goes on, and with it the keys of tickets. So a
 * client that is silent costs no object of the library. On the connection's loop.
 */
final class FirstRecord implements Handshake {
    private final Identities identities;
    private final Function<@Nullable String, Handshake> contexts;
    private @Nullable Handshake begun;

    /**
     * A handshake without an object of the library.
     *
     * @param identities the certificates that are served
     * @param contexts begins in the context of a scope of {@link Identities#scope}; null = the name is not known, since the hello is in several
     *     records, or malformed, and the session is not to go on later
     */
    FirstRecord(Identities identities, Function<@Nullable String, Handshake> contexts) {
        this.identities = identities;
        this.contexts = contexts;
    }

    @Override
    public Step start(Buffer target) {
        throw new IllegalStateException("a server waits for its client");
    }

    @Override
    public Step receive(Buffer buffer, int index, int length, Buffer target) throws TlsException {
        if (begun == null) {
            ClientHello hello = ClientHello.inRecord(buffer, index, length);
            begun = contexts.apply(hello == null ? null : identities.scope(hello.serverName()));
        }
        return begun.receive(buffer, index, length, target);
    }

    private Handshake begun() {
        if (begun == null) {
            throw new IllegalStateException("it has not begun");
        }
        return begun;
    }

    @Override
    public Step proceed(Buffer target) throws TlsException {
        return begun().proceed(target);
    }

    @Override
    public void work() {
        begun().work();
    }

    @Override
    public int deferrable() {
        return begun().deferrable();
    }

    @Override
    public @Nullable String askedName() {
        return begun == null ? null : begun.askedName();
    }

    @Override
    public Session session() {
        return begun().session();
    }

    @Override
    public Records finish() {
        return begun().finish();
    }

    @Override
    public void fail(Alert alert, Buffer target) {
        if (begun == null) {
            byte[] record = alert.record();
            target.append(record, 0, record.length);
        } else {
            begun.fail(alert, target);
        }
    }

    @Override
    public void abandon() {
        if (begun != null) {
            begun.abandon();
        }
    }
}
