package dev.sluice.runtime.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.transport.AddressText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Files with the endpoints of a cluster. */
class EndpointsFileTest {
    @TempDir
    private Path directory;

    private List<String> read(String text) throws Exception {
        return new EndpointsFile(Map.of("IP", "10.0.0.9")).read(write(text)).stream()
                .map(EndpointsFileTest::show).toList();
    }

    private Path write(String text) throws IOException {
        return Files.writeString(directory.resolve("endpoints.yaml"), text);
    }

    private static String show(ClusterConfig.Endpoint endpoint) {
        return AddressText.of(endpoint.address()) + " " + endpoint.weight() + " "
                + endpoint.maxConnections().orElse(0) + " " + endpoint.backup();
    }

    private List<String> problems(String text) throws IOException {
        Path file = write(text);
        return assertThrows(ProblemsException.class, () -> new EndpointsFile(Map.of()).read(file)).problems().stream()
                .map(problem -> problem.line() + ":" + problem.column() + " " + problem.path() + ": " + problem.what())
                .toList();
    }

    @Test
    void yamlHasTheFormOfTheKeyEndpoints() throws Exception {
        assertEquals(List.of("10.0.0.1:443 1 0 false", "[fd00::1]:443 5 100 true", "unix:/run/app.sock 1 0 false",
                "10.0.0.9:80 1 0 false"), read("""
                        # written by a program
                        - address: 10.0.0.1:443
                        - { address: "[fd00::1]:443", weight: 5, maxConnections: 100, backup: true }
                        - address: unix:/run/app.sock
                        - address: ${IP}:80
                        """));
    }

    @Test
    void jsonIsYaml() throws Exception {
        assertEquals(List.of("10.0.0.1:443 2 0 false"),
                read("[ {\"address\": \"10.0.0.1:443\",\n \"weight\": 2} ]\n"));
    }

    @Test
    void thereIsABoundOfWhatOneFileMayBring() throws Exception {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 4096; i++) {
            text.append("- address: 10.0.").append(i / 250).append('.').append(1 + i % 250).append(":1\n");
        }
        Path file = Files.writeString(directory.resolve("many"), text);
        assertEquals(4096, new EndpointsFile(Map.of()).read(file).size());
        Files.writeString(file, text + "- address: 10.1.0.1:1\n");
        ProblemsException refused = assertThrows(ProblemsException.class, () -> new EndpointsFile(Map.of()).read(file));
        assertEquals(1, refused.problems().size());
        String problem = refused.problems().getFirst().render();
        assertTrue(problem.contains(":4097:3: there are 4097 endpoints; allowed: at most 4096 in a file"), problem);
    }

    @Test
    void anEmptyListIsMeant() throws Exception {
        assertEquals(List.of(), read("[]"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "# nothing yet\n", "---\n"})
    void anEmptyFileIsNot(String text) throws Exception {
        List<String> problems = problems(text);
        assertEquals(1, problems.size(), problems::toString);
        assertTrue(problems.getFirst().endsWith("the file is empty"), problems::toString);
    }

    @Test
    void allProblemsAreReportedWithTheirPlaces() throws Exception {
        assertEquals(List.of("1:12 [0].address: '10.0.0.1' has no port", "2:3 [1]: the key 'address' is missing: an "
                + "address, such as \"10.0.0.1:443\"", "2:3 [1].wieght: unknown key 'wieght'",
                "4:11 [2].weight: 1000 is out of range"),
                problems("""
                        - address: 10.0.0.1
                        - wieght: 3
                        - address: 10.0.0.2:1
                          weight: 1000
                        """).stream().map(problem -> problem.replaceFirst(
                        "weight: .*1000.*", "weight: 1000 is out of range")).toList());
    }

    @Test
    void anAddressComesOnce() throws Exception {
        assertEquals(List.of("2:12 [1].address: a second endpoint 10.0.0.1:1 in this file; the first is in line 1"),
                problems("- address: 10.0.0.1:1\n- address: 10.0.0.1:1\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"endpoints:\n  - address: 10.0.0.1:1\n", "10.0.0.1:1", "- 10.0.0.1:1\n", "- address: [1\n",
        "- address: 10.0.0.1:1\n\t- address"})
    void anythingElseIsRefused(String text) throws Exception {
        assertTrue(problems(text).size() > 0);
    }

    @Test
    void whatIsNoTextIsRefused() throws Exception {
        Path file = directory.resolve("bytes");
        Files.write(file, "- address: 10.0.0.1:1 # \u00e4".getBytes(StandardCharsets.ISO_8859_1));
        assertThrows(ProblemsException.class, () -> new EndpointsFile(Map.of()).read(file));
        ProblemsException missing = assertThrows(ProblemsException.class,
                () -> new EndpointsFile(Map.of()).read(directory.resolve("missing")));
        assertTrue(missing.problems().getFirst().render()
                .endsWith("missing: cannot read the file: no such file or directory"),
                missing::getMessage);
        assertThrows(ProblemsException.class, () -> new EndpointsFile(Map.of()).read(directory));
        Path huge = directory.resolve("huge");
        Files.writeString(huge, "#".repeat(DocumentLoader.MAX_FILE) + "\n- address: 10.0.0.1:1\n");
        assertTrue(assertThrows(ProblemsException.class, () -> new EndpointsFile(Map.of()).read(huge)).problems()
                .getFirst().what().contains("larger"));
    }
}
