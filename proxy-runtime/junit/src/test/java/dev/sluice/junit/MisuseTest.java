package dev.sluice.junit;

import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;

import dev.sluice.api.config.ConfigException;
import dev.sluice.api.fault.Fault;
import dev.sluice.api.fault.Faults;
import dev.sluice.runtime.ProxyServer;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingUpstream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.junit.platform.testkit.engine.Events;

import static dev.sluice.junit.Expected.ended;
import static dev.sluice.junit.Expected.happened;
import static dev.sluice.junit.LifecycleTest.failure;
import static dev.sluice.junit.LifecycleTest.failures;
import static dev.sluice.junit.LifecycleTest.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Mistakes in tests, and odd uses: each is named where it is made, or works. */
class MisuseTest {
    private static final String YAML = """
            listeners: [ { name: edge, listen: "0.0.0.0:443", cluster: app } ]
            clusters: [ { name: app, endpoints: [ { address: "10.0.0.1:80" } ] } ]
            """;
    private static final String OTHER = """
            listeners: [ { name: edge, listen: "0.0.0.0:443", cluster: other } ]
            clusters: [ { name: other, endpoints: [ { address: "10.0.0.1:80" } ] } ]
            """;

    private static String message(Class<? extends Throwable> type, Executable call) {
        return String.valueOf(assertThrows(type, call).getMessage());
    }

    @Test
    void fieldsWithoutServersAreNamed() {
        assertEquals(
                "@Endpoint OneIsNull.SERVERS: one of several is null; allowed: an address, a server socket, a port, …",
                failure(OneIsNull.class));
        assertEquals("@Endpoint Empty.SERVERS: no server; allowed: at least one", failure(Empty.class));
        assertEquals("@Endpoint Fails.SERVER: the supplier failed: java.lang.IllegalStateException: no docker",
                failure(Fails.class));
        assertEquals(
                "@Endpoint Twice.SECOND: cluster 'app' has the endpoint 127.0.0.1:80 already; allowed: each once, in one"
                        + " field",
                failure(Twice.class));
        assertEquals("keepEndpoints: there is no cluster 'apq'; there are: app", failure(Kept.class));
    }

    @SluiceProxy(yaml = YAML)
    static class OneIsNull {
        @Endpoint("app")
        static final List<@Nullable Integer> SERVERS = Arrays.asList(80, null);

        @Test
        void test() {}
    }

    @SluiceProxy(yaml = YAML)
    static class Empty {
        @Endpoint("app")
        static final List<Integer> SERVERS = List.of();

        @Test
        void test() {}
    }

    @SluiceProxy(yaml = YAML)
    static class Fails {
        @Endpoint("app")
        static final Supplier<Integer> SERVER = () -> {
            throw new IllegalStateException("no docker");
        };

        @Test
        void test() {}
    }

    @SluiceProxy(yaml = YAML)
    static class Twice {
        @Endpoint("app")
        static final int FIRST = 80;
        @Endpoint("app")
        static final String SECOND = "127.0.0.1:80";

        @Test
        void test() {}
    }

    @SluiceProxy(yaml = YAML, keepEndpoints = "apq")
    static class Kept {
        @Test
        void test() {}
    }

    @Test
    void parametersThatCannotBeAreExplained() {
        assertEquals(
                "@Listener(\"edge\") cannot be a URI; allowed: InetSocketAddress, SocketAddress, int, Integer (the port)"
                        + " and String (host:port)",
                failure(Uri.class));
        assertEquals(
                "@Listener(\"edge\") cannot be a Sluice; allowed: InetSocketAddress, SocketAddress, int, Integer (the"
                        + " port) and String (host:port)",
                failure(Both.class));
        assertEquals("there is no proxy: neither NoProxy nor a class around it nor test() has @SluiceProxy",
                failure(NoProxy.class));
    }

    @SluiceProxy(yaml = YAML)
    static class Uri {
        @Test
        void test(@Listener("edge") URI uri) {}
    }

    @SluiceProxy(yaml = YAML)
    static class Both {
        @Test
        void test(@Listener("edge") Sluice sluice) {}
    }

