package dev.sluice.runtime.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.ClusterConfig.LoadBalancing;
import dev.sluice.runtime.config.model.ConfigPlace;
import dev.sluice.runtime.config.model.DnsServer;
import dev.sluice.runtime.config.model.HealthCheckConfig;
import dev.sluice.runtime.config.model.SentProxyHeader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ClusterConfigTest {
    private static String with(String line) {
        return """
                listeners: [ { name: edge, listen: "127.0.0.1:0", cluster: web } ]
                clusters:
                  - name: web
                    %s
                """.formatted(line);
    }

    private static String withEndpoint(String endpoint) {
        return with("endpoints: [ %s ]".formatted(endpoint));
    }

    private static ClusterConfig cluster(String line) {
        return TestingConfig.load(with(line + "\n    endpoints: [ { address: \"10.0.0.1:80\" } ]")).configuration()
                .clusters().getFirst();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '@', quoteCharacter = '`', value = {
        "timeouts: { connect: 30s, connectTotal: 60 }@4:45 clusters[0].timeouts.connectTotal: '60' has no unit; allowed: a duration from 1ms"
                + " to 1h, such as 250ms, 3s, 5m or 1h; did you mean '60s'?",
        "connectAttempts: 0@4:22 clusters[0].connectAttempts: 0 is out of range; allowed: a whole number from 1 to 32",
        "maxConnections: -1@4:21 clusters[0].maxConnections: -1 is out of range; allowed: a whole number from 1 to 10000000",
        "timeouts: { connect: 0s }@4:26 clusters[0].timeouts.connect: '0s' is out of range; allowed: a duration from 1ms to 1h, such as"
                + " 250ms, 3s, 5m or 1h",
        "timeouts: { connect: 30s }@4:26 clusters[0].timeouts.connect: connectTotal 10s is shorter than connect 30s; allowed: a"
                + " connectTotal of at least 30s",
        "timeouts: { connect: 2s, connectTotal: 1s }@4:44 clusters[0].timeouts.connectTotal: connectTotal 1s is shorter than connect 2s"
                + "; allowed: a connectTotal of at least 2s",
        "loadBalancing: round-robbin@4:20 clusters[0].loadBalancing: 'round-robbin' is not one of the choices; allowed: round-robin,"
                + " least-connections, random-two-choices, source-hash; did you mean 'round-robin'?",
        "dns: { name: db, port: 5 }@5:16 clusters[0].endpoints: 'endpoints' and 'dns' are both set; allowed: one of the three: endpoints, a"
                + " file with them, or a name in DNS",
        "panicThreshold: 50@4:21 clusters[0].panicThreshold: '50' is not a percentage; allowed: 0% to 100%; did you mean '50%'?",
        "onRemoved: drain@4:16 clusters[0].onRemoved: 'drain' is none of the ends that connections may have; allowed: keep, close,"
                + " or drain and a duration from 1s to 720h, as in drain 10m; did you mean 'drain 10m'?",
        "outlierDetection: { ejection: 10m }@4:35 clusters[0].outlierDetection.ejection: maxEjection 5m is shorter than ejection 10m"
                + "; allowed: a maxEjection of at least 10m",
        "healthCheck: { http: {} }@4:26 clusters[0].healthCheck.http: 'http' has no meaning for a check of the type tcp; allowed:"
                + " only the section of the check's own type",
        "healthCheck: { type: http, http: { expectedStatus: [399-200] } }@4:57 clusters[0].healthCheck.http.expectedStatus[0]:"
                + " '399-200' is empty; allowed: a status from 100 to 599, or a range of them, as in 200-399; did you mean '200-399'?",
        "healthCheck: { tcp: { send: a, sendHex: b0 } }@4:45 clusters[0].healthCheck.tcp.sendHex: both send and sendHex; allowed: one"
                + " of the two",
        "healthCheck: { tcp: { sendHex: b } }@4:36 clusters[0].healthCheck.tcp.sendHex: this is not a sequence of bytes; allowed: 1 to"
                + " 4096 bytes as pairs of hexadecimal digits, as in \"00 00 00 08\"",
        "healthCheck: { timeout: 6s }@4:29 clusters[0].healthCheck.timeout: timeout 6s is longer than interval 5s; allowed: a timeout"
                + " of at most 5s",
        "tls: {}@4:10 clusters[0].tls: the key 'serverName' is missing: endpoints are known by their addresses, and without a name their certificates"
                + " cannot be verified; allowed: serverName: NAME, as it stands in the certificates; or verify: chain, which accepts any name",
        "proxyProtocol: v3@4:20 clusters[0].proxyProtocol.version: 'v3' is not one of the choices; allowed: none, v1, v2; did you mean"
                + " 'v1'?",
        "proxyProtocol: { tlvs: [alpn] }@4:20 clusters[0].proxyProtocol: the key 'version' is missing: v1, v2 or none",
        "proxyProtocol: { version: v1, tlvs: [alpn] }@4:41 clusters[0].proxyProtocol.tlvs: only version v2 has tlvs; allowed: version:"
                + " v2, or no tlvs"})
    void refused(String line, String expected) {
        assertEquals(List.of("c.yaml:" + expected),
                TestingConfig.problems(with(line + "\n    endpoints: [ { address: \"10.0.0.1:80\" } ]")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '@', quoteCharacter = '`', value = {
        "{ name: db }@4:10 clusters[0].dns: the key 'port' is missing: A and AAAA records have no port; allowed: a port from 1 to"
                + " 65535, or type: SRV",
        "{ name: db, port: 1, type: SRV }@4:28 clusters[0].dns.port: SRV records bring their own ports; allowed: no port with type SRV",
        "{ name: db, type: [SRV, A] }@4:28 clusters[0].dns.type: SRV beside other types; allowed: SRV alone, or A and AAAA; did you"
                + " mean '[SRV]'?",
        "{ name: db, port: 1, type: aaaa }@4:37 clusters[0].dns.type: 'aaaa' is not a type of DNS records that can be used here;"
                + " allowed: A, AAAA, SRV; did you mean 'AAAA'?",
        "{ name: 10.0.0.1, port: 1 }@4:18 clusters[0].dns.name: '10.0.0.1' is not a DNS name; allowed: a name such as"
                + " db.example.com, with letters, digits, hyphens and underscores, of at most 253 characters; an address belongs into"
                + " endpoints, and the port into the key port",
        "{ name: db, port: 1, servers: [ 10.0.0.02 ] }@4:42 clusters[0].dns.servers[0]: '10.0.0.02' is not a DNS server: leading zeros,"
                + " which some programs read as octal; allowed: system, or an IP address with or without a port, as in 10.0.0.2:53",
        "{ name: db, port: 1, servers: [ system, 10.0.0.2 ] }@4:40 clusters[0].dns.servers: 'system' beside other servers; allowed:"
                + " system alone, or addresses"})
    void refusedNames(String dns, String expected) {
        assertEquals(List.of("c.yaml:" + expected), TestingConfig.problems(with("dns: " + dns)));
    }

    @Test
    void aQueueNeedsALimitThatMakesClientsWait() {
        String endpoints = "\n    endpoints: [ { address: \"10.0.0.1:80\"%s } ]";
        assertEquals(1, TestingConfig.load(with("queue: { max: 9 }" + endpoints.formatted(""))).warnings().size());
        for (String good : List.of("queue: { max: 9 }" + endpoints.formatted(", maxConnections: 5"),
                "queue: { max: 9 }\n    maxConnections: 5" + endpoints.formatted(""),
                "queue: { max: 0 }" + endpoints.formatted(""))) {
            assertEquals(List.of(), TestingConfig.load(with(good)).warnings(), good);
        }
    }

    @Test
    void aHeaderWithTlvsFitsIntoABuffer() {
        String yaml = "memory: { readBuffer: 1KiB }\n"
                + with("proxyProtocol: %s\n    endpoints: [ { address: \"10.0.0.1:80\" } ]");
        assertEquals(List.of(), TestingConfig.load(yaml.formatted("v2")).warnings());
        assertEquals(List.of(
                "c.yaml:5:41 clusters[0].proxyProtocol.tlvs: a header with tlvs may be longer than memory.readBuffer;"
                        + " allowed: a readBuffer of at least 2KiB, or no tlvs"),
                TestingConfig.problems(yaml.formatted("{ version: v2, tlvs: [alpn] }")));
    }

    @Test
    void aVersionMayStandForTheWholeHeader() {
        SentProxyHeader second = new SentProxyHeader(SentProxyHeader.Version.V2, List.of());
        assertEquals(Optional.of(second), cluster("proxyProtocol: v2").proxyProtocol());
        assertEquals(Optional.of(second), cluster("proxyProtocol: { version: v2 }").proxyProtocol());
        assertEquals(Optional.empty(), cluster("connectAttempts: 1").proxyProtocol());
    }

    @Test
    void aServerMayHaveAPortAndBrackets() {
        List<String> servers = TestingConfig.load(with(
                "dns: { name: Db., port: 1, servers: [ 10.0.0.2, \"10.0.0.2:54\", \"2001:db8::1\", \"[2001:db8::1]:55\" ] }"))
                .configuration().clusters().getFirst().dns().orElseThrow().servers().stream()
                .map(DnsServer::toString).toList();
        assertEquals(List.of("10.0.0.2:53", "10.0.0.2:54", "2001:db8:0:0:0:0:0:1:53", "2001:db8:0:0:0:0:0:1:55"),
                servers);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '@', quoteCharacter = '`', value = {
        "{}@4:18 clusters[0].endpoints[0]: the key 'address' is missing: an address, such as \"10.0.0.1:443\"",
        "{ address: \"10.0.0.1:0\" }@4:29 clusters[0].endpoints[0].address: '10.0.0.1:0': port 0 is out of range; allowed: a port from 1"
                + " to 65535",
        "{ address: \"10.0.0.1:1\", weight: 257 }@4:51 clusters[0].endpoints[0].weight: 257 is out of range; allowed: a whole number"
                + " from 1 to 256",
        "{ address: \"10.0.0.1:1\", weight: 0 }@4:51 clusters[0].endpoints[0].weight: 0 is out of range; allowed: a whole number from 1"
                + " to 256",
        "{ address: \"10.0.0.1:1\", backup: no }@4:51 clusters[0].endpoints[0].backup: 'no' is neither true nor false; allowed: true or"
                + " false; did you mean 'false'?",
        "{ addres: \"10.0.0.1:1\", address: \"10.0.0.1:2\" }@4:20 clusters[0].endpoints[0].addres: unknown key 'addres'; allowed:"
                + " address, weight, maxConnections, backup, proxyProtocol; did you mean 'address'?"})
    void refusedEndpoints(String endpoint, String expected) {
        assertEquals(List.of("c.yaml:" + expected), TestingConfig.problems(withEndpoint(endpoint)));
    }

    @ParameterizedTest
    @CsvSource({"endpoints: [],4:16", "endpoints:,4:15"})
    void aClusterHasEndpoints(String line, String place) {
        assertEquals(List.of("c.yaml:" + place
                + " clusters[0].endpoints: the list of endpoints is empty; allowed: at least one, as in"
                + " [ { address: \"10.0.0.1:443\" } ]"), TestingConfig.problems(with(line)));
    }

    @ParameterizedTest
    @EnumSource
    void balancing(LoadBalancing balancing) {
        String name = balancing.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        assertEquals(balancing, cluster("loadBalancing: " + name).loadBalancing());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '@', quoteCharacter = '`', value = {
        "healthCheck: {}@clusters[0].healthCheck.type: MySQL and MariaDB count a connect without a login as an error,",
        "healthCheck: { type: tcp, tcp: { expect: x } }@clusters[0].healthCheck.type: MySQL and MariaDB count a connect",
        "healthCheck: { tcp: { sendHex: \"00\" } }@",
        "healthCheck: { type: http, http: { port: 9200 } }@",
        "healthCheck: { type: tls }@clusters[0].healthCheck.type: without tls.sni, an endpoint passes only if its",
        "healthCheck: { type: tls, tls: { sni: db.example } }@",
        "healthCheck: { type: tls, tls: { verify: false } }@clusters[0].healthCheck.tls.verify: the certificate is not verified"})
    void checksThatServersMind(String check, @Nullable String warning) {
        List<String> warnings = TestingConfig
                .warnings(with(check + "\n    endpoints: [ { address: \"10.0.0.1:3306\" } ]"));
        assertEquals(warning == null ? 0 : 1, warnings.size(), warnings::toString);
        assertTrue(warning == null || warnings.getFirst().contains(warning), warnings::toString);
    }

    @Test
    void aLineEndIsSomethingToSendAndToExpect() {
        HealthCheckConfig.Tcp tcp = cluster("healthCheck: { tcp: { send: \" \", expect: \"\\n\" } }").healthCheck()
                .flatMap(HealthCheckConfig::tcp).orElseThrow();
        assertEquals(Optional.of(" "), tcp.send());
        assertEquals(Optional.of("\n"), tcp.expect());
        assertEquals(
                List.of("c.yaml:4:35 clusters[0].healthCheck.tcp.expect: this text is empty; allowed: text that is not"
                        + " empty"),
                TestingConfig.problems(
                        with("healthCheck: { tcp: { expect: \"\" } }\n    endpoints: [ { address: \"10.0.0.1:80\" } ]")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '@', quoteCharacter = '`', value = {
        "{ send: 'PING\\r\\n', expect: \"+PONG\" }@clusters[0].healthCheck.tcp.send: '\\r' is a backslash and a letter here",
        "{ send: PING\\n }@clusters[0].healthCheck.tcp.send: '\\n' is a backslash and a letter here",
        "{ expect: '\\x00ok' }@clusters[0].healthCheck.tcp.expect: '\\x' is a backslash and a letter here",
        "{ send: \"PING\\r\\n\\t\\0\", expect: \"+PONG\\r\\n\" }@",
        "{ send: 'C:\\data' }@"})
    void escapesThatNothingHasReplaced(String tcp, @Nullable String warning) {
        List<String> warnings = TestingConfig.warnings(
                with("healthCheck: { tcp: " + tcp + " }\n    endpoints: [ { address: \"10.0.0.1:6379\" } ]"));
        assertEquals(warning == null ? 0 : 1, warnings.size(), warnings::toString);
        assertTrue(warning == null || warnings.getFirst().contains(warning), warnings::toString);
    }

    @Test
    void aRelativeEndpointsFileStartsAtTheFileThatSaysIt(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("main.yaml"), with("endpointsFile: lists/web.yaml"));
        ClusterConfig cluster = new ConfigLoader(Map.of()).load(file, FilterSource.NONE).configuration().clusters()
                .getFirst();
        assertEquals(Optional.of(directory.resolve("lists/web.yaml")), cluster.endpointsFile());
        Files.writeString(file, with("endpointsFile: /etc/web.yaml"));
        cluster = new ConfigLoader(Map.of()).load(file, FilterSource.NONE).configuration().clusters().getFirst();
        assertEquals(Optional.of(Path.of("/etc/web.yaml")), cluster.withoutEndpoints().endpointsFile());
    }

    @Test
    void otherServersDoNotMindABareConnect() {
        assertEquals(List.of(), TestingConfig
                .warnings(with("healthCheck: {}\n    endpoints: [ { address: \"10.0.0.1:5432\" } ]")));
        assertEquals(1, TestingConfig
                .warnings(with("healthCheck: {}\n    dns: { name: db, port: 3306 }")).size());
    }

    @Test
    void aShortTotalIsFineWithAShorterConnect() {
        assertEquals(new ClusterConfig.Timeouts(Duration.ofMillis(500), Duration.ofMillis(500), ConfigPlace.NONE),
                cluster("timeouts: { connect: 500ms, connectTotal: 500ms }").timeouts());
    }
}
