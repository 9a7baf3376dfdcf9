package dev.sluice.runtime.tls.boring;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

import dev.sluice.runtime.tls.Identities;
import dev.sluice.runtime.tls.Identity;
import dev.sluice.runtime.tls.ResumptionContract;
import dev.sluice.runtime.tls.ServerSettings;
import dev.sluice.runtime.tls.TicketKey;
import dev.sluice.runtime.tls.TicketRules;
import dev.sluice.runtime.tls.TlsServer;
import dev.sluice.runtime.tls.trust.ClientTrust;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

/** The contract of resumption, kept by BoringSSL, and the keys of its tickets. */
class BoringResumptionTest extends ResumptionContract {
    private final AtomicLong clock = new AtomicLong();
    private BoringTls tls = new BoringTls(clock::get, null);

    @Override
    protected TlsServer server(String listener, Identities identities, ServerSettings settings,
            @Nullable ClientTrust trust) {
        assertNull(tls.prepare(listener, identities));
        return tls.server(listener, settings, trust);
    }

    @Override
    protected void serve(String listener, Identities identities, @Nullable ClientTrust trust) {
        tls.serve(listener, identities);
    }

    /** The JDK binds a session to its name itself (RFC 6066 section 3). Here it is bound to the certificate: that of TLS 1.3 may go on. */
    @Test
    void aTicketLeadsToOtherNamesOfItsCertificate() throws Exception {
        Identity first = identity("other.example");
        Identity old = identity("a.example", "*.b.example");
        TlsServer server = server("edge", new Identities(List.of(first, old)), TicketRules.DEFAULT, null);
        assertEquals(of(old), seen(server, "TLSv1.3", "a.example"));
        Identity renewed = identity("a.example", "*.b.example");
        server = server("edge", new Identities(List.of(first, renewed)), TicketRules.DEFAULT, null);
        assertEquals(of(old), seen(server, "TLSv1.3", "x.b.example"));
        assertEquals(of(old), seen(server, "TLSv1.3", "y.b.example"));
        Identity changed = identity("a.example", "*.b.example", "c.example");
        server = server("edge", new Identities(List.of(first, changed)), TicketRules.DEFAULT, null);
        assertEquals(of(changed), seen(server, "TLSv1.3", "x.b.example"), "it has other names now");
    }

    /** A context has 30 KB: there are no more than certificates, whatever names clients ask for, and none of names that are gone. */
    @Test
    void contextsAreOfNamesThatAreServed() throws Exception {
        Identity first = identity("a.example");
        BoringServer server = (BoringServer) server("edge", new Identities(List.of(first, identity("*.b.example"))),
                TicketRules.DEFAULT, null);
        assertEquals(1, server.contexts().count());
        for (String name : List.of("a.example", "unknown.example", "1.b.example", "2.b.example")) {
            seen(server, "TLSv1.3", name);
        }
        assertEquals(2, server.contexts().count());
        server("edge", new Identities(List.of(first, identity("c.example"))), TicketRules.DEFAULT, null);
        seen(server, "TLSv1.3", "c.example");
        assertEquals(2, server.contexts().count());
    }

    private void hours(int hours) {
        clock.addAndGet(Duration.ofHours(hours).toNanos());
    }

    @Test
    void theProcessMakesAnotherKeyAfterAWhile() throws Exception {
        first(TicketRules.DEFAULT);
        hours(7);
        assertGoesOn("its key is not the newest, and opens it");
        hours(11);
        assertGoesOn("the ticket is from the handshake before");
        hours(13);
        assertIsOver("twelve hours after the key has made its last ticket");
    }

    @Test
    void severalProcessesHaveTheSameKeys() throws Exception {
        TicketKey one = key(1);
        TicketKey two = key(2);
        first(rules(one));
        tls = new BoringTls(null);
        renew(rules(two, one));
        // The client has two of them, and takes the older one first.
        assertGoesOn("the second key opens what another process has made by its first");
        assertGoesOn("the second key opens what another process has made by its first");
        tls = new BoringTls(null);
        renew(rules(two));
        assertGoesOn("the first key makes tickets");
        renew(rules(one));
        assertIsOver("its key is gone");
    }

    private static TicketRules rules(TicketKey... keys) {
        return new TicketRules(true, List.of(keys), Duration.ofHours(12), Duration.ofHours(6));
    }

    private static TicketKey key(int content) {
        byte[] bytes = new byte[80];
        bytes[0] = (byte) content;
        return Objects.requireNonNull(TicketKey.of(bytes));
    }

    @Test
    void aKeyIsAnotherOneAtEachPlace() {
        byte[] one = {1};
        byte[] other = {2};
        assertEquals(TicketKey.DERIVED_BYTES, key(1).at(one).length);
        assertArrayEquals(key(1).at(one), key(1).at(one));
        assertFalse(Arrays.equals(key(1).at(one), key(1).at(other)));
        assertFalse(Arrays.equals(key(1).at(one), key(2).at(one)));
        assertNull(TicketKey.of(new byte[79]));
    }
}
