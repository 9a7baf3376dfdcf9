package dev.sluice.junit;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingUpstream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.Event;
import org.junit.platform.testkit.engine.Events;

import static dev.sluice.junit.Expected.ended;
import static dev.sluice.junit.Expected.started;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The check for what a test leaves behind, on classes that do. */
class NothingLeftTest {
    private static final String YAML = """
            listeners: [ { name: edge, listen: "0.0.0.0:443", cluster: app } ]
            clusters: [ { name: app, endpoints: [ { address: "10.0.0.1:80" } ] } ]
            """;
    private static final AtomicReference<@Nullable TestingClient> LEFT = new AtomicReference<>();

    @AfterEach
    void closeTheClient() throws Exception {
        TestingClient client = LEFT.getAndSet(null);
        if (client != null) {
            client.close();
        }
    }

    private static Throwable failure(Event event) {
        return event.getRequiredPayload(TestExecutionResult.class).getThrowable().orElseThrow();
    }

    private static List<Throwable> failures(Events events) {
        return events.failed().stream().map(NothingLeftTest::failure).toList();
    }

    /** Classes with a server. */
    abstract static class Sample {
        @Endpoint("app")
        static final TestingUpstream SERVER = TestingUpstream.echo();

        static TestingClient open(Sluice sluice) throws Exception {
            TestingClient client = TestingClient.connect(sluice.address("edge"));
            assertEquals("hello", client.roundTrip("hello"));
            return client;
        }
    }

    @Test
    void aConnectionThatIsLeftFailsItsTestAndNoOther() {
        List<Throwable> failures = failures(LifecycleTest.run(Leaves.class));
        assertEquals(1, failures.size(), failures::toString);
        List<String> lines = String.valueOf(failures.getFirst().getMessage()).lines().toList();
        assertEquals("leaves(Sluice) has left something behind:", lines.get(0));
        assertTrue(lines.get(1).matches(
                "- connection 1, open: client 127\\.0\\.0\\.1:\\d+, listener edge, endpoint 127\\.0\\.0\\.1:\\d+ of"
                        + " cluster app, open for \\d+ ms, idle for \\d+ ms, 5 bytes up, 5 down; opened in leaves\\(Sluice\\), which"
                        + " was about at .*NothingLeftTest\\$.*"),
                lines.get(1));
        assertTrue(lines.get(2).matches("- descriptor \\d+, a socket with port \\d+, ESTABLISHED, to listener edge"),
                lines.get(2));
    }

    @SluiceProxy(yaml = YAML)
    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    static class Leaves extends Sample {
        @Test
        @Order(1)
        void leaves(Sluice sluice) throws Exception {
            LEFT.set(open(sluice));
            sluice.await(started());
        }

        @Test
        @Order(2)
        void closes(Sluice sluice) throws Exception {
            open(sluice).close();
            sluice.await(ended());
            sluice.assertNothingLeft();
        }
    }

    @Test
    void aFailureOfTheTestIsKept() {
        List<Throwable> failures = failures(LifecycleTest.run(Fails.class));
        assertEquals(1, failures.size(), failures::toString);
        assertEquals("the test", failures.getFirst().getMessage());
        List<String> added = Arrays.stream(failures.getFirst().getSuppressed()).map(Throwable::getMessage).toList();
        assertEquals(2, added.size(), added::toString);
        assertTrue(added.get(0)
                .startsWith("the proxy has seen in failsAndLeaves(Sluice):\n- connection 1 started: listener"
                        + " edge, client 127.0.0.1:"),
                added.get(0));
        assertTrue(added.get(1).contains("left something behind"), added.get(1));
    }

    @SluiceProxy(yaml = YAML)
    static class Fails extends Sample {
        @Test
        void failsAndLeaves(Sluice sluice) throws Exception {
            LEFT.set(open(sluice));
            sluice.await(started());
            throw new IllegalStateException("the test");
        }
    }

    @Test
    void aClientOfTheClassIsNotATests() {
        assertEquals(List.of(), failures(LifecycleTest.run(OfTheClass.class)));
    }

    @SluiceProxy(yaml = YAML)
    static class OfTheClass extends Sample {
        @BeforeAll
        static void connect(Sluice sluice) throws Exception {
            LEFT.set(open(sluice));
        }

        @AfterAll
        static void close() throws Exception {
            Objects.requireNonNull(LEFT.get()).close();
        }

        @Test
        void uses(Sluice sluice) throws Exception {
            assertEquals("again", Objects.requireNonNull(LEFT.get()).roundTrip("again"));
            sluice.assertNothingLeft();
            assertEquals(1, sluice.connections().size());
        }
    }

    @Test
    void aClassThatAllowsItMayLeaveClients() {
        assertEquals(List.of(), failures(LifecycleTest.run(Allowed.class)));
    }

    @SluiceProxy(yaml = YAML, nothingLeft = false)
    static class Allowed extends Sample {
        @Test
        void leaves(Sluice sluice) throws Exception {
            LEFT.set(open(sluice));
        }

        @Test
        void asksAllTheSame(Sluice sluice) throws Exception {
            try (TestingClient _ = open(sluice)) {
                AssertionError left = assertThrows(AssertionError.class, sluice::assertNothingLeft);
                assertTrue(String.valueOf(left.getMessage()).startsWith("asksAllTheSame(Sluice) has left"));
            }
        }
    }
}
