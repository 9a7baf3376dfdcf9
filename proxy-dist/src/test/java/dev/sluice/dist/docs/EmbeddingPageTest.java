package dev.sluice.dist.docs;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

import dev.sluice.runtime.FaultInjection;
import dev.sluice.runtime.ProxyConfig;
import dev.sluice.runtime.ProxyListener;
import dev.sluice.runtime.ProxyServer;
import dev.sluice.runtime.testing.Page;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The page about embedding beside the API: its program compiles without a warning, its tables have every method. DocumentationIT runs it. */
class EmbeddingPageTest {
    @TempDir
    private Path temporary;

    private final Page page = Page.of("embedding.md");

    @Test
    void theProgramCompilesWithoutAWarning() throws Exception {
        Path source = Files.writeString(temporary.resolve("Embedded.java"), page.blocks("java").getFirst());
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertEquals(0, compiler.run(null, null, null, "-Xlint:all,-path,-processing", "-Werror", "-proc:none", "-d",
                temporary.toString(), "-cp", System.getProperty("java.class.path"), source.toString()));
    }

    @Test
    void theCoordinatesAreThoseOfTheProjectThatIsBuiltWithThem() throws Exception {
        Path project = Page.REPOSITORY.resolve("examples/maven-project");
        Page section = page.section("With Maven");
        assertTrue(oneLine(Files.readString(project.resolve("pom.xml")))
                .contains(oneLine(section.blocks("xml").getFirst())));
        Page.Table artifacts = section.table("artifact of `dev.sluice`");
        String bom = Files.readString(Page.REPOSITORY.resolve("proxy-api/bom/pom.xml"));
        assertEquals(artifacts.words(0), Page.found("<artifactId>([\\w-]+)</artifactId>",
                bom.substring(bom.indexOf("<dependencyManagement>"), bom.indexOf("</dependencyManagement>"))));
        for (String module : artifacts.words(1)) {
            String directory = module.equals("dev.sluice.junit")
                    ? "proxy-runtime/junit"
                    : module.replace("dev.sluice.", "proxy-");
            Path sources = Page.REPOSITORY.resolve(directory).resolve("src/main/java");
            assertTrue(Files.readString(sources.resolve("module-info.java")).contains("module " + module + " {"),
                    module);
        }
    }

    private static String oneLine(String xml) {
        return xml.replaceAll("\\s+", "");
    }

    @Test
    void methodsAreThoseOfTheApi() {
        assertEquals(methods(ProxyServer.class), page.section("The API").table("method of `ProxyServer`").words(0));
        assertEquals(methods(ProxyServer.Builder.class),
                page.section("The API").table("method of the builder").words(0));
        assertEquals(methods(ProxyConfig.class), page.section("The API").table("method of `ProxyConfig`").words(0));
        assertEquals(methods(FaultInjection.class),
                page.section("Faults").table("method of `FaultInjection`").words(0));
        assertEquals(methods(ProxyListener.class), page.section("Faults").table("method of `ProxyListener`").words(0));
    }

    private static Set<String> methods(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods()).filter(method -> Modifier.isPublic(method.getModifiers()))
                .filter(method -> !method.isSynthetic() && !method.getName().equals("toString")).map(Method::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
