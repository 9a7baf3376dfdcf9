package dev.sluice.runtime.discovery;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.TextParseException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** The system's files about names. */
class SystemNamesTest {
    @TempDir
    private Path directory;
    private Path resolvConf;
    private Path hosts;
    private SystemNames names;

    @BeforeEach
    void files() {
        resolvConf = directory.resolve("resolv.conf");
        hosts = directory.resolve("hosts");
        names = new SystemNames(resolvConf, hosts);
    }

    private static InetSocketAddress server(String ip) {
        return new InetSocketAddress(InetAddress.ofLiteral(ip), 53);
    }

    /** Replaces a file in one step, as NetworkManager and Docker do. */
    private void replace(Path file, String text) throws IOException {
        Path next = Files.writeString(directory.resolve("next"), text);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void resolvConfIsReadAgainWhenItChanges() throws IOException {
        replace(resolvConf, """
                # by hand
                nameserver 10.0.0.2
                nameserver fd00::53
                search ns.svc.cluster.local svc.cluster.local
                options ndots:5 timeout:1
                """);
        assertEquals(List.of(server("10.0.0.2"), server("fd00::53")), names.resolvConf().servers());
        assertEquals(5, names.resolvConf().ndots());
        replace(resolvConf, "nameserver 10.0.0.3\n");
        assertEquals(List.of(server("10.0.0.3")), names.resolvConf().servers());
        assertEquals(1, names.resolvConf().ndots());
        assertEquals(List.of(), names.resolvConf().search());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nameserver\n", "\u0000\u0001\n", "search\noptions ndots:\n"})
    void aFileWithoutServersMeansOneOnThisMachine(String text) throws IOException {
        replace(resolvConf, text);
        assertEquals(List.of(server("127.0.0.1")), names.resolvConf().servers());
    }

    @Test
    void noFilesAreNoProblem() {
        assertEquals(List.of(server("127.0.0.1")), names.resolvConf().servers());
        assertEquals(List.of(), names.hosts("localhost"));
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', value = {
        "web, 1, web.a. web.b. web.",
        "web.c, 1, web.c. web.c.a. web.c.b.",
        "web.c, 2, web.c.a. web.c.b. web.c.",
        "web.c., 5, web.c.",
        "_pg._tcp.db, 5, _pg._tcp.db.a. _pg._tcp.db.b. _pg._tcp.db.",
        "web, 0, web. web.a. web.b."})
    void aNameStandsForSeveralAsInTheCLibrary(String name, int ndots, String expected) throws Exception {
        ResolvConf conf = new ResolvConf(List.of(),
                List.of(org.xbill.DNS.Name.fromString("a."), org.xbill.DNS.Name.fromString("b.")), ndots);
        assertEquals(expected, String.join(" ", conf.candidates(name).stream().map(Object::toString).toList()));
    }

    @Test
    void aSuffixThatMakesTheNameTooLongIsLeftOut() throws Exception {
        String label = "x".repeat(63);
        ResolvConf conf = new ResolvConf(List.of(),
                List.of(org.xbill.DNS.Name.fromString(label + "." + label + "."), org.xbill.DNS.Name.fromString("b.")),
                5);
        String name = label + "." + label;
        assertEquals(List.of(name + ".b.", name + "."), conf.candidates(name).stream().map(Object::toString).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a..b", "\\300.x"})
    void whatIsNoDnsNameIsRefused(String name) {
        assertThrows(TextParseException.class, () -> ResolvConf.DEFAULT.candidates(name));
    }

    @Test
    void hostsHaveAllAddressesOfAName() throws IOException {
        replace(hosts, """
                127.0.0.1 localhost
                ::1 localhost ip6-localhost # a comment
                #10.0.0.9 db
                10.0.0.1\tdb Web.Example
                10.0.0.2  db
                10.0.0.2  db
                not-an-address db
                10.0.0.3
                """);
        assertEquals(addresses("10.0.0.1", "10.0.0.2"), names.hosts("DB"));
        assertEquals(addresses("127.0.0.1", "::1"), names.hosts("localhost."));
        assertEquals(addresses("10.0.0.1"), names.hosts("web.example"));
        replace(hosts, "10.0.0.7 db\n");
        assertEquals(addresses("10.0.0.7"), names.hosts("db"));
        Files.delete(hosts);
        assertEquals(List.of(), names.hosts("db"));
    }

    private static List<InetAddress> addresses(String... literals) {
        return Stream.of(literals).map(InetAddress::ofLiteral).toList();
    }
}