    @ExtendWith(SluiceExtension.class)
    static class NoProxy {
        @Test
        void test(Sluice sluice) {}
    }

    @Test
    void proxiesOfOneClassMayHaveOtherClusters() {
        assertEquals(List.of(), failures(Outer.class));
    }

    @SluiceProxy(builder = "proxy")
    static class Outer {
        @Endpoint("app")
        static final TestingUpstream SERVER = TestingUpstream.echo();

        @AfterAll
        static void stop() throws Exception {
            SERVER.close();
        }

        static ProxyServer.Builder proxy() {
            return ProxyServer.builder().config(YAML);
        }

        private static void use(Sluice sluice) throws Exception {
            try (TestingClient client = TestingClient.connect(sluice.address("edge"))) {
                assertEquals("hello", client.roundTrip("hello"));
            }
        }

        @Test
        @SluiceProxy(yaml = OTHER)
        void otherClusters(Sluice sluice) {
            assertEquals("endpoint 0 of cluster 'other' is in no field with @Endpoint; clusters with such fields: app;"
                    + " others are named by their address",
                    message(IllegalArgumentException.class, () -> sluice.endpoint("other", 0)));
            assertEquals("up", sluice.endpoint("other", "127.0.0.1:1").state());
        }

        /** One with a cluster more, and the method of the class around it. */
        @Nested
        @SluiceProxy(builder = "proxy")
        class Inner {
            @Test
            void works(Sluice sluice) throws Exception {
                use(sluice);
            }
        }

        /** One without the cluster of the class around it. */
        @Nested
        @SluiceProxy(yaml = OTHER)
        class WithoutIt {
            @Endpoint("other")
            static final TestingUpstream ITS_OWN = TestingUpstream.echo();

            @AfterAll
            static void stopIt() throws Exception {
                ITS_OWN.close();
            }

            @Test
            void works(Sluice sluice) throws Exception {
                use(sluice);
            }
        }
    }

    @Test
    void aFieldThatWouldHaveNoEffectIsRefused() {
        assertEquals("@Endpoint Inner.SERVER is in a nested class, and the proxy is that of Around; allowed: a field of"
                + " Around, lifecycle = PER_METHOD there, or a @SluiceProxy of Inner", failure(Around.class));
        assertEquals(List.of(), failures(AroundEach.class));
    }

    @SluiceProxy(yaml = YAML)
    static class Around {
        /** Its field comes too late. */
        @Nested
        class Inner {
            @Endpoint("app")
            static final int SERVER = 80;

            @Test
            void test() {}
        }
    }

    @SluiceProxy(yaml = YAML, lifecycle = SluiceProxy.Lifecycle.PER_METHOD)
    static class AroundEach {
        /** Its field comes in time. */
        @Nested
        class Inner {
            @Endpoint("app")
            static final int SERVER = 80;

            @Test
            void test(Sluice sluice) {
                assertEquals("127.0.0.1:80", sluice.endpoint("app", 0).address());
            }
        }
    }

    @Test
    void aProxyThatATestHasClosedIsNamed() {
        List<String> failures = failures(Closes.class).stream().map(Throwable::getMessage).toList();
        assertEquals(List.of(
                "closes(Sluice) has closed the proxy of its class; allowed: in a test with a proxy of its own, by"
                        + " lifecycle = PER_METHOD or @SluiceProxy of the method",
                "the proxy of Closes has been closed by a test that ran before"), failures);
    }

    @SluiceProxy(yaml = YAML)
    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    static class Closes {
        @Test
        @Order(1)
        @SluiceProxy(yaml = YAML)
        void closesItsOwn(Sluice sluice) {
            sluice.server().close();
        }

        @Test
        @Order(2)
        void closes(Sluice sluice) {
            sluice.server().close();
        }

        @Test
        @Order(3)
        void isTooLate() {}
    }

    @Test
    void anInterruptIsNoLeftover() {
        Events events = run(Interrupted.class);
        events.assertStatistics(all -> all.failed(0));
    }

    @SluiceProxy(yaml = YAML, lifecycle = SluiceProxy.Lifecycle.PER_METHOD)
    static class Interrupted {
        @Endpoint("app")
        static final TestingUpstream SERVER = TestingUpstream.echo();

