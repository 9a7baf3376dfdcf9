package dev.sluice.runtime.admin;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

import dev.sluice.runtime.admin.TestingHttp.Response;
import dev.sluice.runtime.observe.GenerationView;
import dev.sluice.runtime.observe.ListenerUse;
import dev.sluice.runtime.observe.TestingProxyView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Commands about configurations, and what is shown of them. */
@Timeout(60)
class AdminCommandsTest {
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final Duration NEVER = Duration.ofHours(1);
    private static final SocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final TestingProxyView view = TestingProxyView.ready();
    private final TestingCommands commands = new TestingCommands();
    private AdminServer server;
    private SocketAddress address;

    @BeforeEach
    void start() throws IOException {
        server = AdminServer.start(ANY, null, TestingParts.of(view, commands), DEADLINE, NEVER);
        address = server.address();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static String result(Response response) {
        return response.json().get("result").asString();
    }

    @ParameterizedTest
    @CsvSource({"200, applied", "200, unchanged", "422, refused", "409, draining"})
    void theEndOfAReloadIsAnsweredWithItsStatus(int status, String word) throws IOException {
        commands.reload = CompletableFuture.completedFuture(TestingCommands.result(status, word));
        Response response = TestingHttp.post(address, "/reload");
        assertEquals(status, response.status());
        assertEquals(word, result(response));
        assertEquals(1, commands.reloads.get());
    }

    @Test
    void aReloadThatEndsMeanwhileIsWaitedFor() throws Exception {
        commands.reload = new CompletableFuture<>();
        Thread ends = Thread.ofPlatform().start(() -> {
            while (commands.reloads.get() == 0) {
                Thread.onSpinWait();
            }
            commands.reload.complete(TestingCommands.result(200, "applied"));
        });
        assertEquals("applied", result(TestingHttp.post(address, "/reload")));
        ends.join();
    }

    @Test
    void aReloadThatTakesLongerIsAnsweredWithThePlaceOfItsResult() throws IOException {
        commands.reload = new CompletableFuture<>();
        try (AdminServer impatient = AdminServer.start(ANY, null, TestingParts.of(view, commands),
                Duration.ofMillis(500), NEVER)) {
            Response response = TestingHttp.post(impatient.address(), "/reload");
            assertEquals(202, response.status(), response.body());
            assertEquals("running", result(response));
            assertTrue(response.json().get("text").asString().contains("GET /reload"), response.body());
        }
        assertFalse(commands.reload.isDone());
    }

    @Test
    void aReloadThatFailsIs500AndNamesTheFailure() throws IOException {
        commands.reload = CompletableFuture.failedFuture(new IllegalStateException("broken"));
        Response response = TestingHttp.post(address, "/reload");
        assertEquals(500, response.status());
        assertTrue(response.json().get("error").asString().contains("the reload failed"), response.body());
    }

    @ParameterizedTest
    @CsvSource({"/reload?plan, planned, 0", "/reload?plan=, planned, 0", "/reload?plan=true, planned, 0",
        "/reload?plan=false, applied, 1", "/reload, applied, 1"})
    void aPlanChangesNothing(String path, String word, int reloads) throws IOException {
        assertEquals(word, result(TestingHttp.post(address, path)));
        assertEquals(reloads, commands.reloads.get());
    }

    @Test
    void aPlanThatWouldBeRefusedIs422() throws IOException {
        commands.plan = TestingCommands.result(422, "refused");
        assertEquals(422, TestingHttp.post(address, "/reload?plan").status());
        Response wrong = TestingHttp.post(address, "/reload?plan=maybe");
        assertEquals(400, wrong.status());
        assertEquals("plan is \"maybe\"; allowed: true, false, or no value, which means true",
                wrong.json().get("error").asString());
        assertEquals(400, TestingHttp.post(address, "/reload?dry-run").status());
        assertEquals(0, commands.reloads.get());
    }

    @Test
    void theLastReloadIsShown() throws IOException {
        Response response = TestingHttp.get(address, "/reload");
        assertEquals(200, response.status());
        assertEquals("none", result(response));
        commands.lastReload = TestingCommands.result(202, "running");
        assertEquals(202, TestingHttp.get(address, "/reload").status());
        assertEquals("GET, HEAD, POST",
                TestingHttp.send(address, "PUT", "/reload", "Host: localhost", "Content-Length: 0").header("allow"));
        assertEquals(0, commands.reloads.get());
    }

    @ParameterizedTest
    @CsvSource({"/generations/7/drain, 7 PT0S", "/generations/7/drain?over=30min, 7 PT30M"})
    void aGenerationIsDrainedOverTheTimeThatIsSaid(String path, String order) throws IOException {
        assertEquals(202, TestingHttp.post(address, path).status());
        assertEquals(List.of(order), commands.generationDrains);
    }

    @ParameterizedTest
    @CsvSource({"404", "409"})
    void aGenerationThatCannotBeDrainedIsRefused(int status) throws IOException {
        commands.generationDrain = TestingCommands.result(status, "refused");
        assertEquals(status, TestingHttp.post(address, "/generations/9/drain").status());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '@', value = {
        "/generations/7/drain?over=30@over: '30'; allowed: PT0S to PT24H",
        "/generations/7/drain?over@over: ''; allowed: PT0S to PT24H",
        "/generations/x/drain@the number of the generation is \"x\"; allowed: a number from 1",
        "/generations/0/drain@the number of the generation is \"0\"; allowed: a number from 1",
        "/generations/7/drain?in=30min@unknown parameter \"in\"; allowed: over"})
    void wrongDrainsOfGenerationsAre400AndSayWhatIsAllowed(String path, String message) throws IOException {
        Response response = TestingHttp.post(address, path);
        assertEquals(400, response.status());
        assertEquals(message, response.json().get("error").asString());
        assertEquals(List.of(), commands.generationDrains);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '@', value = {
        "/clusters/web/endpoints/10.0.0.1:443/drain@drain web 10.0.0.1:443 null",
        "/clusters/web/endpoints/10.0.0.1%3A443/drain?over=10min@drain web 10.0.0.1:443 PT10M",
        "/clusters/a.b/endpoints/%5B2001:db8::1%5D:443/up@up a.b [2001:db8::1]:443",
        "/clusters/web/endpoints/unix:%2Frun%2Fa+b%20c.sock/up@up web unix:/run/a+b c.sock"})
    void anEndpointIsNamedByClusterAndAddress(String path, String order) throws IOException {
        assertEquals(200, TestingHttp.post(address, path).status());
        assertEquals(List.of(order), commands.endpoints);
    }

    @Test
    void anEndpointThatIsNotThereIsSaid() throws IOException {
        commands.endpoint = new CommandResult(404, json -> json.name("error").value("there is no cluster 'x'"));
        Response response = TestingHttp.post(address, "/clusters/x/endpoints/10.0.0.1:443/drain");
        assertEquals(404, response.status());
        assertEquals("there is no cluster 'x'", response.json().get("error").asString());
    }

    @ParameterizedTest
    @CsvSource({"400, /clusters/web/endpoints/10.0.0.1:443/drain?over=30",
        "400, /clusters/web/endpoints/10.0.0.1:443/drain?over",
        "400, /clusters/web/endpoints/10.0.0.1:443/up?over=1min",
        "404, /clusters/web/endpoints/unix:/run/a.sock/drain", "404, /clusters/web/endpoints//drain",
        "404, /clusters/web/endpoints/10.0.0.1:443", "404, /clusters/web/endpoints/10.0.0.1:443/down"})
    void wrongCommandsToEndpointsAreRefused(int status, String path) throws IOException {
        assertEquals(status, TestingHttp.post(address, path).status());
        assertEquals(405, TestingHttp.get(address, "/clusters/web/endpoints/10.0.0.1:443/drain").status());
        assertEquals(List.of(), commands.endpoints);
    }

    @Test
    void generationsShowWhatKeepsThemAlive() throws IOException {
        Instant since = Instant.parse("2026-11-28T09:15:00Z");
        view.generations.add(new GenerationView(5, false, since, "/etc/sluice.yaml", "4f1c",
                List.of(new ListenerUse("edge", 2), new ListenerUse("pg", 0)), 2, OptionalLong.of(4711),
                1_500_000_000L, 3));
        view.generations.add(new GenerationView(7, true, since, "configuration", "00", List.of(), 0,
                OptionalLong.empty(), 0, 0));
        JsonNode generations = TestingHttp.get(address, "/generations").json().get("generations");
        assertEquals(
                "{\"number\":5,\"serving\":false,\"since\":\"2026-11-28T09:15:00Z\",\"source\":\"/etc/sluice.yaml\","
                        + "\"sha256\":\"4f1c\",\"connections\":2,\"listeners\":[{\"name\":\"edge\",\"connections\":2},"
                        + "{\"name\":\"pg\",\"connections\":0}],\"oldest_connection\":4711,\"oldest_age_ms\":1500.0,"
                        + "\"open_filters\":3}",
                generations.get(0).toString());
        assertTrue(generations.get(1).get("serving").asBoolean());
        assertTrue(generations.get(1).get("oldest_connection").isNull());
        assertTrue(generations.get(1).get("oldest_age_ms").isNull());
    }

    @Test
    void connectionsNameTheirGeneration() throws IOException {
        view.generation = 6;
        view.connect(1, "192.0.2.7:1");
        assertEquals(6, TestingHttp.get(address, "/connections").json().get("connections").get(0).get("generation")
                .asInt());
    }

    @Test
    void theConfigurationIsShownAsItIsWritten() throws IOException {
        JsonNode files = TestingHttp.get(address, "/config").json().get("files");
        assertEquals(1, files.size());
        assertEquals("/etc/sluice.yaml", files.get(0).get("path").asString());
        assertEquals("password: ${SECRET}\n", files.get(0).get("text").asString());
    }
}
