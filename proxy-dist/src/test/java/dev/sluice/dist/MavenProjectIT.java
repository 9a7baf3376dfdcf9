package dev.sluice.dist;

import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.sluice.runtime.testing.Page;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The artifacts that {@code mvn install} gives, and a project that has nothing of this build but them:
 * {@code examples/maven-project}. Maven builds it with a local repository of its own, which has the artifacts as an
 * installation would leave them.
 */
class MavenProjectIT {
    private static final String VERSION = System.getProperty("sluice.version");
    private static final Path PROJECT = Page.REPOSITORY.resolve("examples/maven-project");
    /** Third parties' artifacts, from where the build around this test has put them. */
    private static final Path DOWNLOADED = Path.of(System.getProperty("sluice.maven.repository"));
    private static final String BUILD_CLASS_PATH = "org.apache.maven.plugins:maven-dependency-plugin:"
            + System.getProperty("sluice.maven.dependencyPlugin") + ":build-classpath";

    private static final String SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC";
    private static final Pattern ARTIFACT = Pattern.compile("<artifactId>([\\w-]+)</artifactId>");

    private static Map<String, Path> artifacts = Map.of();

    @TempDir
    private Path directory;

    /** Finds the modules with a POM for others, by name, each with the directory that its build has filled. */
    @BeforeAll
    static void find() throws IOException {
        artifacts = new TreeMap<>();
        try (Stream<Path> files = Files.find(Page.REPOSITORY, 4,
                (file, attributes) -> file.endsWith("target/flattened-pom.xml"))) {
            for (Path pom : files.toList()) {
                Matcher name = ARTIFACT.matcher(Files.readString(pom));
                assertTrue(name.find(), pom::toString);
                artifacts.put(name.group(1), pom.getParent());
            }
        }
    }

    private static Path target(String artifact) {
        return Objects.requireNonNull(artifacts.get(artifact), artifact);
    }

    private static String pom(String artifact) throws IOException {
        return Files.readString(target(artifact).resolve("flattened-pom.xml"));
    }

    private static Path jar(String artifact, String classifier) {
        return target(artifact).resolve(artifact + "-" + VERSION + classifier + ".jar");
    }

    private static Set<String> libraries() {
        Set<String> libraries = new TreeSet<>(artifacts.keySet());
        libraries.remove("sluice-bom");
        return libraries;
    }

    @Test
    void theBillOfMaterialsHasTheArtifactsAndNothingElse() throws Exception {
        String bom = pom("sluice-bom");
        assertEquals(libraries(),
                Page.found("<artifactId>([\\w-]+)</artifactId>", bom.substring(bom.indexOf("<dependencies>"))));
        assertEquals(Set.of("dev.sluice"), Page.found("<groupId>([\\w.-]+)</groupId>", bom));
    }

    @Test
    void pomsNeedNoParentAndHideHowWeBuild() throws Exception {
        for (String artifact : artifacts.keySet()) {
            String pom = pom(artifact);
            for (String ours : List.of("<parent>", "<build>", "<profile>", "<properties>", "<scope>test", "<module>")) {
                assertFalse(pom.contains(ours), artifact + " has " + ours);
            }
            assertTrue(pom.contains("<version>" + VERSION + "</version>"), pom);
        }
    }

    @Test
    void eachJarIsAModuleWithSourcesAndJavadoc() throws Exception {
        for (String artifact : libraries()) {
            ModuleDescriptor module = ModuleFinder.of(jar(artifact, "")).findAll().iterator().next().descriptor();
            assertFalse(module.isAutomatic(), artifact);
            assertEquals(artifact.replace("proxy-", "dev.sluice."), module.name());
            assertEquals(VERSION, module.rawVersion().orElse("none"), artifact);
            try (JarFile sources = new JarFile(jar(artifact, "-sources").toFile());
                    JarFile javadoc = new JarFile(jar(artifact, "-javadoc").toFile())) {
                assertTrue(sources.getEntry("module-info.java") != null, sources.getName());
                assertTrue(javadoc.getEntry(module.name() + "/module-summary.html") != null, javadoc.getName());
                for (ModuleDescriptor.Exports exported : module.exports()) {
                    String place = exported.source().replace('.', '/') + "/";
                    assertTrue(sources.getEntry(place + "package-info.java") != null, place);
                    assertTrue(javadoc.getEntry(module.name() + "/" + place + "package-summary.html") != null, place);
                }
            }
        }
    }

