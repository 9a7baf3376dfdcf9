package dev.sluice.dist;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The list of licences, {@code legal/README.md}, against what the tarball really carries. */
class LicencesIT {
    private static final Path HOME = TestingInstallation.get().home();
    private static final Path LEGAL = HOME.resolve("legal");
    private static final Pattern JAR = Pattern.compile("(.+?)-\\d.*\\.jar");
    private static final Pattern LINK = Pattern.compile("\\[([^]]+)]\\(([^)]+)\\)");
    private static final Set<String> UNDECLARED = Set.of("aopalliance", "picocli");
    private static final Map<String, String> URLS = Map.of("apache.org/licenses/LICENSE-2.0", "Apache-2.0",
            "opensource.org/license/mit", "MIT", "epl-v20", "EPL-2.0", "lgpl-2.1", "LGPL-2.1");
    /** Names that packages of other projects get where a jar has them inside. */
    private static final Pattern FOREIGN = Pattern
            .compile(
                    "(?:META-INF/versions/\\d+/)?(.*/(?:asm|external|repackaged|relocated|shaded|thirdparty|vendor))/.*\\.class");
    private static final Pattern EMBEDDED = Pattern.compile("META-INF/maven/[^/]+/([^/]+)/pom\\.xml");
    private static final Pattern TEXT = Pattern.compile("META-INF/[^/]*(?:LICEN[CS]E|COPYING)[^/]*");

    /** One line of the table. */
    private record Entry(String jar, String part, String licence, List<String> texts) {
        static Entry of(String line) {
            String[] cells = line.split("\\|", -1);
            assertEquals(6, cells.length, line);
            return new Entry(cells[1].strip(), cells[2].strip(), cells[3].strip(),
                    LINK.matcher(cells[4]).results().map(link -> link.group(2)).toList());
        }
    }

    @Test
    void everyJarIsListedAndNothingElse() throws IOException {
        assertEquals(foreignJars().stream().map(LicencesIT::name).toList(),
                entries().stream().map(Entry::jar).distinct().sorted().toList(),
                "legal/README.md (proxy-dist/src/dist) has a line for each jar in lib/ that is not ours, and for no other");
    }

    @Test
    void everyTextIsThereAndIsReferredTo() throws IOException {
        Set<String> texts = new TreeSet<>(Set.of("README.md", "sbom.json"));
        for (Entry entry : entries()) {
            assertEquals(entry.licence().equals("public domain"), entry.texts().isEmpty(), entry::toString);
            texts.addAll(entry.texts());
        }
        try (Stream<Path> files = Files.list(LEGAL)) {
            assertEquals(List.copyOf(texts), files.map(file -> file.getFileName().toString()).sorted().toList());
        }
        for (String text : texts) {
            assertTrue(Files.size(LEGAL.resolve(text)) > 500, text);
        }
    }

