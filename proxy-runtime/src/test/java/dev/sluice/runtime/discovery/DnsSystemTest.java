package dev.sluice.runtime.discovery;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;

import dev.sluice.runtime.transport.AddressText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Names as the system looks them up: search list, hosts file, several servers; and answers of odd forms. */
class DnsSystemTest extends TestingDnsSource {
    @Test
    void namesAreSearchedForAsBySystem() throws IOException {
        Files.writeString(directory.resolve("resolv.conf"),
                "nameserver 127.0.0.1\nsearch ns.svc.test svc.test\noptions ndots:5\n");
        server.put("web.svc.test.", Type.A, 5, "10.0.0.1");
        start(settings("web", List.of(), RecordType.A, RecordType.AAAA), server.address().getPort());
        assertEquals(List.of("10.0.0.1:443"), news());
        assertEquals(List.of("web.ns.svc.test. A", "web.ns.svc.test. AAAA", "web.svc.test. A", "web.svc.test. AAAA"),
                server.asked());
        // The file changes, and with it what the name means.
        Files.writeString(directory.resolve("resolv.conf"), "nameserver 127.0.0.1\nsearch other.test\n");
        server.put("web.other.test.", Type.A, 5, "10.0.0.2");
        timing.advance(Duration.ofSeconds(5));
        assertEquals(List.of("10.0.0.2:443"), news());
    }

    @Test
    void aNameThatHasAnsweredIsNotLeftForAnotherOfTheSearchList() throws IOException {
        Files.writeString(directory.resolve("resolv.conf"), "nameserver 127.0.0.1\nsearch a.test b.test\n");
        server.put("web.a.test.", Type.A, 5, "10.0.0.1").put("web.b.test.", Type.A, 5, "10.6.6.6");
        start(settings("web", List.of(), RecordType.A), server.address().getPort());
        server.remove("web.a.test.");
        timing.advance(Duration.ofSeconds(30));
        assertEquals(List.of("10.0.0.1:443"), current);
        assertFalse(server.asked().contains("web.b.test. A"));
        timing.advance(Duration.ofSeconds(60));
        assertEquals(List.of("10.6.6.6:443"), current, "in the end it is believed, and then the list goes on");
    }

    @Test
    void aServerFailureDoesNotEndTheSearch() throws IOException {
        Files.writeString(directory.resolve("resolv.conf"), "nameserver 127.0.0.1\nsearch broken.test\n");
        server.put("web.", Type.A, 5, "10.0.0.1");
        server.onUdp((query, answer) -> {
            if (query.getQuestion().getName().toString().equals("web.broken.test.")) {
                answer.getHeader().setRcode(Rcode.SERVFAIL);
            }
            return List.of(answer.toWire());
        });
        start(settings("web", List.of(), RecordType.A), server.address().getPort());
        assertEquals(List.of("10.0.0.1:443"), current);
    }

    @Test
    void theHostsFileComesFirstWithAllAddresses() throws IOException {
        Files.writeString(directory.resolve("hosts"), "10.0.0.1 web\n10.0.0.2 web\nfd00::1 web\n");
        start(settings("web", List.of(), RecordType.A, RecordType.AAAA), server.address().getPort());
        assertEquals(List.of("10.0.0.1:443, 10.0.0.2:443, [fd00::1]:443"), news());
        assertEquals(List.of(), server.asked());
        Files.writeString(directory.resolve("hosts"), "10.0.0.7 web");
        timing.advance(Duration.ofSeconds(5));
        assertTrue(current != null && current.contains("10.0.0.7:443"));
    }

    @Test
    void serversAreAskedInTurnAndTheOneThatAnsweredStays() throws IOException {
        TestingDnsServer dead = new TestingDnsServer();
        dead.close();
        try (TestingDnsServer refusing = new TestingDnsServer()) {
            refusing.fail(Rcode.REFUSED);
            server.put("web.test.", Type.A, 5, "10.0.0.1");
            start(settings("web.test", List.of(dead.address(), refusing.address(), server.address()), RecordType.A), 0);
            assertEquals(List.of("10.0.0.1:443"), news());
            timing.advance(Duration.ofSeconds(50));
            assertEquals(List.of("web.test. A"), refusing.asked());
            server.fail(Rcode.SERVFAIL);
            timing.advance(Duration.ofSeconds(6));
            assertEquals("failed: web.test. A: DNS server " + AddressText.of(server.address())
                    + " answered SERVFAIL; DNS server " + AddressText.of(dead.address())
                    + ": no server listens there; DNS server " + AddressText.of(refusing.address())
                    + " answered REFUSED", news().getFirst());
        }
    }

    @Test
    void truncatedAnswersAndTheirTcpWork() {
        server.put("web.test.", Type.A, 5, "10.0.0.1");
        server.onUdp((query, answer) -> {
            Message truncated = TestingDnsServer.reply(query);
            truncated.getHeader().setFlag(Flags.TC);
            return List.of(truncated.toWire());
        });
        start("web.test", RecordType.A);
        assertEquals(List.of("10.0.0.1:443"), news());
    }

    @Test
    void mappedAddressesAreThoseThatTheyMap() {
        server.put("web.test.", Type.AAAA, 5, "::ffff:10.0.0.1").put("web.test.", Type.A, 5, "10.0.0.1");
        start("web.test", RecordType.A, RecordType.AAAA);
        assertEquals(List.of("10.0.0.1:443"), news());
        assertEquals(4, InetAddress.ofLiteral("::ffff:10.0.0.1").getAddress().length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a..b", "\\300.test"})
    void whatIsNoNameFails(String name) {
        start(name, RecordType.A);
        assertTrue(news().getFirst().startsWith("failed: this is no DNS name: "));
        assertNull(current);
    }
}
