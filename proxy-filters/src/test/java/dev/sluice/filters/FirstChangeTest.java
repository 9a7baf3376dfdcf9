package dev.sluice.filters;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The walk through a first change in CONTRIBUTING.md, done on a copy: its test fails, its code makes it pass, its pages are found. */
class FirstChangeTest {
    private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern FILE = Pattern.compile("(?ms)^`([^`\n]+)`:\n```java\n(.*?)^```$");
    private static final Pattern DIFF = Pattern.compile("(?ms)^```diff\n--- a/(\\S+)\n\\+\\+\\+ b/(\\S+)\n(.*?)^```$");

    @TempDir
    private Path copy;

    private String guide = "";

    @BeforeEach
    void readGuide() throws IOException {
        String contributing = Files.readString(REPOSITORY.resolve("CONTRIBUTING.md"));
        int start = contributing.indexOf("## Your first change");
        guide = contributing.substring(start, contributing.indexOf("\n## ", start));
        for (String part : List.of("proxy-filters/src", "proxy-dist/src/dist/docs")) {
            try (Stream<Path> files = Files.walk(REPOSITORY.resolve(part))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Path target = copy.resolve(REPOSITORY.relativize(file));
                    Files.createDirectories(target.getParent());
                    Files.copy(file, target);
                }
            }
        }
    }

    @Test
    @Timeout(120)
    void itsTestFailsAndItsCodeMakesItPass() throws Exception {
        MatchResult file = FILE.matcher(guide).results().findFirst().orElseThrow();
        Path test = copy.resolve(file.group(1));
        Files.writeString(test, file.group(2));
        String name = copy.resolve("proxy-filters/src/test/java").relativize(test).toString().replace(".java", "")
                .replace('/', '.');
        assertTrue(guide.contains("-Dtest=" + name.substring(name.lastIndexOf('.') + 1) + " "));

        String changed = "/" + name.substring(0, name.lastIndexOf('.')).replace('.', '/') + "/";
        Throwable failure = outcome(name, compile("before", changed));
        assertTrue(failure != null && guide.contains("It says `" + failure.getMessage() + "`"), () -> "" + failure);

        List<MatchResult> diffs = DIFF.matcher(guide).results().toList();
        assertEquals(5, diffs.size());
        for (MatchResult diff : diffs) {
            assertEquals(diff.group(1), diff.group(2));
            apply(copy.resolve(diff.group(1)), diff.group(3));
        }
        assertNull(outcome(name, compile("after", changed)));
    }

    /** Puts the new lines of each hunk in the place of the old ones, which have to be there once. */
    private static void apply(Path file, String diff) throws IOException {
        String text = Files.readString(file);
        for (String hunk : diff.split("(?m)^@@\n", -1)) {
            StringBuilder before = new StringBuilder();
            StringBuilder after = new StringBuilder();
            hunk.lines().forEach(line -> {
                String content = line.isEmpty() ? "" : line.substring(1);
                if (!line.startsWith("+")) {
                    before.append(content).append('\n');
                }
                if (!line.startsWith("-")) {
                    after.append(content).append('\n');
                }
            });
            if (!hunk.isEmpty()) {
                int at = text.indexOf("\n" + before);
                assertTrue(at >= 0, () -> file + " has no\n" + before);
                assertEquals(at, text.lastIndexOf("\n" + before), () -> file + " has this more than once:\n" + before);
                text = text.substring(0, at + 1) + after + text.substring(at + 1 + before.length());
            }
        }
        Files.writeString(file, text);
    }

    /** Compiles the package of the copy that changes, with its tests; the rest of the module is there as it is. */
    private Path compile(String directory, String changed) throws IOException {
        Path classes = Files.createDirectory(copy.resolve(directory));
        List<String> arguments = new ArrayList<>(
                List.of("-proc:none", "-nowarn", "-d", classes.toString(), "-cp",
                        System.getProperty("java.class.path")));
        try (Stream<Path> files = Files.walk(copy.resolve("proxy-filters/src"))) {
            files.map(Path::toString).filter(file -> file.endsWith(".java") && file.contains(changed))
                    .forEach(arguments::add);
        }
        assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)));
        return classes;
    }

    /** Runs the only test of a class, in a world of its own. @return how it failed; null = it passed */
    private static @Nullable Throwable outcome(String name, Path classes) throws Exception {
        List<URL> path = new ArrayList<>(List.of(classes.toUri().toURL()));
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            path.add(Path.of(entry).toUri().toURL());
        }
        try (URLClassLoader loader = new URLClassLoader(path.toArray(URL[]::new),
                ClassLoader.getPlatformClassLoader())) {
            Class<?> type = Class.forName(name, true, loader);
            var constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            List<Method> tests = Stream.of(type.getDeclaredMethods()).filter(method -> !method.isSynthetic()).toList();
            assertEquals(1, tests.size());
            tests.getFirst().setAccessible(true);
            tests.getFirst().invoke(constructor.newInstance());
            return null;
        } catch (InvocationTargetException e) {
            return e.getCause();
        }
    }
}
