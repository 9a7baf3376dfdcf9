package dev.sluice.runtime.relay;

import dev.sluice.api.Attributes;
import dev.sluice.api.net.IpAddress;
import dev.sluice.runtime.cluster.EndpointState;
import dev.sluice.runtime.selection.Fact;
import dev.sluice.runtime.selection.Selection;
import dev.sluice.runtime.selection.Subject;
import org.jspecify.annotations.Nullable;

/** One connection after another, as expressions see it: the facts that its view has, without the view. On its loop. */
final class ConnectionSubject implements Subject {
    private @Nullable DialledConnection at;

    /** Whether a connection meets a condition. */
    boolean meets(DialledConnection connection, Selection condition) {
        at = connection;
        boolean meets = condition.matches(this);
        at = null;
        return meets;
    }

    /** A number of a connection. */
    long number(DialledConnection connection, Fact fact) {
        at = connection;
        long number = number(fact);
        at = null;
        return number;
    }

    private DialledConnection connection() {
        DialledConnection now = at;
        if (now == null) {
            throw new IllegalStateException("no connection is looked at");
        }
        return now;
    }

    @Override
    public long number(Fact fact) {
        DialledConnection connection = connection();
        return switch (fact) {
            case ID -> connection.id();
            case GENERATION -> connection.generation();
            case AGE -> connection.ageNanos();
            case IDLE -> connection.now() - connection.lastActivity();
            case BYTES -> connection.client().bytesRead() + connection.upstream().bytesRead();
            case BYTES_UP -> connection.client().bytesRead();
            case BYTES_DOWN -> connection.upstream().bytesRead();
            case BYTES_OWNED -> RelayReport.bytesOwned(connection);
            case LISTENER, CLUSTER, ENDPOINT, CLIENT, PEER, STATE, PROTOCOL, SNI, ROUTE ->
                throw new IllegalArgumentException(fact.label());
        };
    }

    @Override
    public @Nullable String text(Fact fact) {
        DialledConnection connection = connection();
        return switch (fact) {
            case LISTENER -> connection.listener().name();
            case CLUSTER -> connection.clusterName();
            case ENDPOINT -> {
                EndpointState endpoint = connection.currentEndpoint();
                yield endpoint == null ? null : endpoint.label();
            }
            case STATE -> RelayReport.word(connection);
            case PROTOCOL -> connection.attribute(Attributes.PROTOCOL);
            case SNI -> connection.attribute(Attributes.SNI);
            case ROUTE -> connection.route();
            case ID, GENERATION, AGE, IDLE, BYTES, BYTES_UP, BYTES_DOWN, BYTES_OWNED, CLIENT, PEER ->
                throw new IllegalArgumentException(fact.label());
        };
    }

    @Override
    public @Nullable IpAddress address(Fact fact) {
        return fact == Fact.CLIENT ? ClientAddress.source(connection()) : ClientAddress.peer(connection());
    }
}
