package dev.sluice.runtime.discovery;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.sluice.runtime.transport.AddressText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Names over hours, which pass in milliseconds, and a server that does everything that servers do. */
class DnsSourceTest extends TestingDnsSource {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void addressesFollowTheTimeToLive() {
        server.put("web.test.", Type.A, 10, "10.0.0.1");
        start("web.test", RecordType.A);
        assertEquals(List.of("10.0.0.1:443"), news());
        server.put("web.test.", Type.A, 10, "10.0.0.2", "10.0.0.1");
        timing.advance(Duration.ofMillis(9_999));
        assertEquals(List.of(), news());
        timing.advance(Duration.ofMillis(1));
        assertEquals(List.of("10.0.0.1:443, 10.0.0.2:443"), news());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 10, 60, 3600})
    void aChangeIsSeenAtMostASecondAfterTheTimeToLiveWhateverTheSpread(int ttl) {
        chance = 1;
        server.put("web.test.", Type.A, ttl, "10.0.0.1");
        start("web.test", RecordType.A);
        server.put("web.test.", Type.A, ttl, "10.0.0.2");
        timing.advance(Duration.ofSeconds(ttl).plusMillis(950));
        assertEquals(List.of("10.0.0.2:443"), current);
    }

    @Test
    void theSameSetInAnotherOrderIsNoChange() {
        server.put("web.test.", Type.A, 1, "10.0.0.1", "10.0.0.2", "10.0.0.3");
        start("web.test", RecordType.A);
        news();
        for (int i = 0; i < 20; i++) {
            List<String> shuffled = new ArrayList<>(List.of("10.0.0.1", "10.0.0.2", "10.0.0.3"));
            Collections.shuffle(shuffled, new Random(i));
            server.put("web.test.", Type.A, 1, shuffled.toArray(String[]::new));
            timing.advance(SECOND);
        }
        assertEquals(List.of(), news());
        assertEquals(21, successes);
    }

    @Test
    void aServerThatIsDeadForAnHourChangesNothingAndIsAskedEvery30Seconds() throws IOException {
        server.put("web.test.", Type.A, 5, "10.0.0.1", "10.0.0.2");
        DnsSource source = start("web.test", RecordType.A);
        news();
        server.fail(Rcode.SERVFAIL);
        timing.advance(Duration.ofMinutes(5));
        news();
        for (int i = 0; i < 10; i++) {
            assertEquals(1, queriesIn(Duration.ofSeconds(30)));
        }
        timing.advance(Duration.ofMinutes(50));
        assertEquals(List.of("10.0.0.1:443", "10.0.0.2:443"), current);
        server.recover();
        timing.advance(Duration.ofSeconds(30));
        assertTrue(successes > 1);
        // And a server that is gone altogether, until its answer is too old.
        server.close();
        news();
        timing.advance(Duration.ofMinutes(60));
        assertEquals(Set.of("failed: web.test. A: DNS server " + AddressText.of(server.address())
                + ": no server listens there"), Set.copyOf(news()));
        timing.advance(Duration.ofSeconds(60));
        assertEquals(List.of("expired", ""),
                news().stream().filter(line -> !line.startsWith("failed")).distinct().toList());
        source.close();
        assertEquals(0, timing.waiting(), "a source that has ended is not kept until it would have asked again");
        timing.advance(Duration.ofHours(1));
        assertEquals(List.of(), news());
    }

    @ParameterizedTest
    @ValueSource(ints = {Rcode.SERVFAIL, Rcode.REFUSED, Rcode.NOTIMP, Rcode.FORMERR})
    void errorsAreFailuresAndAreNamed(int code) {
        server.put("web.test.", Type.A, 5, "10.0.0.1");
        start("web.test", RecordType.A);
        news();
        server.fail(code);
        timing.advance(Duration.ofMinutes(10));
        assertEquals(List.of("10.0.0.1:443"), current);
        assertEquals(Set.of("failed: web.test. A: DNS server " + AddressText.of(server.address()) + " answered "
                + Rcode.string(code)), Set.copyOf(news()));
    }

    @Test
    void silenceIsAFailure() {
        server.put("web.test.", Type.A, 5, "10.0.0.1");
        start("web.test", RecordType.A);
        server.beSilent();
        timing.advance(Duration.ofSeconds(20));
        assertEquals(List.of("10.0.0.1:443"), current);
        assertTrue(news().toString().contains("did not answer within 400 ms"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void oneDenialChangesNothing(boolean nameRemoved) {
        server.put("web.test.", Type.A, 5, "10.0.0.1").put("web.test.", Type.TXT, 5, "x");
        start("web.test", RecordType.A);
        news();
        deny(nameRemoved);
        timing.advance(Duration.ofSeconds(5));
        server.put("web.test.", Type.A, 5, "10.0.0.1");
        timing.advance(Duration.ofMinutes(10));
        assertEquals(1, log.size(), log::toString);
        assertEquals(List.of("10.0.0.1:443"), current);
    }

    private void deny(boolean nameRemoved) {
        server.remove("web.test.");
        if (!nameRemoved) {
            server.put("web.test.", Type.TXT, 5, "x");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void denialsOver30SecondsAreBelieved(boolean nameRemoved) {
        server.put("web.test.", Type.A, 5, "10.0.0.1");
        start("web.test", RecordType.A);
        news();
        deny(nameRemoved);
        timing.advance(Duration.ofSeconds(5 + 29));
        assertEquals(List.of("10.0.0.1:443"), current);
        String reason = nameRemoved ? "there is no such name (NXDOMAIN)" : "it has no A record";
        assertEquals(Set.of("failed: web.test. A: " + reason), Set.copyOf(news()));
        timing.advance(Duration.ofSeconds(3));
        assertEquals(List.of(""), news());
        timing.advance(Duration.ofMinutes(5));
        assertEquals(List.of(), news());
        server.put("web.test.", Type.A, 5, "10.0.0.2");
        timing.advance(Duration.ofSeconds(30));
        assertEquals(List.of("10.0.0.2:443"), news());
    }

    @Test
    void aDeniedNameIsSeenAgainAsSoonAsTheServerPromised() {
        server.put(".", Type.SOA, 3600, "a. b. 1 1 1 1 7");
        start("web.test", RecordType.A);
        timing.advance(Duration.ofMinutes(5));
        assertEquals(List.of(), current);
        server.put("web.test.", Type.A, 5, "10.0.0.2");
        timing.advance(Duration.ofSeconds(7));
        assertEquals(List.of("10.0.0.2:443"), current);
    }

    @Test
    void withoutAnyAnswerNothingIsPublished() {
        server.fail(Rcode.SERVFAIL);
        start("web.test", RecordType.A, RecordType.AAAA);
        timing.advance(Duration.ofHours(3));
        assertNull(current);
        assertEquals(0, successes);
        server.recover();
        server.put("web.test.", Type.A, 5, "10.0.0.2");
        timing.advance(Duration.ofSeconds(30));
        assertEquals(List.of("10.0.0.2:443"), current);
    }

    @Test
    void answersWithoutTimeToLiveAreAskedForEvery5Seconds() {
        server.put("web.test.", Type.A, 0, "10.0.0.1");
        start("web.test", RecordType.A);
        assertEquals(12, queriesIn(Duration.ofSeconds(60)));
    }

    @Test
    void theLeastTimeToLiveOfAChainCounts() {
        server.put("web.test.", Type.CNAME, 300, "a.test.").put("a.test.", Type.CNAME, 2, "b.test.")
                .put("b.test.", Type.A, 300, "10.0.0.1");
        start("web.test", RecordType.A);
        assertEquals(List.of("10.0.0.1:443"), news());
        server.put("a.test.", Type.CNAME, 2, "c.test.").put("c.test.", Type.A, 300, "10.0.0.2");
        timing.advance(Duration.ofSeconds(2));
        assertEquals(List.of("10.0.0.2:443"), news());
    }

    @Test
    void aChainWithoutEndIsAFailure() {
        server.put("web.test.", Type.CNAME, 5, "a.test.").put("a.test.", Type.CNAME, 5, "web.test.");
        start("web.test", RecordType.A);
        assertNull(current);
        assertEquals(1, news().size());
    }

    @Test
    void ofManyAddressesTheFirst256AreUsed() {
        // Not more fit into one message.
        String[] many = IntStream.range(0, 10_000).mapToObj(i -> "10.1." + i / 256 + "." + i % 256)
                .toArray(String[]::new);
        List<String> shuffled = new ArrayList<>(List.of(many).subList(0, 4000));
        Collections.shuffle(shuffled, new Random(1));
        server.put("web.test.", Type.A, 5, shuffled.toArray(String[]::new));
        start("web.test", RecordType.A);
        assertEquals(Stream.of(many).limit(256).map(ip -> ip + ":443").toList(), current);
        // A server that sends as many of them as fit.
        server.onTcp((query, answer) -> {
            answer.getHeader().setFlag(Flags.TC);
            return List.of(answer.toWire());
        });
        timing.advance(Duration.ofSeconds(5));
        assertEquals(Stream.of(many).limit(256).map(ip -> ip + ":443").toList(), current);
        assertEquals(1, log.size());
        // And one that gives up.
        server.onTcp((query, answer) -> {
            Message empty = TestingDnsServer.reply(query);
            empty.getHeader().setFlag(Flags.TC);
            return List.of(empty.toWire());
        });
        timing.advance(Duration.ofMinutes(5));
        assertEquals(256, current == null ? 0 : current.size());
    }

    @Test
    void bothFamiliesAreUsedAndOneThatFailsHarmsNotTheOther() {
        server.put("web.test.", Type.A, 5, "10.0.0.1").put("web.test.", Type.AAAA, 5, "fd00::1");
        start("web.test", RecordType.A, RecordType.AAAA);
        assertEquals(List.of("10.0.0.1:443, [fd00::1]:443"), news());
        server.onUdp((query, answer) -> {
            if (query.getQuestion().getType() == Type.AAAA) {
                answer.getHeader().setRcode(Rcode.SERVFAIL);
                answer.removeAllRecords(Section.ANSWER);
            }
            return List.of(answer.toWire());
        });
        server.put("web.test.", Type.A, 5, "10.0.0.2");
        timing.advance(Duration.ofSeconds(6));
        assertEquals("10.0.0.2:443, [fd00::1]:443", news().getFirst());
        // The other one is asked for as its time to live says, although this one fails.
        assertTrue(queriesIn(Duration.ofSeconds(50)) >= 20);
    }

    @Test
    void aHostWithoutIpv6IsAsGoodAsAnother() {
        server.put("web.test.", Type.A, 60, "10.0.0.1");
        start("web.test", RecordType.A, RecordType.AAAA);
        assertEquals(List.of("10.0.0.1:443"), news());
        assertEquals(2 * 10, queriesIn(Duration.ofMinutes(10)));
        assertEquals(List.of(), news());
    }

    @Test
    void aFamilyThatGoesIsBelievedToBeGoneAfterAWhile() {
        server.put("web.test.", Type.A, 60, "10.0.0.1").put("web.test.", Type.AAAA, 60, "fd00::1");
        start("web.test", RecordType.A, RecordType.AAAA);
        news();
        server.remove("web.test.");
        server.put("web.test.", Type.A, 60, "10.0.0.1");
        timing.advance(Duration.ofSeconds(60 + 29));
        assertEquals(List.of("10.0.0.1:443", "[fd00::1]:443"), current);
        timing.advance(Duration.ofSeconds(3));
        assertEquals(List.of("10.0.0.1:443"), current);
    }

    @Test
    void servicesHavePortsWeightsAndBackups() {
        server.put("_db._tcp.test.", Type.SRV, 10, "0 100 5432 a.test.", "0 0 5433 b.test.", "9 7 5432 c.test.")
                .put("a.test.", Type.A, 10, "10.0.0.1").put("a.test.", Type.AAAA, 10, "fd00::1")
                .put("b.test.", Type.A, 3, "10.0.0.2").put("c.test.", Type.CNAME, 10, "d.test.")
                .put("d.test.", Type.A, 10, "10.0.0.4");
        start("_db._tcp.test", RecordType.SRV);
        assertEquals(List.of("10.0.0.1:5432 weight 100, 10.0.0.2:5433, [fd00::1]:5432 weight 100, "
                + "10.0.0.4:5432 weight 7 backup"), news());
        server.put("b.test.", Type.A, 3, "10.0.0.5");
        timing.advance(Duration.ofSeconds(3));
        assertTrue(news().getFirst().contains("10.0.0.5:5433"));
    }

    @Test
    void aMissingTargetLeavesTheOthers() {
        server.put("_db._tcp.test.", Type.SRV, 10, "0 1 1 a.test.", "0 1 1 b.test.").put("a.test.", Type.A, 10,
                "10.0.0.1");
        start("_db._tcp.test", RecordType.SRV);
        assertEquals(List.of("10.0.0.1:1"), news());
        server.put("b.test.", Type.A, 10, "10.0.0.2");
        timing.advance(Duration.ofSeconds(10));
        assertEquals(List.of("10.0.0.1:1, 10.0.0.2:1"), news());
        server.remove("b.test.");
        timing.advance(Duration.ofSeconds(20));
        assertEquals(List.of("10.0.0.1:1", "10.0.0.2:1"), current, "not yet believed");
        timing.advance(Duration.ofSeconds(30));
        assertEquals(List.of("10.0.0.1:1"), current);
    }

    @Test
    void aServiceThatFailsKeepsItsTargets() {
        server.put("_db._tcp.test.", Type.SRV, 10, "0 1 1 a.test.").put("a.test.", Type.A, 10, "10.0.0.1");
        start("_db._tcp.test", RecordType.SRV);
        server.fail(Rcode.SERVFAIL);
        timing.advance(Duration.ofMinutes(59));
        assertEquals(List.of("10.0.0.1:1"), current);
        timing.advance(Duration.ofMinutes(2));
        assertEquals(List.of(), current);
    }

    @Test
    void aServiceThatIsNotOfferedHasNoEndpoints() {
        server.put("_db._tcp.test.", Type.SRV, 10, "0 0 0 .");
        start("_db._tcp.test", RecordType.SRV);
        timing.advance(Duration.ofMinutes(1));
        assertEquals(List.of(), current);
    }

    @Test
    void addressesThatComeWithAServiceAreNotAskedFor() {
        server.put("_db._tcp.test.", Type.SRV, 30, "0 1 1 a.test.", "0 1 1 b.test.").put("b.test.", Type.A, 30,
                "10.0.0.2");
        server.addition("a.test.", Type.A, 30, "10.0.0.1");
        server.addition("stranger.test.", Type.A, 30, "10.6.6.6");
        start("_db._tcp.test", RecordType.SRV);
        assertEquals(List.of("10.0.0.1:1", "10.0.0.2:1"), current);
        assertEquals(List.of("_db._tcp.test. SRV", "b.test. A", "b.test. AAAA"), server.asked());
    }

    @Test
    void aServiceWithManyTargetsIsBounded() {
        String[] targets = IntStream.range(0, 600).mapToObj(i -> "0 1 1 t" + i + ".test.").toArray(String[]::new);
        server.put("_db._tcp.test.", Type.SRV, 30, targets);
        IntStream.range(0, 600).forEach(i -> server.put("t" + i + ".test.", Type.A, 30,
                "10.0." + i / 256 + "." + i % 256, "10.1." + i / 256 + "." + i % 256));
        start("_db._tcp.test", RecordType.SRV);
        assertEquals(256, current == null ? 0 : current.size());
        assertEquals(1 + 2 * 256, server.asked().size() + server.askedOverTcp().size() - 1);
    }
}
