package dev.sluice.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.runtime.json.JsonWriter;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.tls.TestingPki;
import dev.sluice.runtime.tls.TestingPki.Content;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Warnings about files of TLS in the log of a server, at its start and at reloads. */
class ServingWarningsTest {
    private static TestingPki root;

    @TempDir
    private Path directory;
    private final Logger logger = (Logger) LoggerFactory.getLogger(ServingWarnings.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeAll
    static void makeAuthority() throws Exception {
        root = TestingPki.root("root");
    }

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(log);
    }

    /** The warnings since the last call. */
    private List<String> logged() {
        List<ILoggingEvent> events = List.copyOf(log.list);
        log.list.clear();
        events.forEach(event -> assertEquals(Level.WARN, event.getLevel()));
        return events.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private void write(Content content) throws Exception {
        root.issue(content.names("DNS:site.example")).write(directory, "site");
        Files.setPosixFilePermissions(directory.resolve("site.key"), PosixFilePermissions.fromString("rw-------"));
    }

    private static Content expired() {
        return new Content("CN=late").until(Instant.now().minusSeconds(60));
    }

    private Path configuration(String before, String more) throws IOException {
        return Files.writeString(directory.resolve("sluice.yaml"), """
                %s
                listeners: [ { name: edge, listen: "127.0.0.1:0", cluster: a%s,
                  tls: { certificates: [ { certificate: site.pem, key: site.key } ] } } ]
                clusters: [ { name: a, endpoints: [ { address: "127.0.0.1:1" } ] } ]
                """.formatted(before, more));
    }

    @Test
    void theStartWarnsOfFiles() throws Exception {
        write(expired());
        try (ProxyServer server = ProxyServer.builder().config(configuration("", "")).start()) {
            List<String> logged = logged();
            assertEquals(1, logged.size(), logged::toString);
            assertTrue(logged.getFirst().contains("sluice.yaml:3:") && logged.getFirst().contains(
                    "listeners[0].tls.certificates[0].certificate: the certificate 'CN=late' in "), logged::toString);
            assertTrue(server.address("edge") != null);
        }
    }

    @Test
    void aReloadWarnsOfWhatIsNew() throws Exception {
        write(new Content("CN=good"));
        try (ProxyServer server = ProxyServer.builder().config(configuration("", "")).start()) {
            assertEquals(List.of(), logged());
            write(expired());
            ReloadResult result = server.reload();
            assertTrue(result.applied());
            List<String> logged = logged();
            assertEquals(1, logged.size(), logged::toString);
            assertTrue(logged.getFirst().contains("'CN=late' in "), logged::toString);
            assertEquals(1, result.warnings().size());
            assertTrue(result.toText().endsWith("\nwarning: " + logged.getFirst()), result::toText);
            StringBuilder json = new StringBuilder();
            result.writeTo(new JsonWriter(json).beginObject());
            assertTrue(json.toString().contains("\"warnings\":[{\"source\":\""), json::toString);
            assertTrue(json.toString().contains("\"path\":\"listeners[0].tls.certificates[0].certificate\""),
                    json::toString);

            configuration("# the same one line further down\n", ", maxConnections: 9");
            ReloadPlan plan = server.plan();
            assertTrue(plan.toText().contains("\nwarning: "), plan::toText);
            ReloadResult again = server.reload();
            assertTrue(again.applied());
            assertEquals(1, again.warnings().size());
            assertEquals(List.of(), logged(), "known by now");

            write(new Content("CN=good"));
            ReloadResult renewed = server.reload();
            assertTrue(renewed.applied() && renewed.warnings().isEmpty(), renewed::toText);
            assertFalse(renewed.toText().contains("warning"), renewed::toText);
            write(expired());
            assertTrue(server.reload().applied());
            assertEquals(1, logged().size(), "gone meanwhile");
        }
    }

    @Test
    void aReloadWarnsOfItsText() throws Exception {
        write(new Content("CN=good"));
        try (ProxyServer server = ProxyServer.builder().config(configuration("", "")).start()) {
            Path file = configuration("", "");
            Files.writeString(file, Files.readString(file).replace("endpoints:",
                    "tls: { verify: chain }, endpoints:"));
            ReloadResult result = server.reload();
            List<String> logged = logged();
            assertTrue(
                    logged.size() == 1 && logged.getFirst().contains("clusters[0].tls.verify: the names in the cert"),
                    logged::toString);
            assertEquals(1, result.warnings().size());
        }
    }

    @Test
    void theWatchWarnsOfACertificateThatHasExpired() throws Exception {
        write(new Content("CN=good"));
        Path file = configuration("runtime: { watch: 1s }", "");
        try (ProxyServer server = ProxyServer.builder().config(file).start()) {
            assertTrue(server.address("edge") != null);
            write(expired());
            Await.equal("warnings", 1, () -> logged().size());
        }
    }
}