    @Test
    void aProjectWithNothingButCoordinatesBuildsAndRuns() throws Exception {
        Path project = copyOfTheProject();
        Path settings = Files.writeString(directory.resolve("settings.xml"), """
                <settings>
                  <localRepository>%1$s</localRepository>
                  <profiles>
                    <profile>
                      <id>downloaded</id>
                      <activation><activeByDefault>true</activeByDefault></activation>
                      <repositories><repository>%2$s</repository></repositories>
                      <pluginRepositories><pluginRepository>%2$s</pluginRepository></pluginRepositories>
                    </profile>
                  </profiles>
                </settings>
                """.formatted(installed(), """
                <id>downloaded</id><url>%s</url><releases><checksumPolicy>ignore</checksumPolicy></releases>
                <snapshots><enabled>false</enabled></snapshots>""".formatted(DOWNLOADED.toUri())));
        String maven = Path.of(System.getProperty("sluice.maven.home"), "bin/mvn").toString();
        String said = run(project, maven, "-B", "-ntp", "-s", settings.toString(), "verify", BUILD_CLASS_PATH,
                "-Dmdep.outputFile=target/class-path.txt", "-DargLine=" + SHORT_LIVED);
        assertTrue(said.contains("Tests run: 2, Failures: 0, Errors: 0, Skipped: 0"), said);
        assertTrue(said.contains("Tests run: 1, Failures: 0, Errors: 0, Skipped: 0"), said);

        String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
        String classPath = Files.readString(project.resolve("program/target/class-path.txt")).strip();
        String path = "target/program-1.0.0.jar" + File.pathSeparator + classPath;
        Path program = project.resolve("program");
        said = run(program, java, "-cp", path, "--enable-native-access=ALL-UNNAMED", "com.example.program.Program");
        assertTrue(said.contains("hello on the class path"), said);
        said = run(program, java, "-p", path, "--enable-native-access=dev.sluice.runtime", "-m",
                "com.example.program/com.example.program.Program");
        assertTrue(said.contains("hello through module dev.sluice.runtime"), said);
        asTested(classPath);
    }

    /** The libraries that Maven chooses for others are those of the tarball, which all of our tests ran with. */
    private static void asTested(String classPath) throws IOException {
        Set<String> ours = new TreeSet<>();
        try (Stream<Path> files = Files.list(TestingInstallation.get().home().resolve("lib"))) {
            files.forEach(file -> ours.add(file.getFileName().toString()));
        }
        Set<String> theirs = new TreeSet<>();
        Arrays.stream(classPath.split(File.pathSeparator)).map(jar -> Path.of(jar).getFileName().toString())
                // Annotations, which do not exist at run time.
                .filter(name -> !name.startsWith("jspecify-")).forEach(theirs::add);
        assertTrue(theirs.size() > 10, theirs::toString);
        theirs.removeAll(ours);
        assertEquals(Set.of(), theirs);
    }

    private Path copyOfTheProject() throws IOException {
        Path copy = directory.resolve("project");
        try (Stream<Path> files = Files.walk(PROJECT)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path relative = PROJECT.relativize(file);
                // It can be built by hand, too.
                if (!relative.toString().contains("target/")) {
                    Path target = copy.resolve(relative);
                    Files.createDirectories(target.getParent());
                    Files.copy(file, target);
                }
            }
        }
        return copy;
    }

    /** A local repository with our artifacts alone. */
    private Path installed() throws IOException {
        Path repository = directory.resolve("repository");
        for (String artifact : artifacts.keySet()) {
            Path place = repository.resolve("dev/sluice").resolve(artifact).resolve(VERSION);
            Files.createDirectories(place);
            Files.writeString(place.resolve(artifact + "-" + VERSION + ".pom"), pom(artifact));
            if (Files.exists(jar(artifact, ""))) {
                Files.copy(jar(artifact, ""), place.resolve(artifact + "-" + VERSION + ".jar"));
            }
        }
        return repository;
    }

    /** Runs a command to its end, and returns its output. */
    private String run(Path workingDirectory, String... command) throws Exception {
        Path output = directory.resolve("output.txt");
        ProcessBuilder builder = new ProcessBuilder(command).directory(workingDirectory.toFile())
                .redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        // Of the Maven around this test.
        builder.environment().remove("MAVEN_ARGS");
        builder.environment().merge("MAVEN_OPTS", SHORT_LIVED, (theirs, ours) -> theirs + " " + ours);
        Process process = builder.start();
        try {
            assertTrue(process.waitFor(4, TimeUnit.MINUTES), () -> "not ended: " + String.join(" ", command));
        } finally {
            process.destroyForcibly();
        }
        String said = Files.readString(output);
        assertEquals(0, process.exitValue(), said);
        return said;
    }
}
