package dev.sluice.filters.sniff;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

import dev.sluice.api.Attributes;
import dev.sluice.api.Direction;
import dev.sluice.api.testkit.Outcome;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.sluice.filters.sniff.TestingHello.bytes;
import static dev.sluice.filters.sniff.TestingHello.join;
import static dev.sluice.filters.sniff.TestingHello.latin1;
import static dev.sluice.filters.sniff.TestingHello.nameEntry;
import static dev.sluice.filters.sniff.TestingHello.vector;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

/** The content of a valid ClientHello, and the reasons for refusing others. */
class TlsTest {
    private static final SniffConfig CONFIG = TestingSniffer.config(Unknown.PASS, Protocol.TLS, Protocol.HTTP1);

    private static void assertAccepted(byte[] flight, @Nullable String name, @Nullable String alpn,
            @Nullable String version, @Nullable String explanation) {
        Outcome outcome = TestingSniffer.outcome(CONFIG, flight);
        assertEquals(Outcome.State.OPEN, outcome.state(), outcome::toString);
        assertEquals("tls", outcome.attribute(Attributes.PROTOCOL));
        assertEquals(name, outcome.attribute(Attributes.SNI));
        assertEquals(alpn, outcome.attribute(Attributes.ALPN));
        assertEquals(version, outcome.attribute(Attributes.TLS_VERSION));
        assertEquals(explanation, outcome.explanation());
    }

    private static void assertName(String expected, byte[] flight) {
        assertAccepted(flight, expected, null, "1.2", null);
    }

    /**
     * A hello without a name for routing: what stands in its place is for the log, and refused only if that is
     * configured.
     */
    private static void assertInvalidName(String shown, String why, byte[] flight) {
        Outcome ignored = TestingSniffer.outcome(CONFIG, flight);
        assertEquals(Outcome.State.OPEN, ignored.state(), ignored::toString);
        assertEquals("tls", ignored.attribute(Attributes.PROTOCOL));
        assertNull(ignored.attribute(Attributes.SNI));
        assertEquals(shown, ignored.attribute(Attributes.SNI_INVALID));
        assertEquals("TLS with a server name that is not a DNS name", ignored.explanation());

        Outcome refused = TestingSniffer.outcome(new SniffConfig(CONFIG.protocols(), CONFIG.silence(),
                CONFIG.deadline(), CONFIG.maxBytes(), Unknown.PASS, InvalidName.REJECT), flight);
        assertEquals(Outcome.State.REJECTED, refused.state(), refused::toString);
        assertEquals("TLS ClientHello refused: " + why, refused.explanation());
        assertEquals(Map.of(Attributes.SNI_INVALID, shown), refused.attributes());
    }

    private static void assertInvalidName(String sent, String why) {
        assertInvalidName(sent, why, new TestingHello().serverName(sent).record());
    }

    private static void assertRefused(String why, byte[] flight) {
        Outcome outcome = TestingSniffer.outcome(CONFIG, flight);
        assertEquals(Outcome.State.REJECTED, outcome.state(), outcome::toString);
        assertEquals("TLS ClientHello refused: " + why, outcome.explanation());
        assertEquals(Map.of(), outcome.attributes());
        assertEquals(0, outcome.forwarded(Direction.CLIENT_TO_UPSTREAM).length);
    }

    private static byte[] withNames(byte[] list) {
        return new TestingHello().extension(TestingHello.SERVER_NAME, list).record();
    }

    @Test
    void theClientOfTheJdk() {
        assertAccepted(JdkHellos.hello("www.example.com", List.of("h2", "http/1.1"), "TLSv1.2", "TLSv1.3"),
                "www.example.com", "h2,http/1.1", "1.3", null);
        assertAccepted(JdkHellos.hello("WWW.Example.COM", List.of(), "TLSv1.2"), "www.example.com", null, "1.2",
                null);
        assertAccepted(JdkHellos.hello("a", List.of("h2"), "TLSv1.3"), "a", "h2", "1.3", null);
        assertAccepted(JdkHellos.hello("", List.of(), "TLSv1.3"), null, null, "1.3", "TLS without a server name");
    }

    // ── the name ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

    @ParameterizedTest
    @CsvSource({
        "www.example.com,               www.example.com",
        "WWW.EXAMPLE.com.,              www.example.com",
        "localhost,                     localhost",
        "_dns.my_service.internal,      _dns.my_service.internal",
        "_dmarc.example.,               _dmarc.example",
        "xn--bcher-kva.example,         xn--bcher-kva.example",
        "r3---sn.example,               r3---sn.example",
        "1.2.3.4.example,               1.2.3.4.example",
        "1.2.3,                         1.2.3",
        "dead.beef,                     dead.beef"})
    void aName(String sent, String expected) {
        assertName(expected, new TestingHello().serverName(sent).record());
    }

