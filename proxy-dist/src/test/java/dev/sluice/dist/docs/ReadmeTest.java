package dev.sluice.dist.docs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

import dev.sluice.runtime.ProxyConfig;
import dev.sluice.runtime.testing.Page;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The first page: short, its configuration accepted, its program compiled, its figures those of the page behind. DocumentationIT takes its tour. */
class ReadmeTest {
    private static final int LINES = 200;

    @TempDir
    private Path temporary;

    private final Page readme = Page.readme();

    @Test
    void isRead() {
        long lines = readme.text().lines().count();
        assertTrue(lines <= LINES, lines + " lines are more than anybody reads; the reference has pages of its own");
    }

    @Test
    void theConfigurationIsAccepted() {
        for (String yaml : readme.blocks("yaml")) {
            assertEquals(List.of(), ProxyConfig.parse(yaml).warnings());
        }
        assertEquals(1, readme.blocks("yaml").size());
    }

    @Test
    void theProgramCompiles() throws Exception {
        Path source = Files.writeString(temporary.resolve("Embedded.java"), readme.blocks("java").getFirst());
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertEquals(0, compiler.run(null, null, null, "-Xlint:all,-path,-processing", "-Werror", "-proc:none", "-d",
                temporary.toString(), "-cp", System.getProperty("java.class.path"), source.toString()));
    }

    /** {@code examples/benchmarks/run --publish} writes both. */
    @Test
    void figuresAreThoseOfTheirPage() {
        String table = published(readme.text());
        assertTrue(table.lines().count() > 5, table);
        assertEquals(published(Page.of("figures.md").text()), table);
    }

    private static String published(String page) {
        return page.substring(page.indexOf("<!-- figures:begin -->"), page.indexOf("<!-- figures:end -->"));
    }

    @Test
    void itsCommandsAreThere() throws Exception {
        assertTrue(Files.isExecutable(Page.REPOSITORY.resolve(readme.blocks("sh").getFirst().strip())));
        assertEquals("mvn verify", readme.blocks("sh").get(1).strip());
        assertTrue(Files.readString(Page.REPOSITORY.resolve(".ci/run")).contains("\nmvn verify "));
    }
}
