package dev.sluice.runtime.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.ListenerConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class DocumentLoaderTest {
    private static final String WEB = "clusters: [ { name: web, endpoints: [ { address: \"10.0.0.1:80\" } ] } ]\n";

    @TempDir
    private Path directory = Path.of("");

    private Path write(String name, String yaml) throws Exception {
        Path file = directory.resolve(name);
        Files.createDirectories(directory.resolve(name.contains("/") ? name.substring(0, name.lastIndexOf('/')) : "."));
        return Files.writeString(file, yaml, StandardCharsets.UTF_8);
    }

    private static String listener(String name) {
        return "listeners: [ { name: %s, listen: \"127.0.0.1:0\", cluster: web } ]\n".formatted(name);
    }

    private Configuration load(String name) throws Exception {
        return new ConfigLoader(Map.of("DIR", "conf.d")).load(directory.resolve(name), FilterSource.NONE)
                .configuration();
    }

    /** With the directory left out. */
    private List<String> problems(String name) {
        ProblemsException refused = assertThrows(ProblemsException.class, () -> load(name));
        return TestingConfig.firstLines(refused.problems()).stream().map(p -> p.replace(directory + "/", "")).toList();
    }

    @Test
    void listenersAndClustersAreAddedInTheOrderOfFiles() throws Exception {
        write("main.yaml", "include: [ last.yaml, \"${DIR}/*.yaml\" ]\n" + listener("main") + WEB);
        write("last.yaml", listener("last") + "limits: { maxConnections: 7 }\n");
        write("conf.d/20.yaml",
                listener("twenty") + "clusters: [ { name: b, endpoints: [ { address: \"10.0.0.2:80\" } ] } ]\n");
        write("conf.d/10.yaml", listener("ten"));
        write("conf.d/30.yaml", "# nothing yet\n");
        Configuration loaded = load("main.yaml");
        assertEquals(List.of("main", "last", "ten", "twenty"),
                loaded.listeners().stream().map(ListenerConfig::name).toList());
        assertEquals(List.of("web", "b"), loaded.clusters().stream().map(ClusterConfig::name).toList());
        assertEquals(7, loaded.limits().maxConnections().orElseThrow());
    }

    @Test
    void problemsStandInTheFileOfTheMistake() throws Exception {
        write("main.yaml", "include: \"conf.d/*\"\n" + WEB);
        write("conf.d/a.yaml", "listeners:\n  - { name: a, listen: \"127.0.0.1:80\", cluster: web, filter: [] }\n");
        write("conf.d/b.yaml", "listeners:\n  - { name: a, listen: \"0.0.0.0:80\", cluster: wbe }\n");
        assertEquals(List.of(
                "conf.d/a.yaml:2:54 listeners[0].filter: unknown key 'filter'; allowed: name, listen, maxConnections, proxyProtocol, tls, filters, cluster,"
                        + " routes, timeouts, socket; did you mean 'filters'?",
                "conf.d/b.yaml:2:13 listeners[0].name: a second listener with the name 'a'; the first is at conf.d/a.yaml:2:13; allowed: a"
                        + " name that no other listener has",
                "conf.d/b.yaml:2:24 listeners[0].listen: the address '0.0.0.0:80' overlaps with '127.0.0.1:80' of listener 'a' at"
                        + " conf.d/a.yaml:2:24; allowed: an address for each, or port 0",
                "conf.d/b.yaml:2:47 listeners[0].cluster: there is no cluster 'wbe'; allowed: web; did you mean 'web'?"),
                problems("main.yaml"));
    }

    @Test
    void aSectionStandsInOneFileOnly() throws Exception {
        write("main.yaml", "include: more.yaml\nlimits: { maxConnections: 1 }\n" + listener("a") + WEB);
        write("more.yaml", "memory: {}\nlimits: { maxConnections: 2 }\n");
        assertEquals(List.of(
                "more.yaml:2:1 limits: a second section 'limits'; the first is at main.yaml:2:9; allowed: each section once in all"
                        + " files; only listeners and clusters may be in several"),
                problems("main.yaml"));
    }

    @Test
    void aFileThatIsNamedMustBeThere() throws Exception {
        write("main.yaml", "include: [ \"none/*.yaml\", none.yaml ]\n" + listener("a"));
        assertEquals(List.of("main.yaml:1:27 include[1]: 'none.yaml': cannot read the file: no such file or directory"),
                problems("main.yaml"));
    }

    @Test
    void whatAnUnreadableFileMayHoldIsNotMissed() throws Exception {
        write("main.yaml", "include: more.yaml\n" + listener("a"));
        write("more.yaml", "clusters: [ { name: web\n");
        assertEquals(List.of("more.yaml:1:13: the file ends inside the mapping in { } that starts here"),
                problems("main.yaml"));
    }

    @Test
    void eachFileIsReadOnce() throws Exception {
        write("main.yaml", "include: [ conf.d/a.yaml, \"conf.d/*.yaml\", \"conf.d/../conf.d/a.yaml\" ]\n" + WEB);
        write("conf.d/a.yaml", listener("a"));
        assertEquals(1, load("main.yaml").listeners().size());
    }

    @Test
    void aPatternLeavesOutTheFileItStandsIn() throws Exception {
        write("main.yaml", "include: \"*.yaml\"\n" + WEB);
        write("other.yaml", listener("a"));
        assertEquals(1, load("main.yaml").listeners().size());
    }

    @Test
    void cyclesAreRefused() throws Exception {
        write("main.yaml", "include: conf.d/a.yaml\n" + listener("a") + WEB);
        write("conf.d/a.yaml", "include: ../main.yaml\n");
        assertEquals(List.of(
                "conf.d/a.yaml:1:10 include: this includes 'conf.d/../main.yaml', which includes this file"),
                problems("main.yaml"));
        write("self.yaml", "include: self.yaml\n" + listener("a") + WEB);
        assertEquals(List.of("self.yaml:1:10 include: this includes 'self.yaml', which includes this file"),
                problems("self.yaml"));
    }

    /** It would wait for a writer, for ever. */
    @Test
    @Timeout(20)
    void aPipeIsNotIncluded() throws Exception {
        write("main.yaml", "include: conf.d/pipe.yaml\n" + listener("a") + WEB);
        Path pipe = Files.createDirectories(directory.resolve("conf.d")).resolve("pipe.yaml");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).inheritIO().start().waitFor());
        assertEquals(List.of(
                "main.yaml:1:10 include: 'conf.d/pipe.yaml': cannot read the file: it is not a regular file"),
                problems("main.yaml"));
    }

    @Test
    void includesInIncludesAreBounded() throws Exception {
        for (int i = 0; i < 8; i++) {
            write("f" + i + ".yaml", "include: f" + (i + 1) + ".yaml\n" + (i == 0 ? listener("a") + WEB : ""));
        }
        write("f8.yaml", "limits: {}\n");
        assertEquals(List
                .of("f7.yaml:1:10 include: this include is nested too deeply; allowed: at most 8 levels of includes"),
                problems("f0.yaml"));
    }

    @Test
    void patternsThatAreNone() throws Exception {
        write("main.yaml", "include: [ \"**/*.yaml\", \"conf.d/[\", 5, { a: 1 }, \"\" ]\n" + listener("a") + WEB);
        Files.createDirectories(directory.resolve("conf.d"));
        List<String> problems = problems("main.yaml");
        assertEquals(
                "main.yaml:1:12 include[0]: '**/*.yaml' is not a path or a pattern of paths: '**' is not supported; allowed: a path,"
                        + " with * ? [a-z] {a,b} within its segments",
                problems.getFirst());
        assertEquals(List.of("include[0]", "include[1]", "include[2]", "include[3]", "include[4]"),
                problems.stream().map(p -> p.replaceFirst("^main.yaml:1:\\d+ ([^:]+): .*", "$1")).toList());
    }

    @Test
    void aTextIncludesByAbsolutePathOnly() throws Exception {
        Path more = write("more.yaml", WEB);
        assertEquals(1,
                new ConfigLoader(Map.of()).parse("include: " + more + "\n" + listener("a"), "t", FilterSource.NONE)
                        .configuration()
                        .clusters().size());
        assertEquals(List.of(
                "c.yaml:1:10 include: a configuration given as text has no directory to include from; allowed: an absolute path"),
                TestingConfig.problems("include: more.yaml\n" + listener("a")));
    }

    @Test
    void theFilesTogetherAreBounded() throws Exception {
        String padding = "#".repeat(4_000_000) + "\n";
        write("main.yaml", "include: \"conf.d/*\"\n" + listener("a") + WEB);
        for (int i = 0; i < 5; i++) {
            write("conf.d/" + i + ".yaml", padding);
        }
        assertEquals(List.of(
                "main.yaml:1:10 include: 'conf.d/4.yaml': the files together are larger than a configuration can be; allowed: at"
                        + " most 4MiB in a file and 16MiB in all"),
                problems("main.yaml"));
    }
}