    @Test
    void theLongestNames() {
        String label = "x".repeat(63);
        String name = label + "." + label + "." + label + "." + "x".repeat(61);
        assertEquals(253, name.length());
        assertName(name, new TestingHello().serverName(name).record());
        assertName(name, new TestingHello().serverName(name + ".").record());
        assertInvalidName(name + "x", "a server name of 254 characters; at most 253 are allowed");
        assertInvalidName(label + "x.example", "a label of 64 characters in the server name; 1 to 63 are allowed");
        assertInvalidName("\\xe9".repeat(63) + "\\xe",
                "the byte 0xe9 at position 0 of the server name; letters, digits,"
                        + " hyphens, underscores and dots are allowed",
                new TestingHello().serverName("\u00e9".repeat(1000)).record());
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.1", "192.0.2.1.", "2001:db8::1", "::", "::ffff:192.0.2.1", "FE80::1"})
    void anAddressIsNoName(String address) {
        assertInvalidName(address, "an address in place of the server name");
    }

    @Test
    void noName() {
        assertAccepted(new TestingHello().record(), null, null, "1.2", "TLS without a server name");
        assertAccepted(new TestingHello().withoutExtensions().record(), null, null, "1.2",
                "TLS without a server name");
        assertAccepted(new TestingHello().padding(100).record(), null, null, "1.2", "TLS without a server name");
    }

    @Test
    void whatIsNoName() {
        assertRefused("it ends within the server name list", withNames(bytes()));
        assertRefused("it ends within the server name list", withNames(vector(2, bytes())));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "a..b", "a..", "1.2..3", ".a"})
    void anEmptyLabelIsNoName(String sent) {
        assertInvalidName(sent, "a label of 0 characters in the server name; 1 to 63 are allowed");
    }

    @ParameterizedTest
    @CsvSource({"0x0a, \\x0a", "0x0d, \\x0d", "0x1b, \\x1b", "0x00, \\x00", "0x20, ' '", "0x2a, *", "0x2f, /",
        "0x3a, :", "0x5b, [",
        "0x5c, \\\\", "0x7f, \\x7f", "0xc3, \\xc3"})
    void whatCannotBeInAName(String hex, String shown) {
        char c = (char) Integer.decode(hex).intValue();
        assertInvalidName("www" + shown + "example.com", "the byte " + hex
                + " at position 3 of the server name; letters, digits, hyphens, underscores and dots are allowed",
                new TestingHello().serverName("www" + c + "example.com").record());
    }

    @Test
    void oneColonIsNoAddress() {
        assertInvalidName("dead:443", "the byte 0x3a at position 4 of the server name; letters, digits, hyphens,"
                + " underscores and dots are allowed");
    }

    @Test
    void moreThanOneName() {
        assertRefused("more than one server name",
                withNames(vector(2, join(nameEntry(0, "a.example"), nameEntry(0, "b.example")))));
        assertRefused("more than one server name",
                withNames(vector(2, join(nameEntry(0, "a.example"), nameEntry(7, "b")))));
        assertRefused("a server name of type 7; only host_name, 0, is defined",
                withNames(vector(2, join(nameEntry(7, "b"), nameEntry(0, "a.example")))));
        assertRefused("two extensions of type 0",
                new TestingHello().serverName("a.example").alpn("h2").serverName("a.example").record());
        assertRefused("1 bytes too many in the server_name extension",
                withNames(join(vector(2, nameEntry(0, "a.example")), bytes(0))));
    }