    @ParameterizedTest
    @MethodSource("foreignJars")
    void whatAJarSaysOfItsLicenceIsListed(Path file) throws IOException {
        List<Entry> entries = entries(file);
        try (JarFile jar = new JarFile(file.toFile(), false)) {
            String declared = declaration(jar);
            if (declared.isEmpty()) {
                assertTrue(UNDECLARED.contains(name(file)), () -> file + " declares no licence: look up which it has");
            }
            for (String url : declared.isEmpty() ? Set.<String>of() : URLS.keySet()) {
                assertEquals(declared.contains(url), entries.getFirst().licence().contains(URLS.get(url)),
                        () -> file + " declares " + declared + ", its first line says " + entries.getFirst());
            }
            String texts = texts(entries);
            for (String name : jar.stream().map(entry -> entry.getName()).toList()) {
                if (TEXT.matcher(name).matches()) {
                    String text = new String(jar.getInputStream(jar.getEntry(name)).readAllBytes(),
                            StandardCharsets.UTF_8);
                    // Some only say where the text is.
                    boolean reference = text.length() < 500 && URLS.keySet().stream().anyMatch(text::contains);
                    assertTrue(reference || texts.contains(normalized(text)),
                            () -> file + " has a text that legal/ lacks: " + name);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("foreignJars")
    void whatAJarHasFromOtherProjectsIsListed(Path file) throws IOException {
        String parts = entries(file).stream().map(Entry::part).collect(Collectors.joining("\n"));
        try (JarFile jar = new JarFile(file.toFile(), false)) {
            List<String> names = jar.stream().map(entry -> entry.getName()).toList();
            for (String name : names) {
                FOREIGN.matcher(name).results().map(found -> found.group(1).replace('/', '.'))
                        .forEach(
                                found -> assertTrue(parts.contains("`" + found), () -> file + " has package " + found));
                EMBEDDED.matcher(name).results().map(found -> found.group(1)).filter(found -> !found.equals(name(file)))
                        .forEach(found -> assertTrue(parts.contains(found), () -> file + " has artifact " + found));
                assertFalse(name.matches(".*\\.(so|dll|dylib|jnilib|jar)"), () -> file + " has " + name);
            }
        }
    }

    @Test
    void nativeCodeIsThatOfTheRuntimeAndOneLibrary() throws IOException {
        List<Path> elsewhere = new ArrayList<>();
        try (Stream<Path> files = Files.walk(HOME)) {
            for (Path file : files.filter(Files::isRegularFile).filter(file -> !file.startsWith(HOME.resolve("jre")))
                    .toList()) {
                try (var in = Files.newInputStream(file)) {
                    byte[] start = in.readNBytes(4);
                    if (start.length == 4 && start[0] == 0x7f && start[1] == 'E' && start[2] == 'L'
                            && start[3] == 'F') {
                        elsewhere.add(file);
                    }
                }
            }
        }
        assertEquals(1, elsewhere.size(), elsewhere::toString);
        assertTrue(elsewhere.getFirst().startsWith(HOME.resolve("lib/native")), elsewhere::toString);
        assertTrue(elsewhere.getFirst().getFileName().toString().startsWith("libnetty_tcnative_linux_"),
                elsewhere::toString);
    }

    @Test
    void theRuntimeHasTheLicencesOfItsModules() throws IOException {
        Pattern modules = Pattern.compile("MODULES=\"(.*)\"");
        String release = Files.readString(HOME.resolve("jre/release"));
        List<String> names = List
                .of(modules.matcher(release).results().map(MatchResult::group).findFirst().orElseThrow()
                        .replaceAll("MODULES=|\"", "").split(" "));
        for (String name : names) {
            String licence = Files.readString(HOME.resolve("jre/legal").resolve(name).resolve("LICENSE"));
            assertTrue(licence.contains("General Public License"), name);
            assertTrue(Files.size(HOME.resolve("jre/legal").resolve(name).resolve("ASSEMBLY_EXCEPTION")) > 500, name);
        }
    }

    @Test
    void thePagesOfTheApiHaveTheLicencesOfTheirScripts() throws IOException {
        Path file = HOME.resolve("docs/api/proxy-api-" + System.getProperty("sluice.version") + "-javadoc.jar");
        try (JarFile jar = new JarFile(file.toFile(), false)) {
            Set<String> names = jar.stream().map(entry -> entry.getName()).collect(Collectors.toSet());
            assertTrue(names.containsAll(Set.of("legal/LICENSE", "legal/ASSEMBLY_EXCEPTION")), names::toString);
            // script-files/jquery-ui.min.js and its like.
            Set<String> scripts = names.stream().filter(name -> name.matches("script-files/.*\\.min\\.js"))
                    .map(name -> name.replaceAll("script-files/|[-.\\d]*(min)?\\.js", "").replace("-ui", "UI"))
                    .collect(Collectors.toSet());
            assertEquals(Set.of("jquery", "jqueryUI"), scripts, "legal/README.md (proxy-dist/src/dist) names them");
            for (String script : scripts) {
                assertTrue(names.contains("legal/" + script + ".md"), script);
            }
        }
    }

    @Test
    void nothingInLibIsUnaccountedFor() throws IOException {
        try (Stream<Path> files = Files.list(HOME.resolve("lib"))) {
            assertEquals(List.of("native", "sluice.jsa"), files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.endsWith(".jar")).sorted().toList());
        }
        assertTrue(Files.readString(LEGAL.resolve("README.md")).contains("`lib/sluice.jsa`"));
    }

    private static String declaration(JarFile jar) throws IOException {
        String declared = Objects.requireNonNull(jar.getManifest()).getMainAttributes().getValue("Bundle-License");
        return declared == null ? "" : declared;
    }

    private static String texts(List<Entry> entries) throws IOException {
        StringBuilder texts = new StringBuilder();
        for (Entry entry : entries) {
            for (String text : entry.texts()) {
                texts.append(normalized(Files.readString(LEGAL.resolve(text)))).append('\n');
            }
        }
        return texts.toString();
    }

    /** Without white space, and without what the authors' copies of Apache-2.0 fill in or leave out of its appendix. */
    private static String normalized(String text) {
        return text.replaceAll("(?s)APPENDIX: How to apply the Apache License.*", "").replaceAll("\\s+", "");
    }

    private static List<Entry> entries() throws IOException {
        return Files.readAllLines(LEGAL.resolve("README.md")).stream()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| jar ")).map(Entry::of).toList();
    }

    private static List<Entry> entries(Path jar) throws IOException {
        List<Entry> entries = entries().stream().filter(entry -> entry.jar().equals(name(jar))).toList();
        assertFalse(entries.isEmpty(), () -> "legal/README.md (proxy-dist/src/dist) has no line for " + jar);
        return entries;
    }

    private static List<Path> foreignJars() throws IOException {
        try (Stream<Path> files = Files.list(HOME.resolve("lib"))) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .filter(file -> !file.getFileName().toString().startsWith("proxy-")).sorted().toList();
        }
    }

    private static String name(Path jar) {
        return JAR.matcher(jar.getFileName().toString()).results().map(found -> found.group(1)).findFirst()
                .orElseThrow();
    }
}
