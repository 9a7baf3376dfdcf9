package dev.sluice.dist.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;

import dev.sluice.runtime.testing.Page;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** All pages together: each has a test of its own, links lead somewhere, pictures are readable. */
class PagesTest {
    private static final Path DIST = Page.REPOSITORY.resolve("proxy-dist/src/dist");
    private static final int WIDTH = 140;

    /** Languages of code blocks that some test executes, loads or compares; "" = output of the program, console = for a reader's own terminal. */
    private static final Set<String> LANGUAGES = Set.of("", "sh", "yaml", "java", "xml", "ini", "diff", "console");

    private static List<Path> markdown(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .filter(file -> !file.toString().contains("/target/")).sorted().toList();
        }
    }

    private static List<Page> all() throws IOException {
        List<Path> files = new ArrayList<>(markdown(DIST));
        files.addAll(markdown(Page.REPOSITORY.resolve("proxy-runtime")));
        files.addAll(markdown(Page.REPOSITORY.resolve("examples")));
        files.add(Page.REPOSITORY.resolve("README.md"));
        files.add(Page.REPOSITORY.resolve("CONTRIBUTING.md"));
        return files.stream().map(Page::read).toList();
    }

    @Test
    void eachPageOfTheTarballHasATestOfItsOwn() throws IOException {
        List<Path> pages = markdown(Page.DOCS);
        assertFalse(pages.isEmpty());
        for (Path page : pages) {
            assertEquals(Page.DOCS, page.getParent(), "pages stand beside each other");
            String name = page.getFileName().toString().replace(".md", "");
            String test = "dev.sluice.dist.docs." + Character.toUpperCase(name.charAt(0)) + name.substring(1)
                    + "PageTest";
            try {
                assertTrue(Arrays.stream(Class.forName(test).getDeclaredMethods())
                        .anyMatch(method -> method.isAnnotationPresent(Test.class)), test + " tests nothing");
            } catch (ClassNotFoundException e) {
                throw new AssertionError(page + " is checked by no test; it needs a " + test, e);
            }
        }
    }

    @Test
    void theIndexesNameEachPage() throws IOException {
        Set<String> pages = markdown(Page.DOCS).stream().map(page -> page.getFileName().toString())
                .collect(Collectors.toCollection(TreeSet::new));
        for (Page index : List.of(Page.readme(),
                Page.read(DIST.resolve("README.md")))) {
            String table = index.text().substring(index.text().indexOf("| page | for |"));
            assertEquals(pages, Page.found("\\]\\([^)#]*docs/([a-z-]+\\.md)\\)", table), index.file().toString());
        }
    }

    @Test
    void linksLeadSomewhere() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Page page : all()) {
            for (String link : page.links()) {
                if (!link.contains("://") && !leads(page, link)) {
                    broken.add(page.file() + ": " + link);
                }
            }
        }
        assertEquals(List.of(), broken);
    }

    private static boolean leads(Page page, String link) {
        int hash = link.indexOf('#');
        String path = hash < 0 ? link : link.substring(0, hash);
        Path target = page.file().resolveSibling(path).normalize();
        if (path.isEmpty()) {
            target = page.file();
        }
        // What is unpacked from the tarball knows nothing of the repository.
        boolean within = !page.file().startsWith(DIST) || target.startsWith(DIST);
        return within && Files.exists(target)
                && (hash < 0 || Page.read(target).anchors().contains(link.substring(hash + 1)));
    }

    @Test
    void pagesFitIntoATerminal() throws IOException {
        List<String> wide = new ArrayList<>();
        for (Page page : all()) {
            // Decisions stay as they were taken; the table of licences is as wide as its links.
            if (!page.file().toString().matches(".*/(decisions|benchmarks|legal)/[^/]*")) {
                page.text().lines().filter(line -> line.length() > WIDTH)
                        .forEach(line -> wide.add(page.file() + ": " + line));
            }
        }
        assertEquals(List.of(), wide);
    }

    @Test
    void codeIsInALanguageThatATestUnderstands() throws IOException {
        for (Page page : all()) {
            Set<String> languages = Page.found("(?ms)^```(\\w*)\n.*?^```$", page.text());
            assertTrue(LANGUAGES.containsAll(languages), () -> page.file() + ": " + languages);
        }
    }

    @Test
    void picturesAreWellFormedAndUsed() throws Exception {
        Set<String> used = new TreeSet<>();
        for (Page page : all()) {
            page.links().stream().filter(link -> link.endsWith(".svg") || link.endsWith(".png"))
                    .forEach(link -> used.add(Path.of(link).getFileName().toString()));
        }
        Set<String> present = new TreeSet<>();
        try (Stream<Path> pictures = Files.list(Page.DOCS.resolve("images"))) {
            for (Path picture : pictures.toList()) {
                present.add(picture.getFileName().toString());
                if (picture.toString().endsWith(".png")) {
                    assertTrue(ImageIO.read(picture.toFile()).getWidth() <= 1280, picture.toString());
                    continue;
                }
                Element svg = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(picture.toFile())
                        .getDocumentElement();
                assertEquals("svg", svg.getTagName(), picture.toString());
            }
        }
        assertEquals(present, used);
    }

    @Test
    void theDrawingIsReadableOnDarkAndLight() throws IOException {
        String svg = Files.readString(Page.DOCS.resolve("images/way-of-a-byte.svg"));
        assertTrue(svg.contains("<title") && svg.contains("<desc"), "those who cannot see it hear these");
        int dark = svg.indexOf("@media (prefers-color-scheme: dark)");
        assertTrue(dark > 0);
        Pattern rule = Pattern.compile("(text|\\.[a-z-]+) \\{[^}]*(?:fill|stroke): #");
        Set<String> light = rule.matcher(svg.substring(0, dark)).results().map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> again = rule.matcher(svg.substring(dark)).results().map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(light, again, "what has a colour has one for a dark page too");
    }
}
