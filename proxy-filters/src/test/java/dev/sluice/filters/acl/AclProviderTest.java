package dev.sluice.filters.acl;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.sluice.api.CloseReason;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.config.ConfigException;
import dev.sluice.api.net.Cidr;
import dev.sluice.api.net.IpAddress;
import dev.sluice.api.testkit.Outcome;
import dev.sluice.api.testkit.TestingConnection;
import dev.sluice.api.testkit.TestingConnectionBuilder;
import dev.sluice.api.testkit.TestingEnvironment;
import dev.sluice.filters.TestingFactory;
import dev.sluice.filters.TestingLog;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class AclProviderTest {
    @TempDir
    Path directory;

    private static AclRule allow(String... cidrs) {
        return new AclRule(List.of(cidrs).stream().map(Cidr::parse).toList(), List.of());
    }

    private static AclRule deny(String... cidrs) {
        return new AclRule(List.of(), List.of(cidrs).stream().map(Cidr::parse).toList());
    }

    private static AclConfig config(Verdict otherwise, AclRule... rules) {
        return new AclConfig(otherwise, List.of(rules), Optional.empty(), DenyWith.RESET);
    }

    private AclConfig withFile(String... lines) throws IOException {
        Files.write(directory.resolve("list.acl"), List.of(lines));
        return new AclConfig(Verdict.ALLOW, List.of(), Optional.of("list.acl"), DenyWith.RESET);
    }

    private static TestingConnectionBuilder connection(AclConfig config) {
        return TestingConnection.of(new AclProvider(), config);
    }

    private static Outcome outcome(AclConfig config, String source) {
        try (TestingConnection connection = connection(config).source(IpAddress.parse(source), 4711).connect()) {
            return connection.outcome();
        }
    }

    private FilterFactory create(AclConfig config) {
        return new AclProvider().create(config, new TestingEnvironment(directory));
    }

    private ConfigException refused(AclConfig config) {
        return assertThrows(ConfigException.class, () -> create(config));
    }

    // ── explaining ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

    @ParameterizedTest
    @CsvSource({
        "203.0.113.7, refuses with a reset: denied by 203.0.113.0/24 (rules[0].deny[0])",
        "192.0.2.1, accepts: allowed by 192.0.2.0/24 (rules[1].allow[0])",
        "198.51.100.1, refuses with a reset: no rule of the list allows it"})
    void theRuleThatDecidesIsNamedWithoutAConnection(String source, String sentence) {
        AclConfig config = config(Verdict.DENY, deny("203.0.113.0/24"), allow("192.0.2.0/24"));
        assertEquals(sentence, connection(config).source(IpAddress.parse(source), 4711).explain());
    }

    @Test
    void theTarpitAndTheDefaultAreNamedToo() {
        AclConfig tarpit = new AclConfig(Verdict.ALLOW, List.of(deny("203.0.113.0/24")), Optional.empty(),
                DenyWith.TARPIT);
        assertEquals("keeps it in the tarpit: denied by 203.0.113.0/24 (rules[0].deny[0])",
                connection(tarpit).source(IpAddress.parse("203.0.113.1"), 4711).explain());
        assertEquals("accepts: no rule of the list denies it", connection(tarpit).unixClient().explain());
    }

    // ── deciding ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

    @ParameterizedTest
    @CsvSource({
        "203.0.113.7, denied by 203.0.113.0/24 (rules[0].deny[0])",
        "::ffff:203.0.113.7, denied by 203.0.113.0/24 (rules[0].deny[0])",
        "192.0.2.1, ",
        "::ffff:192.0.2.1, ",
        "2001:db8::1, denied by 2001:db8::/48 (rules[0].deny[1])",
        "2001:db8:1::1, no rule of the list allows it",
        "2001:db9::1, "})
    void theFirstRuleDecides(String source, String reason) {
        AclConfig config = config(Verdict.DENY, deny("203.0.113.0/24", "2001:db8::/48"),
                allow("0.0.0.0/0", "2001:db9::/32"), deny("192.0.2.1"));
        Outcome outcome = outcome(config, source);
        assertEquals(reason, outcome.explanation());
        assertEquals(reason == null ? Outcome.State.OPEN : Outcome.State.REJECTED, outcome.state());
    }

    @Test
    void clientsWithoutAddressGetTheDefault() {
        AclRule everybody = allow("0.0.0.0/0", "::/0");
        try (TestingConnection denied = connection(config(Verdict.DENY, everybody)).unixClient().connect();
                TestingConnection allowed = connection(config(Verdict.ALLOW, deny("0.0.0.0/0", "::/0"))).unixClient()
                        .connect()) {
            assertEquals(CloseReason.FILTER_REJECTED, denied.closeReason());
            assertEquals(Outcome.State.OPEN, allowed.state());
        }
    }

    @Test
    void silenceInsteadOfAReset() {
        AclConfig config = new AclConfig(Verdict.DENY, List.of(deny("192.0.2.1")), Optional.empty(), DenyWith.TARPIT);
        for (String source : List.of("192.0.2.1", "192.0.2.2")) {
            assertEquals(CloseReason.FILTER_TARPITTED, outcome(config, source).closeReason());
        }
    }

    @Test
    void bytesPassUnseen() {
        try (TestingConnection connection = connection(config(Verdict.ALLOW)).connect()) {
            connection.client("x");
            assertEquals(FilterTraits.connectionOnly(), connection.traits());
            assertEquals("x", connection.forwardedText(Direction.CLIENT_TO_UPSTREAM));
        }
    }

    @Test
    void oneFilterServesAllAndDecidingAllocatesNothing() {
        List<Cidr> cidrs = AclTableTest.rules(new Random(5), 2_000);
        List<AclRule> rules = new ArrayList<>();
        for (int i = 0; i < cidrs.size(); i++) {
            rules.add(i % 2 == 0
                    ? new AclRule(List.of(cidrs.get(i)), List.of())
                    : new AclRule(List.of(), List.of(cidrs.get(i))));
        }
        AclConfig config = new AclConfig(Verdict.DENY, rules, Optional.empty(), DenyWith.RESET);
        AclFilter filter = new AclFilter(new AclTable(cidrs), config.entries(), Verdict.DENY, DenyWith.RESET);
        List<IpAddress> sources = cidrs.stream().map(Cidr::last).toList();
        // Those who deny make their answer now.
        long accepted = accepted(filter, sources);
        var thread = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = thread.getCurrentThreadAllocatedBytes();
        long calls = thread.getCurrentThreadAllocatedBytes() - before;
        before = thread.getCurrentThreadAllocatedBytes();
        long again = accepted(filter, sources);
        assertEquals(calls, thread.getCurrentThreadAllocatedBytes() - before);
        assertEquals(accepted, again);
        assertTrue(accepted > 0 && accepted < sources.size(), () -> "one-sided: " + accepted);

        TestingFactory factory = new TestingFactory(create(config));
        TestingConnection.of(factory).connect().close();
        TestingConnection.of(factory).connect().close();
        assertSame(factory.made().getFirst(), factory.made().getLast());
        assertEquals(2, factory.made().size());
    }

    private static long accepted(AclFilter filter, List<IpAddress> sources) {
        long accepted = 0;
        for (int i = 0; i < sources.size(); i++) {
            if (filter.allows(filter.match(sources.get(i)))) {
                accepted++;
            }
        }
        return accepted;
    }

    // ── configuration ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void aRuleEitherAllowsOrDenies() {
        List<Cidr> some = List.of(Cidr.parse("192.0.2.1"));
        assertEquals("this rule has no address",
                assertThrows(ConfigException.class, () -> new AclRule(List.of(), List.of())).what());
        assertEquals("this rule has both allow and deny",
                assertThrows(ConfigException.class, () -> new AclRule(some, some)).what());
    }

    @Test
    void theListHasALimit() throws IOException {
        List<Cidr> most = Collections.nCopies(AclConfig.MAX_ENTRIES, Cidr.parse("192.0.2.1"));
        AclConfig full = config(Verdict.DENY, new AclRule(most, List.of()));
        try (FilterFactory factory = create(full)) {
            assertEquals(FilterTraits.connectionOnly(), factory.traits());
        }
        ConfigException refusal = assertThrows(ConfigException.class,
                () -> config(Verdict.DENY, new AclRule(most, List.of()), allow("192.0.2.2")));
        assertEquals("rules", refusal.key());
        assertEquals("100001 CIDRs are too many", refusal.what());

        withFile("allow 192.0.2.2");
        ConfigException together = refused(
                new AclConfig(Verdict.DENY, full.rules(), Optional.of("list.acl"), DenyWith.RESET));
        assertEquals("file", together.key());
        assertEquals("1 rules in the file and 100000 under rules are too many", together.what());
    }

    @Test
    void rulesThatCannotMatchAreNamedInTheLog() {
        TestingEnvironment environment = new TestingEnvironment(directory);
        try (TestingLog log = new TestingLog(environment)) {
            new AclProvider().create(
                    config(Verdict.DENY, allow("10.0.0.0/8"), deny("10.1.0.0/16", "192.0.2.1"), deny("192.0.2.1")),
                    environment).close();
            assertEquals(List.of("WARNING rules that can never match, because those before them contain all of their"
                    + " addresses: 10.1.0.0/16 (rules[1].deny[0]) behind 10.0.0.0/8 (rules[0].allow[0]);"
                    + " 192.0.2.1/32 (rules[2].deny[0]) behind 192.0.2.1/32 (rules[1].deny[1])"), log.messages());
            log.messages().clear();

            String[] copies = Collections.nCopies(AclProvider.NAMED_IN_LOG + 4, "192.0.2.1").toArray(String[]::new);
            new AclProvider().create(config(Verdict.DENY, allow(copies)), environment).close();
            String message = String.join("\n", log.messages());
            assertEquals(AclProvider.NAMED_IN_LOG, message.split(" behind ", -1).length - 1);
            assertTrue(message.endsWith("; and 3 more"), message);
            log.messages().clear();

            new AclProvider().create(config(Verdict.DENY, deny("10.1.0.0/16"), allow("10.0.0.0/8")), environment)
                    .close();
            assertEquals(List.of(), log.messages());
        }
    }

    // ── the file ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void rulesOfTheFileComeAfterTheOthers() throws IOException {
        withFile("# blocked", "", "  deny\t192.0.2.0/24   # a comment", "allow 203.0.113.1", "deny 203.0.113.0/24");
        AclConfig config = new AclConfig(Verdict.ALLOW, List.of(allow("192.0.2.7")), Optional.of("list.acl"),
                DenyWith.RESET);
        TestingEnvironment environment = new TestingEnvironment(directory);
        FilterFactory factory = new AclProvider().create(config, environment);
        String file = directory.resolve("list.acl").toString();
        assertEquals("denied by 192.0.2.0/24 (" + file + ":3)", explanation(factory, "192.0.2.1"));
        assertEquals("denied by 203.0.113.0/24 (" + file + ":5)", explanation(factory, "203.0.113.2"));
        for (String allowed : List.of("192.0.2.7", "203.0.113.1", "198.51.100.1")) {
            assertNull(explanation(factory, allowed));
        }
    }

    private static @Nullable String explanation(FilterFactory factory, String source) {
        try (TestingConnection connection = TestingConnection.of(factory).source(IpAddress.parse(source), 4711)
                .connect()) {
            return connection.explanation();
        }
    }

    @Test
    void theFileIsReadWhenTheFilterIsMade() throws IOException {
        AclConfig config = withFile("deny 192.0.2.1");
        FilterFactory before = create(config);
        withFile("deny 192.0.2.2");
        FilterFactory after = create(config);
        assertNotNull(explanation(before, "192.0.2.1"));
        assertNull(explanation(before, "192.0.2.2"));
        assertNull(explanation(after, "192.0.2.1"));
        assertNotNull(explanation(after, "192.0.2.2"));
    }

    /** An empty last column: nobody can tell what was meant. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "deny 10.0.0.1/8        | '10.0.0.1/8': bits behind the first 8 are set        | deny 10.0.0.0/8",
        "allow 10/8             | '10/8': an IPv4 address has four numbers             | allow 10.0.0.0/8",
        "allow example.com      | 'example.com': names are not looked up here          |",
        "10.0.0.0/8             | '10.0.0.0/8' is neither allow nor deny               |",
        "Deny 10.0.0.0/8        | 'Deny' is neither allow nor deny                     | deny 10.0.0.0/8",
        "block 10.0.0.0/8       | 'block' is neither allow nor deny                    | deny 10.0.0.0/8",
        "permit 10.0.0.0/8      | 'permit' is neither allow nor deny                   | allow 10.0.0.0/8",
        "deny                   | there is no CIDR behind deny                         |",
        "deny 10.0.0.0/8 10.1.0.0/16 | there is something behind the CIDR: '10.1.0.0/16' |"})
    void aWrongLineIsNamed(String line, String what, String meant) throws IOException {
        ConfigException refusal = refused(withFile("# first", "allow 192.0.2.1", line));
        assertEquals("file", refusal.key());
        assertEquals(directory.resolve("list.acl") + ":3: " + what, refusal.what());
        assertEquals(meant, refusal.didYouMean());
    }

    @Test
    void whatCannotBeShownIsNotShown() throws IOException {
        for (String line : List.of("deny \u001b[2J", "deny " + "1".repeat(AclFile.LONGEST_RULE))) {
            assertEquals(directory.resolve("list.acl") + ":1: this is not a rule", refused(withFile(line)).what());
        }
        String longComment = "deny 192.0.2.1 #" + "x".repeat(10 * AclFile.LONGEST_RULE);
        create(withFile(longComment)).close();
    }

    @Test
    void theOtherWrongLinesAreListed() throws IOException {
        assertEquals(directory.resolve("list.acl") + ":1: 'x' is neither allow nor deny (also wrong: line 3)",
                refused(withFile("x", "allow 192.0.2.1", "y")).what());
        String many = refused(withFile(IntStream.range(0, 30).mapToObj(i -> "x").toArray(String[]::new))).what();
        assertTrue(many.endsWith("(also wrong: line "
                + IntStream.rangeClosed(2, 11).mapToObj(String::valueOf).collect(Collectors.joining(", "))
                + " and 19 more)"), many);
    }

    @Test
    void aFileThatCannotBeReadIsNamed() throws IOException {
        AclConfig config = new AclConfig(Verdict.ALLOW, List.of(), Optional.of("list.acl"), DenyWith.RESET);
        Path file = directory.resolve("list.acl");
        assertEquals("cannot read " + file + ": no such file", refused(config).what());
        Files.createDirectory(file);
        assertEquals(file + " is not a regular file", refused(config).what());
        Files.delete(file);
        Files.write(file, new byte[(int) AclFile.MAX_SIZE.bytes() + 1]);
        assertEquals(file + " is larger than 16MiB", refused(config).what());
        assertEquals("file",
                refused(new AclConfig(Verdict.ALLOW, List.of(), Optional.of("\0"), DenyWith.RESET)).key());
    }

    @Test
    void aFileWithoutRulesIsSuspicious() throws IOException {
        TestingEnvironment environment = new TestingEnvironment(directory);
        try (TestingLog log = new TestingLog(environment)) {
            new AclProvider().create(withFile("# all lost"), environment).close();
            assertEquals(List.of("WARNING there are no rules in list.acl"), log.messages());
        }
    }
}
