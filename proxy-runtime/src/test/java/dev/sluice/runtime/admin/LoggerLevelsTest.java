package dev.sluice.runtime.admin;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Map;

import dev.sluice.runtime.admin.TestingHttp.Response;
import dev.sluice.runtime.observe.TestingProxyView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

import static dev.sluice.runtime.observe.TestingConditions.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Log levels, changed for ever and for some time. */
@Timeout(60)
class LoggerLevelsTest {
    private static final SocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final Map<String, String> BEFORE = Map.of("ROOT", "warn", "dev.sluice", "info");

    private final TestingProxyView view = TestingProxyView.ready();
    private final TestingParts.Loggers loggers = new TestingParts.Loggers();
    private final LoggerLevels lasting = new LoggerLevels(loggers.access());
    private AdminServer server;
    private SocketAddress address;

    @BeforeEach
    void start() throws IOException {
        server = AdminServer.start(ANY, null, TestingParts.with(lasting, view));
        address = server.address();
    }

    @AfterEach
    void stop() {
        server.close();
        lasting.close();
    }

    private JsonNode logger(String name) throws IOException {
        for (JsonNode logger : TestingHttp.get(address, "/loggers").json().get("loggers")) {
            if (logger.get("name").asString().equals(name)) {
                return logger;
            }
        }
        throw new AssertionError("no logger " + name);
    }

    @Test
    void aLevelStaysWithoutATime() throws IOException {
        Response response = TestingHttp.post(address, "/loggers/dev.sluice?level=debug");
        assertEquals(200, response.status(), response.body());
        assertEquals("{\"name\":\"dev.sluice\",\"level\":\"debug\"}", response.body().strip());
        assertEquals("debug", loggers.levels.get("dev.sluice"));
        JsonNode logger = logger("dev.sluice");
        assertEquals("debug", logger.get("level").asString());
        assertTrue(logger.get("back_to").isNull());
        assertTrue(logger.get("back_in_ms").isNull());
        assertEquals("warn", logger("ROOT").get("level").asString());
        server.close();
        assertEquals("debug", loggers.levels.get("dev.sluice"));
    }

    @Test
    void aLevelWithATimeIsShownWithIt() throws IOException {
        TestingHttp.post(address, "/loggers/dev.sluice?level=debug&for=10min");
        TestingHttp.post(address, "/loggers/dev.sluice?level=trace&for=5min");
        JsonNode logger = logger("dev.sluice");
        assertEquals("trace", logger.get("level").asString());
        assertEquals("info", logger.get("back_to").asString());
        double left = logger.get("back_in_ms").asDouble();
        assertTrue(left > 0 && left <= 300_000, logger.toString());
        TestingHttp.post(address, "/loggers/audit?level=off&for=5min");
        assertEquals("inherit", logger("audit").get("back_to").asString());
    }

    @Test
    void aLevelIsSetBackWhenItsTimeIsOver() {
        LoggerAccess access = loggers.access();
        try (LoggerLevels levels = new LoggerLevels(access)) {
            levels.set("dev.sluice", "debug", Duration.ofMillis(20));
            levels.set("audit", "debug", Duration.ofMillis(20));
            assertTrue(levels.list().body().length > 0);
            await("both are as they were", () -> loggers.levels.equals(BEFORE));
        }
    }

    @Test
    void aLaterLevelIsNotSetBack() {
        try (LoggerLevels levels = new LoggerLevels(loggers.access())) {
            levels.set("dev.sluice", "debug", Duration.ofMillis(20));
            levels.set("dev.sluice", "trace", null);
            levels.set("audit", "debug", Duration.ofMillis(20));
            await("the time of the first is over too", () -> !loggers.levels.containsKey("audit"));
            assertEquals("trace", loggers.levels.get("dev.sluice"));
        }
    }

    @Test
    void theEndOfTheInterfaceChangesNothingAndTheirOwnSetsBackWhatHadATime() throws IOException {
        TestingHttp.post(address, "/loggers/ROOT?level=debug&for=10min");
        TestingHttp.post(address, "/loggers/audit?level=debug&for=10min");
        TestingHttp.post(address, "/loggers/dev.sluice?level=inherit&for=10min");
        assertEquals(Map.of("ROOT", "debug", "audit", "debug"), loggers.levels);
        assertEquals("inherit", logger("dev.sluice").get("level").asString());
        server.close();
        assertEquals(Map.of("ROOT", "debug", "audit", "debug"), loggers.levels);
        lasting.close();
        assertEquals(BEFORE, loggers.levels);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '@', value = {
        "/loggers/dev.sluice@level is missing; allowed: off, error, warn, info, debug, trace, inherit",
        "/loggers/dev.sluice?level=loud@level is \"loud\"; allowed: off, error",
        "/loggers/dev.sluice?level=DEBUG@level is \"DEBUG\"; allowed: off, error",
        "/loggers/ROOT?level=inherit@level is \"inherit\"; allowed: off, error",
        "/loggers/dev.sluice?level=debug&for=10@for: '10'; allowed: PT1S to PT24H",
        "/loggers/a%20b?level=debug@\"a b\" is not the name of a logger; allowed: 1 to 200 of the letters",
        "/loggers/dev.sluice?leval=debug@unknown parameter \"leval\"; allowed: level, for"})
    void wrongOrdersAre400AndSayWhatIsAllowed(String path, String message) throws IOException {
        Response response = TestingHttp.post(address, path);
        assertEquals(400, response.status(), response.body());
        String error = response.json().get("error").asString();
        assertTrue(error.startsWith(message), error);
        assertEquals(BEFORE, loggers.levels);
    }

    @Test
    void aProgramThatDidNotSayHowIs501() throws IOException {
        try (AdminServer without = AdminServer.start(ANY, null, TestingParts.of(view, new TestingCommands()))) {
            for (Response response : new Response[]{TestingHttp.get(without.address(), "/loggers"),
                TestingHttp.post(without.address(), "/loggers/dev.sluice?level=debug")}) {
                assertEquals(501, response.status());
                assertTrue(response.json().get("error").asString().contains("logLevels"), response.body());
            }
        }
    }
}