        @AfterAll
        static void stop() throws Exception {
            SERVER.close();
        }

        @Test
        void test(Sluice sluice) throws Exception {
            try (TestingClient client = TestingClient.connect(sluice.address("edge"))) {
                assertEquals("hello", client.roundTrip("hello"));
            }
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void callsThatDoNothingAreRefused() {
        assertEquals(List.of(), failures(Calls.class));
    }

    @SluiceProxy(yaml = YAML)
    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    static class Calls {
        private static @Nullable Sluice before;

        @BeforeAll
        static void forget() {
            before = null;
        }

        @Test
        @Order(1)
        void areNamed(Sluice sluice) {
            before = sluice;
            TestedListener edge = sluice.listener("edge");
            assertEquals("no fault; allowed: one or more, as in fault(Faults.blackHole())",
                    message(IllegalArgumentException.class, () -> edge.fault()));
            Fault none = nothing();
            assertEquals("a fault is null", message(NullPointerException.class, () -> edge.fault(none)));
            assertEquals("toxicity: a share of 2.0; allowed: 0 to 1",
                    message(ConfigException.class, () -> Faults.blackHole().toxicity(2)));
            assertEquals("a time of PT-1S; allowed: zero or more",
                    message(IllegalArgumentException.class, () -> ended().within(Duration.ofSeconds(-1))));
            assertTrue(message(IllegalArgumentException.class, () -> sluice.await(0, ended()))
                    .startsWith("0 events; allowed"));
            assertTrue(message(IllegalArgumentException.class, () -> happened("endpoint-dwn"))
                    .startsWith(
                            "there is no event 'endpoint-dwn'; there are: start, reload, endpoint-up, endpoint-down,"));
            assertEquals(
                    "there is no listener 'egde'; there are: edge. not within 0 ms: the end of a connection, listener"
                            + " egde. Nothing has happened in this test.",
                    message(AssertionError.class, () -> sluice.await(ended().listener("egde").within(Duration.ZERO))));
            assertEquals("the change of the configuration returned null",
                    message(NullPointerException.class, () -> sluice.reload(_ -> nothing())));
        }

        @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // As those write who do not check for null.
        private static <T> T nothing() {
            return null;
        }

        @Test
        @Order(2)
        void areOfNoTestThatHasEnded() {
            Sluice old = Objects.requireNonNull(before);
            for (Executable call : List.<Executable>of(() -> old.listener("edge").fault(Faults.blackHole()),
                    () -> old.listener("edge").down(), () -> old.listener("edge").up(), () -> old.await(ended()),
                    () -> old.reload(text -> text + "# more"))) {
                assertTrue(message(IllegalStateException.class, call)
                        .startsWith("areNamed(Sluice) has ended, and so has its"
                                + " Sluice; allowed: that of the test that runs"));
            }
        }

        @Test
        @Order(3)
        void mayTakeAwayWhatIsDown(Sluice sluice) {
            String more = "listeners: [ { name: more, listen: \"0.0.0.0:80\", cluster: app }, {";
            sluice.reload(text -> text.replace("listeners: [ {", more));
            sluice.listener("more").down();
            sluice.listener("edge").down();
            sluice.reload(text -> text.replace("name: more", "name: others").replace("name: edge", "name: elsewhere"));
            assertEquals(Set.of("others", "elsewhere"), sluice.server().addresses().keySet());
        }

        @Test
        @Order(4)
        void areUpAgain(Sluice sluice) {
            assertFalse(sluice.server().listener("edge").isDown());
            assertEquals(Set.of("edge"), sluice.server().addresses().keySet());
        }

        @Test
        @Order(5)
        void mayTakeAClusterAway(Sluice sluice) {
            String more = "clusters: [ { name: more, endpoints: [ { address: \"10.0.0.2:80\" } ] }, {";
            assertTrue(sluice.reload(text -> text.replace("clusters: [ {", more)).applied());
            assertTrue(sluice.reload(text -> text.replace(more, "clusters: [ {")).applied());
        }
    }
}
