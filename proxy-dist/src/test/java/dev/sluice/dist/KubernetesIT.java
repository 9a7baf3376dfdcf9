package dev.sluice.dist;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.sluice.runtime.testing.Page;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The files of {@code examples/kubernetes}, as far as they can be tried without a cluster: numbers, names, the configuration and its probes. */
class KubernetesIT {
    private static final Path FILES = Page.REPOSITORY.resolve("examples/kubernetes");
    private static final YAMLMapper YAML = new YAMLMapper();

    @TempDir
    private Path directory;

    /** All objects of all files. */
    private static List<JsonNode> objects() throws Exception {
        List<JsonNode> objects = new ArrayList<>();
        try (Stream<Path> files = Files.list(FILES)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".yaml")).sorted().toList()) {
                YAML.readerFor(JsonNode.class).<JsonNode>readValues(Files.readString(file))
                        .forEachRemaining(objects::add);
            }
        }
        return objects;
    }

    private static JsonNode object(String kind, String name) throws Exception {
        return objects().stream().filter(object -> object.at("/kind").asString().equals(kind)
                && object.at("/metadata/name").asString().equals(name)).findFirst().orElseThrow();
    }

    private static JsonNode pod() throws Exception {
        return object("Deployment", "sluice").at("/spec/template/spec");
    }

    private static JsonNode container() throws Exception {
        return pod().at("/containers/0");
    }

    private static String configuration() throws Exception {
        return object("ConfigMap", "sluice").at("/data").get("sluice.yaml").asString();
    }

    private static Duration seconds(JsonNode time) {
        String text = time.asString();
        assertTrue(text.matches("[0-9]+s"), text);
        return Duration.ofSeconds(Long.parseLong(text.replace("s", "")));
    }

    /** The volume as the kubelet makes it: links through a link to a directory. */
    private Path mount(String configuration) throws Exception {
        Path data = Files.createDirectory(directory.resolve("..2026_11_28"));
        Files.writeString(data.resolve("sluice.yaml"), configuration);
        Files.writeString(data.resolve("token"), "s3cret");
        Files.setPosixFilePermissions(data.resolve("token"), PosixFilePermissions.fromString("r--r-----"));
        Files.createSymbolicLink(directory.resolve("..data"), data.getFileName());
        for (String name : List.of("sluice.yaml", "token")) {
            Files.createSymbolicLink(directory.resolve(name), Path.of("..data", name));
        }
        return directory.resolve("sluice.yaml");
    }

    @Test
    void theConfigurationIsAccepted() throws Exception {
        Path file = mount(configuration());
        try (TestingDaemon check = TestingDaemon.sluice("check", "-c", file.toString()).start()) {
            assertEquals(ExitCode.CLEAN, check.exitCode(), check::toString);
            assertEquals(List.of("OK " + file + ": 1 listener, 1 cluster, 0 warnings"), check.out());
            assertEquals(List.of(), check.err());
        }
    }

    @Test
    void theDrainEndsBeforeTheKubeletKills() throws Exception {
        JsonNode runtime = YAML.readTree(configuration()).get("runtime");
        Duration stop = Duration.ofSeconds(container().at("/lifecycle/preStop/sleep/seconds").asLong(0));
        Duration drain = stop.plus(seconds(runtime.get("drainDelay"))).plus(seconds(runtime.get("drainTimeout")));
        long grace = pod().get("terminationGracePeriodSeconds").asLong();
        assertTrue(drain.plusSeconds(5).toSeconds() <= grace, drain + " of " + grace + " s");
        JsonNode ready = container().get("readinessProbe");
        long noticed = ready.get("periodSeconds").asLong() * ready.get("failureThreshold").asLong();
        assertTrue(noticed < seconds(runtime.get("drainDelay")).toSeconds(), "unready before the port closes");
    }

    @Test
    void probesAskForPathsThatNeedNoToken() throws Exception {
        JsonNode container = container();
        List<JsonNode> probes = List.of(container.get("startupProbe"), container.get("livenessProbe"),
                container.get("readinessProbe"));
        Set<String> ports = container.get("ports").valueStream().map(port -> port.get("name").asString())
                .collect(Collectors.toSet());
        String offline = configuration().replaceAll("0\\.0\\.0\\.0:\\d+", "127.0.0.1:0").replace("type: [SRV]",
                "type: [SRV], servers: [\"127.0.0.1:9\"]");
        try (HttpClient http = HttpClient.newHttpClient();
                TestingDaemon daemon = TestingDaemon.serving(mount(offline))) {
            InetSocketAddress admin = daemon.address("admin");
            for (JsonNode probe : probes) {
                String path = probe.at("/httpGet/path").asString();
                assertTrue(ports.contains(probe.at("/httpGet/port").asString()), probe.toString());
                URI uri = URI.create("http://127.0.0.1:" + admin.getPort() + path);
                HttpResponse<String> answer = http.send(HttpRequest.newBuilder(uri).build(),
                        HttpResponse.BodyHandlers.ofString());
                // Nobody answers for the name: that does not stop a start, and is no reason to restart.
                assertEquals(path.equals("/ready") ? 503 : 200, answer.statusCode(), answer.body());
            }
            URI other = URI.create("http://127.0.0.1:" + admin.getPort() + "/clusters");
            assertEquals(401, http.send(HttpRequest.newBuilder(other).build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode());
        }
    }

    @Test
    void portsAndNamesFitTogether() throws Exception {
        JsonNode configuration = YAML.readTree(configuration());
        Set<String> listening = Stream.of(configuration.at("/listeners/0/listen"), configuration.at("/admin/listen"))
                .map(address -> address.asString().replaceFirst(".*:", "")).collect(Collectors.toSet());
        assertEquals(listening, container().get("ports").valueStream()
                .map(port -> port.get("containerPort").asString()).collect(Collectors.toSet()));
        JsonNode headless = object("Service", "db");
        assertEquals("None", headless.at("/spec/clusterIP").asString());
        assertEquals(
                "_" + headless.at("/spec/ports/0/name").asString() + "._tcp." + headless.at("/metadata/name").asString()
                        + "." + headless.at("/metadata/namespace").asString() + ".svc.cluster.local.",
                configuration.at("/clusters/0/dns/name").asString());
        JsonNode labels = object("Deployment", "sluice").at("/spec/template/metadata/labels");
        for (JsonNode selector : List.of(object("Deployment", "sluice").at("/spec/selector/matchLabels"),
                object("Service", "sluice").at("/spec/selector"),
                object("PodDisruptionBudget", "sluice").at("/spec/selector/matchLabels"),
                object("NetworkPolicy", "sluice").at("/spec/podSelector/matchLabels"))) {
            assertEquals(labels, selector);
        }
        JsonNode port = object("Service", "sluice").at("/spec/ports/0");
        assertEquals(container().at("/ports/0/name"), port.get("targetPort"));
        assertFalse(object("Service", "sluice").at("/spec/ports").toString().contains("admin"));
        Set<String> named = container().get("ports").valueStream().map(each -> each.get("name").asString())
                .collect(Collectors.toSet());
        assertEquals(named, object("NetworkPolicy", "sluice").at("/spec/ingress").valueStream()
                .map(rule -> rule.at("/ports/0/port").asString()).collect(Collectors.toSet()));
    }

    @Test
    void theConfigurationIsWatchedWhereItIsMounted() throws Exception {
        JsonNode mount = container().at("/volumeMounts/0");
        assertTrue(mount.path("subPath").isMissingNode(), "it would not follow changes");
        List<String> args = container().get("args").valueStream().map(JsonNode::asString).toList();
        assertEquals(mount.get("mountPath").asString() + "/sluice.yaml", args.get(args.indexOf("-c") + 1));
        assertTrue(YAML.readTree(configuration()).at("/runtime/watch").asString().matches("[0-9]+s"));
        JsonNode volume = pod().at("/volumes/0");
        assertEquals(mount.get("name"), volume.get("name"));
        assertEquals("token", YAML.readTree(configuration()).at("/admin/tokenFile").asString());
        assertEquals("token", volume.at("/projected/sources/1/secret/items/0/path").asString());
    }

    @Test
    void theProcessMayDoAsLittleAsPossible() throws Exception {
        assertTrue(pod().at("/securityContext/runAsNonRoot").asBoolean());
        JsonNode own = container().get("securityContext");
        assertTrue(own.get("readOnlyRootFilesystem").asBoolean());
        assertFalse(own.get("allowPrivilegeEscalation").asBoolean());
        assertEquals("[\"ALL\"]", own.at("/capabilities/drop").toString());
        assertEquals(container().at("/resources/limits/memory"), container().at("/resources/requests/memory"));
        assertTrue(container().at("/resources/limits/cpu").isMissingNode());
    }

    @Test
    void thePageHasTheNumbersOfTheFiles() throws Exception {
        String page = Files.readString(FILES.resolve("README.md"));
        JsonNode runtime = YAML.readTree(configuration()).get("runtime");
        String delay = runtime.get("drainDelay").asString();
        String timeout = runtime.get("drainTimeout").asString();
        String grace = pod().get("terminationGracePeriodSeconds").asString();
        assertTrue(page.contains("`drainDelay: " + delay + "`") && page.contains("`drainTimeout: " + timeout + "`"));
        assertTrue(page.contains(delay.replace("s", "") + " + " + timeout.replace("s", "") + " < " + grace + "."),
                page);
        assertTrue(page.contains("`runtime.watch: " + runtime.get("watch").asString() + "`"));
        try (Stream<Path> files = Files.list(FILES)) {
            for (Path file : files.filter(path -> !path.endsWith("README.md")).toList()) {
                assertTrue(page.contains("](" + file.getFileName() + ")"), file.toString());
            }
        }
    }
}
