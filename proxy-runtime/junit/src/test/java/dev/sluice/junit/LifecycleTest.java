package dev.sluice.junit;

import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import dev.sluice.runtime.ProxyServer;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingUpstream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

/** The lives of proxies, and the messages of those that cannot begin. */
class LifecycleTest {
    private static final String YAML = """
            listeners: [ { name: edge, listen: "127.0.0.1:0", cluster: app } ]
            clusters: [ { name: app, endpoints: [ { address: "10.0.0.1:80" } ] } ]
            """;
    private static final List<ProxyServer> SERVERS = new ArrayList<>();

    static Events run(Class<?> sample) {
        return EngineTestKit.engine("junit-jupiter").configurationParameter(ProxySource.PATIENCE, "300")
                .selectors(selectClass(sample)).execute().allEvents();
    }

    static List<Throwable> failures(Class<?> sample) {
        return run(sample).failed().stream()
                .map(event -> event.getRequiredPayload(TestExecutionResult.class).getThrowable().orElseThrow())
                .toList();
    }

    /** The message of the one failure of a class. */
    static String failure(Class<?> sample) {
        List<Throwable> failures = failures(sample);
        assertEquals(1, failures.size(), failures::toString);
        return String.valueOf(failures.getFirst().getMessage());
    }

    @Test
    void eachTestHasAProxyAndAnEndpointOfItsOwn() {
        SERVERS.clear();
        assertEquals(2, run(PerMethod.class).finished().stream().filter(event -> event.getTestDescriptor().isTest())
                .count());
        assertNotSame(SERVERS.get(0), SERVERS.get(1));
        SERVERS.forEach(server -> assertEquals(0, server.stats().memoryBytes()));
    }

    @SluiceProxy(yaml = YAML, lifecycle = SluiceProxy.Lifecycle.PER_METHOD)
    static class PerMethod {
        @Endpoint("app")
        final TestingUpstream server = TestingUpstream.echo();

        @AfterEach
        void stop() throws Exception {
            server.close();
        }

        private void use(Sluice sluice) throws Exception {
            SERVERS.add(sluice.server());
            try (TestingClient client = TestingClient.connect(sluice.address("edge"))) {
                assertEquals("mine", client.roundTrip("mine"));
                assertEquals(1, server.accepted());
            }
        }

        @Test
        void first(Sluice sluice) throws Exception {
            use(sluice);
        }

        @Test
        void second(Sluice sluice) throws Exception {
            use(sluice);
        }
    }

    @Test
    void aSharedInstanceHasFieldsForTheProxyOfTheClass() {
        SERVERS.clear();
        run(PerInstance.class).assertStatistics(all -> all.failed(0));
        assertSame(SERVERS.get(0), SERVERS.get(1));
    }

    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    @SluiceProxy(builder = "proxy")
    static class PerInstance {
        @Endpoint("app")
        final TestingUpstream server = TestingUpstream.echo();

        static ProxyServer.Builder proxy() {
            return ProxyServer.builder().config(YAML);
        }

        private static void use(Sluice sluice) throws Exception {
            SERVERS.add(sluice.server());
            try (TestingClient client = TestingClient.connect(sluice.address("edge"))) {
                assertEquals("mine", client.roundTrip("mine"));
            }
        }

        @Test
        void first(Sluice sluice) throws Exception {
            use(sluice);
        }

        @Test
        void second(Sluice sluice) throws Exception {
            use(sluice);
        }
    }

    @Test
    void aReloadOfTheClassOutlivesThoseOfItsTests() {
        assertEquals(List.of(), failures(Reloads.class));
    }

    @SluiceProxy(yaml = YAML)
    static class Reloads {
        @BeforeAll
        static void change(Sluice sluice) {
            sluice.reload(text -> text + "# of the class\n");
        }

        @RepeatedTest(2)
        void changes(Sluice sluice) {
            sluice.reload(text -> {
                assertEquals(YAML + "# of the class\n", text);
                return text + "# of the test\n";
            });
            sluice.reload(text -> {
                assertEquals(YAML + "# of the class\n# of the test\n", text);
                return text;
            });
        }
    }

    @Test
    void mistakesAreNamed() {
        assertEquals("@SluiceProxy of Nothing has 0 configurations; allowed: exactly one of @SluiceProxy(\"file\"),"
                + " @SluiceProxy(yaml = \"…\") and @SluiceProxy(builder = \"method\")", failure(Nothing.class));
        assertTrue(failure(NoFile.class).endsWith("nor a resource /no/such.yaml of the class path"));
        assertEquals(
                "@Endpoint Late.server is null when the proxy starts; give it its value where it is declared, or in"
                        + " @BeforeAll",
                failure(Late.class));
        assertEquals(
                "@Endpoint Instance.server is a field of instances, and the proxy serves the whole class; allowed: a"
                        + " static field, lifecycle = PER_METHOD, or @TestInstance(PER_CLASS)",
                failure(Instance.class));
        assertEquals("@Endpoint Typo.SERVER: there is no cluster 'apq'; there are: app", failure(Typo.class));
        assertTrue(
                failure(NoServer.class).startsWith("@Endpoint NoServer.SERVER: a java.util.Locale is not known to be a"
                        + " server; allowed: an address, a server socket, a port (int), or an object with a public method address()"));
        assertTrue(failure(Wrong.class).contains("listener"), "the problems of the configuration");
        assertTrue(failure(NoMethod.class).contains("has no method proxy() without parameters"));
    }

    @SluiceProxy
    static class Nothing {
        @Test
        void test() {}
    }

    @SluiceProxy("no/such.yaml")
    static class NoFile {
        @Test
        void test() {}
    }

    @SluiceProxy(yaml = YAML)
    static class Late {
        @Endpoint("app")
        static @Nullable ServerSocket server;

        @Test
        void test() {}
    }

    @SluiceProxy(yaml = YAML)
    static class Instance {
        @Endpoint("app")
        final int server = 80;

        @Test
        void test() {}
    }

    @SluiceProxy(yaml = YAML)
    static class Typo {
        @Endpoint("apq")
        static final int SERVER = 80;

        @Test
        void test() {}
    }

    @SluiceProxy(yaml = YAML)
    static class NoServer {
        @Endpoint("app")
        static final Locale SERVER = Locale.ROOT;

        @Test
        void test() {}
    }

    @SluiceProxy(yaml = "listeners: []")
    static class Wrong {
        @Test
        void test() {}
    }

    @SluiceProxy(builder = "proxy")
    static class NoMethod {
        @Test
        void test() {}
    }
}