    // ── the other extensions ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void alpn() {
        assertAlpn("h2,http/1.1", "h2", "http/1.1");
        assertAlpn("http/1.1", "http/1.1");
        assertAlpn("acme-tls/1", "acme-tls/1");
        assertAlpn("a%2Cb,%25,%00%FF%20x", "a,b", "%", "\0\u00ff x");
        assertAlpn("h2", "\n\n", "h2", "\u00fa\u00fa");
        assertAlpn(null, "\u001a\u001a");
        assertAlpn("aa,hh", "aa", "hh");
        assertAlpn("%0A%1A", "\n\u001a");
        assertAlpn("%0A%0A%0A", "\n\n\n");
        assertAlpn("x".repeat(255), "x".repeat(255));
    }

    private static void assertAlpn(@Nullable String expected, String... offered) {
        assertAccepted(new TestingHello().serverName("a").alpn(offered).record(), "a", expected, "1.2", null);
    }

    @Test
    void alpnThatIsRefused() {
        assertRefused("it ends within the ALPN protocol list", new TestingHello().alpn().record());
        assertRefused("an empty name in the ALPN protocol list", new TestingHello().alpn("h2", "").record());
        assertRefused("an ALPN protocol list of 256 characters; at most 255 are allowed",
                new TestingHello().alpn("x".repeat(200), "y".repeat(55)).record());
        assertRefused("an ALPN protocol list of 258 characters; at most 255 are allowed",
                new TestingHello().alpn("\0".repeat(86)).record());
        assertRefused("it ends within the ALPN protocol list",
                new TestingHello().extension(TestingHello.ALPN, vector(2, join(bytes(9), latin1("h2")))).record());
        assertRefused("2 bytes too many in the ALPN extension",
                new TestingHello().extension(TestingHello.ALPN, bytes(0, 3, 2, 'h', '2', 0, 0)).record());
        assertRefused("two extensions of type 16", new TestingHello().alpn("h2").alpn("h2").record());
    }

    @Test
    void versions() {
        assertVersion("1.3", new TestingHello().versions(0x0303, 0x0304));
        assertVersion("1.3", new TestingHello().versions(0x1a1a, 0x0304, 0x0303, 0x0302, 0x0301));
        assertVersion("1.2", new TestingHello().versions(0x0303, 0x7f1c));
        assertVersion("1.1", new TestingHello().versions(0x0302));
        assertVersion(null, new TestingHello().versions(0x0305, 0xfafa, 0x0300));
        assertVersion("1.2", new TestingHello().version(0x0304));
        assertVersion("1.2", new TestingHello().version(0x03ff));
        assertVersion("1.1", new TestingHello().version(0x0302));
        assertVersion("1.0", new TestingHello().version(0x0301));
        assertVersion(null, new TestingHello().version(0x0300));
    }

    private static void assertVersion(@Nullable String expected, TestingHello hello) {
        assertAccepted(hello.serverName("a").record(), "a", null, expected, null);
    }

    @Test
    void versionsThatAreRefused() {
        assertRefused("supported versions of 0 bytes; each has two", new TestingHello().versions().record());
        assertRefused("supported versions of 3 bytes; each has two", new TestingHello()
                .extension(TestingHello.SUPPORTED_VERSIONS, vector(1, bytes(3, 4, 3))).record());
        assertRefused("it ends within the supported versions", new TestingHello()
                .extension(TestingHello.SUPPORTED_VERSIONS, bytes(4, 3, 4)).record());
        assertRefused("1 bytes too many in the supported_versions extension", new TestingHello()
                .extension(TestingHello.SUPPORTED_VERSIONS, bytes(2, 3, 4, 0)).record());
        assertRefused("version 2.0", new TestingHello().version(0x0200).record());
        assertRefused("version 254.253", new TestingHello().version(0xfefd).record());
    }

    @Test
    void manyExtensions() {
        TestingHello hello = new TestingHello();
        for (int type = 1000; type < 1127; type++) {
            hello.extension(type, bytes());
        }
        assertName("a.example", hello.serverName("a.example").record());
        assertRefused("more than 128 extensions", hello.extension(2000, bytes()).record());
        assertRefused("two extensions of type 2570",
                new TestingHello().extension(0x0a0a, bytes()).extension(0x1a1a, bytes(0)).extension(0x0a0a, bytes())
                        .record());
    }

    @Test
    void greaseIsIgnored() {
        assertName("a.example", new TestingHello().extension(0x0a0a, bytes()).serverName("a.example")
                .extension(0xfafa, bytes(0)).record());
    }

    // ── the message ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void fieldsOfAWrongSize() {
        assertRefused("a session id of 33 bytes; at most 32 are allowed",
                new TestingHello().sessionId(33).record());
        assertRefused("cipher suites of 0 bytes; each has two", new TestingHello().suites(0).record());
        assertRefused("cipher suites of 3 bytes; each has two", new TestingHello().suites(3).record());
        assertRefused("no compression method", new TestingHello().compression(0).record());
        assertName("a", new TestingHello().sessionId(0).suites(2).compression(255).serverName("a").record());
    }

    @Test
    void bytesBehindTheExtensions() {
        byte[] message = new TestingHello().serverName("a.example").message();
        byte[] longer = join(message, bytes(0, 0));
        longer[3] = (byte) (longer[3] + 2);
        assertRefused("2 bytes behind the extensions", TestingHello.record(longer));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 34, 40})
    void aMessageThatIsTooShort(int size) {
        byte[] message = join(bytes(1), vector(3, join(bytes(3, 3), new byte[60])));
        byte[] cut = Arrays.copyOf(message, 4 + size);
        cut[3] = (byte) size;
        Outcome outcome = TestingSniffer.outcome(CONFIG, TestingHello.record(cut));
        assertEquals(Outcome.State.REJECTED, outcome.state());
        assertNull(outcome.attribute(Attributes.SNI));
    }
}
