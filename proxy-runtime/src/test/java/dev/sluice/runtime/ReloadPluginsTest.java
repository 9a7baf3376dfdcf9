package dev.sluice.runtime;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.Ledger;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingJar;
import dev.sluice.runtime.testing.TestingTransport;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Plugins of a running server whose JARs are replaced. */
class ReloadPluginsTest {
    private static void write(Path jar, String description) {
        TestingJar.create()
                .provider("com.example.Guard", "guard", "",
                        "public String description() { return \"" + description + "\"; }")
                .service("com.example.Guard").write(jar);
    }

    private static List<ConfigurationChange> changes(ReloadResult result) {
        return result.changes().stream().filter(change -> change.action() != ConfigurationChange.Action.KEPT).toList();
    }

    @Test
    void aReplacedPluginServesNewConnectionsAndItsClassesGoWithTheLastOldOne(@TempDir Path directory) throws Exception {
        Ledger ledger = Ledger.open();
        Path jar = Files.createDirectory(directory.resolve("plugins")).resolve("guard.jar");
        write(jar, "one");
        try (TestingUpstream upstream = TestingUpstream.echo();
                ProxyServer server = ProxyServer.builder().config("""
                        runtime: { eventLoops: 2, transport: %s }
                        plugins: { directory: "%s" }
                        listeners:
                          - { name: edge, listen: "127.0.0.1:0", cluster: app, filters: [ { type: guard } ] }
                        clusters:
                          - { name: app, endpoints: [ { address: "%s" } ] }
                        """.formatted(TestingTransport.realName(), jar.getParent(), upstream.address())).start()) {
            try (TestingClient old = TestingClient.connect(server, "edge")) {
                assertEquals("x", old.roundTrip("x"));
                Files.write(jar, Files.readAllBytes(jar));
                assertFalse(server.reload().applied(), "equal bytes are the same plugin");

                byte[] whole = Files.readAllBytes(jar);
                Files.write(jar, Arrays.copyOf(whole, whole.length / 2));
                assertThrows(ConfigurationException.class, server::reload);
                assertEquals(1, server.engine().view().configGeneration());

                Files.delete(jar);
                write(jar, "two");
                ReloadResult replaced = server.reload();
                assertTrue(replaced.applied());
                assertEquals(List.of("listener edge changed", "plugin guard changed"), changes(replaced).stream()
                        .map(change -> change.kind().label() + " " + change.name() + " " + change.action().label())
                        .toList());
                assertEquals(List.of("filter guard: its plugin was replaced (starts anew)"),
                        changes(replaced).getFirst().details());
                assertEquals("still", old.roundTrip("still"));
                assertEquals(2, server.engine().view().generationsAlive());
                try (TestingClient fresh = TestingClient.connect(server, "edge")) {
                    assertEquals("new", fresh.roundTrip("new"));
                }
            }
            Await.equal("generations alive", 1, () -> server.engine().view().generationsAlive());
            // The JDK remembers the last class of records that it compared (ObjectMethods), softly.
            assertFalse(server.reload().applied());
            Await.until("the classes of the old plugin to be collected", () -> {
                System.gc();
                return server.engine().view().pluginLoaders().collected() == 1;
            });
            assertEquals(1, server.engine().view().pluginLoaders().serving());
        }
        ledger.settle();
    }
}
