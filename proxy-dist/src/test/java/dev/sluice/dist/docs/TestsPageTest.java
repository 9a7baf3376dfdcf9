package dev.sluice.dist.docs;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

import dev.sluice.junit.Sluice;
import dev.sluice.junit.SluiceProxy;
import dev.sluice.runtime.testing.Page;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

/** The page about tests: its test and each of its excerpts run, with the JUnit 6 of this build; its tables are whole. */
class TestsPageTest {
    /** The surroundings of an excerpt. */
    private static final String EXCERPT = """
            package com.example;

            import java.io.IOException;
            import java.io.OutputStream;
            import java.net.InetAddress;
            import java.net.ServerSocket;
            import java.net.Socket;
            import java.net.SocketAddress;
            import java.time.Duration;

            import dev.sluice.junit.Endpoint;
            import dev.sluice.junit.Sluice;
            import dev.sluice.junit.SluiceProxy;
            import org.junit.jupiter.api.AfterAll;
            import org.junit.jupiter.api.Test;

            import static dev.sluice.api.CloseReason.*;
            import static dev.sluice.api.Direction.*;
            import static dev.sluice.api.fault.Faults.*;
            import static dev.sluice.junit.Expected.*;
            import static java.time.Duration.*;

            @SluiceProxy("src/main/resources/sluice.yaml")
            class NAME {
                @Endpoint("shop")
                static final ServerSocket SHOP = start();

                static ServerSocket start() {
                    try {
                        ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                        Thread.ofVirtual().start(() -> {
                            try {
                                while (true) {
                                    Socket client = server.accept();
                                    Thread.ofVirtual().start(() -> serve(client));
                                }
                            } catch (IOException closed) {
                                return;
                            }
                        });
                        return server;
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                }

                static void serve(Socket client) {
                    try (client) {
                        client.getInputStream().transferTo(OutputStream.nullOutputStream());
                    } catch (IOException reset) {
                        return;
                    }
                }

                @AfterAll
                static void stop() throws Exception {
                    SHOP.close();
                }

                static Socket connect(SocketAddress address) throws Exception {
                    Socket socket = new Socket();
                    socket.connect(address);
                    return socket;
                }

                @Test
                void excerpt(Sluice sluice) throws Exception {
            STATEMENTS
                }
            }
            """;

    @TempDir
    private Path temporary;

    private final Page page = Page.of("tests.md");

    @Test
    void theTestAndTheExcerptsRun() throws Exception {
        Path file = temporary.resolve("src/main/resources/sluice.yaml");
        Files.createDirectories(file.getParent());
        Files.writeString(file, page.blocks("yaml").getFirst());
        List<String> java = page.blocks("java");
        Path source = temporary.resolve("com/example");
        Files.createDirectories(source);
        Files.writeString(source.resolve("ShopClientTest.java"), java.getFirst());
        for (int i = 1; i < java.size(); i++) {
            String name = "Excerpt" + i + "Test";
            Files.writeString(source.resolve(name + ".java"),
                    EXCERPT.replace("NAME", name).replace("STATEMENTS", java.get(i)));
        }
        compile(source);
        try (URLClassLoader loader = new URLClassLoader(new URL[]{temporary.toUri().toURL()})) {
            run(loader, "com.example.ShopClientTest", 2);
            for (int i = 1; i < java.size(); i++) {
                run(loader, "com.example.Excerpt" + i + "Test", 1);
            }
        }
        assertEquals(4, java.size());
    }

    private void compile(Path directory) throws Exception {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        String[] sources;
        try (var files = Files.list(directory)) {
            sources = files.map(Path::toString).toArray(String[]::new);
        }
        String[] options = {"-proc:none", "-parameters", "-d", temporary.toString(), "-cp",
            System.getProperty("java.class.path")};
        String[] all = Arrays.copyOf(options, options.length + sources.length);
        System.arraycopy(sources, 0, all, options.length, sources.length);
        assertEquals(0, compiler.run(null, null, null, all));
    }

    private static void run(ClassLoader loader, String name, int tests) throws Exception {
        Events events = EngineTestKit.engine("junit-jupiter").selectors(selectClass(loader.loadClass(name))).execute()
                .allEvents();
        List<Throwable> failures = events.failed().stream()
                .flatMap(event -> event.getRequiredPayload(TestExecutionResult.class).getThrowable().stream()).toList();
        AssertionError failed = new AssertionError(name + " has failed: " + failures);
        failures.forEach(failed::addSuppressed);
        if (!failures.isEmpty()) {
            throw failed;
        }
        assertEquals(tests, events.succeeded().stream().filter(event -> event.getTestDescriptor().isTest()).count());
    }

    @Test
    void theDependencyIsTheModule() throws Exception {
        String pom = Files.readString(Page.REPOSITORY.resolve("proxy-runtime/junit/pom.xml"));
        String dependency = page.blocks("xml").getFirst();
        for (String element : List.of("groupId", "version")) {
            Set<String> written = Page.found("<" + element + ">([^<]*)<", dependency);
            assertTrue(Page.found("<" + element + ">([^<]*)<", pom).containsAll(written), written::toString);
        }
        assertTrue(pom.contains("<artifactId>proxy-junit</artifactId>\n  <name>"));
        assertEquals(Set.of("proxy-junit"), Page.found("<artifactId>([^<]*)<", dependency));
    }

    @Test
    void tablesAreWhole() {
        assertEquals(methods(Sluice.class), page.table("method of `Sluice`").words(0));
        assertEquals(methods(SluiceProxy.class), page.table("attribute of `@SluiceProxy`").words(0));
    }

    private static Set<String> methods(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods()).filter(method -> Modifier.isPublic(method.getModifiers()))
                .filter(method -> !method.isSynthetic()).map(Method::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
