package dev.sluice.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The list of parts, {@code legal/sbom.json}, against what the tarball really carries. */
class SbomIT {
    private static final Path HOME = TestingInstallation.get().home();

    private static JsonNode bom;

    @BeforeAll
    static void read() throws IOException {
        bom = JsonMapper.shared().readTree(Files.readString(HOME.resolve("legal/sbom.json")));
    }

    private static List<Path> jars() throws IOException {
        try (Stream<Path> files = Files.list(HOME.resolve("lib"))) {
            return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
        }
    }

    @Test
    void eachJarIsAComponentWithVersionAndHashAndNothingElseIs() throws Exception {
        Map<String, String> carried = new TreeMap<>();
        for (Path jar : jars()) {
            carried.put(jar.getFileName().toString(), HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar))));
        }
        Map<String, String> listed = new TreeMap<>();
        for (JsonNode component : bom.path("components")) {
            String file = component.path("name").asString() + "-" + component.path("version").asString() + ".jar";
            listed.put(file, sha256(component));
        }
        // The jar whose library is in lib/native.
        assertEquals(1, listed.keySet().stream().filter(name -> name.startsWith("netty-tcnative-boringssl-static-"))
                .count(), listed::toString);
        listed.keySet().removeIf(name -> name.startsWith("netty-tcnative-boringssl-static-"));
        assertEquals(carried, listed);
        assertEquals(carried.size() + 1, bom.path("components").size(), "each once");
    }

    private static String sha256(JsonNode component) {
        return component.path("hashes").valueStream().filter(hash -> hash.path("alg").asString().equals("SHA-256"))
                .map(hash -> hash.path("content").asString()).findFirst().orElse("");
    }

    @Test
    void scannersFindWhatTheyNeed() {
        assertEquals("CycloneDX", bom.path("bomFormat").asString());
        assertEquals("proxy-dist", bom.path("metadata").path("component").path("name").asString());
        for (JsonNode component : bom.path("components")) {
            String name = component.path("name").asString();
            assertTrue(component.path("purl").asString().startsWith("pkg:maven/"), name);
            if (!component.path("group").asString().equals("dev.sluice")) {
                assertFalse(component.path("licenses").isEmpty(), () -> name + " has no licence");
            }
        }
    }

    @Test
    void noLibraryOfTestsIsInIt() {
        for (JsonNode component : bom.path("components")) {
            String group = component.path("group").asString();
            assertFalse(group.startsWith("org.junit") || group.startsWith("org.mockito"), group);
        }
    }
}
