package dev.sluice.runtime.wiring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.sluice.runtime.discovery.Discovery;
import dev.sluice.runtime.discovery.EndpointFileException;
import dev.sluice.runtime.discovery.FileSettings;
import dev.sluice.runtime.observe.EndpointSourceView;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.transport.AddressText;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Endpoint files as discovery reads them: real files, and the symbolic links of a ConfigMap. */
class ConfiguredEndpointFilesTest {
    private final ConfiguredEndpointFiles files = new ConfiguredEndpointFiles(Map.of());
    private final List<String> changes = new CopyOnWriteArrayList<>();
    private final Discovery discovery = new Discovery(files, address -> false,
            (source, endpoints) -> changes.add(String.join(" ",
                    endpoints.stream().map(endpoint -> AddressText.of(endpoint.address())).toList())));

    @TempDir
    private Path directory;

    @AfterEach
    void close() {
        discovery.close();
    }

    private @Nullable EndpointSourceView view(FileSettings settings) {
        return discovery.views().get(settings);
    }

    private static boolean fails(@Nullable EndpointSourceView view, String with) {
        return view != null && view.stale() && view.failure() != null && view.failure().contains(with);
    }

    @Test
    void aConfigMapIsSwitchedByOneSymbolicLink() throws IOException {
        // As kubelet mounts it: endpoints.yaml → ..data/endpoints.yaml, ..data → ..TIMESTAMP.
        version("..2026_01", "10.0.0.1:1");
        Path data = Files.createSymbolicLink(directory.resolve("..data"), Path.of("..2026_01"));
        Path file = Files.createSymbolicLink(directory.resolve("endpoints.yaml"), Path.of("..data", "endpoints.yaml"));
        FileSettings settings = new FileSettings(file);
        discovery.keep(Set.of(settings));
        assertTrue(discovery.await(Set.of(settings), Await.PATIENCE));
        version("..2026_02", "10.0.0.2:1");
        Path next = Files.createSymbolicLink(directory.resolve("..data_tmp"), Path.of("..2026_02"));
        Files.move(next, data, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Files.delete(directory.resolve("..2026_01").resolve("endpoints.yaml"));
        Files.delete(directory.resolve("..2026_01"));
        Await.equal("both versions", List.of("10.0.0.1:1", "10.0.0.2:1"), () -> List.copyOf(changes));
    }

    private void version(String name, String address) throws IOException {
        Path version = Files.createDirectory(directory.resolve(name));
        Files.writeString(version.resolve("endpoints.yaml"), "- address: " + address + "\n");
    }

    @Test
    void aBadFileKeepsTheLastGoodOne() throws IOException {
        Path file = Files.writeString(directory.resolve("e.json"), "[{\"address\": \"10.0.0.1:1\"}]");
        FileSettings settings = new FileSettings(file);
        discovery.keep(Set.of(settings));
        assertTrue(discovery.await(Set.of(settings), Await.PATIENCE));
        Files.writeString(file, "[{\"address\": \"10.0.0.1:1\"},\n {\"adress\": \"10.0.0.2:1\"}]");
        Await.until("the place of the problem", () -> fails(view(settings), "e.json:2:3 [1].adress: unknown key"));
        assertEquals(List.of("10.0.0.1:1"), List.copyOf(changes));
        Files.delete(file);
        Await.until("the missing file", () -> fails(view(settings), "no such file"));
        assertEquals(1, changes.size());
        Files.writeString(file, "[{\"address\": \"10.0.0.3:1\"}]");
        Await.equal("the new file", List.of("10.0.0.1:1", "10.0.0.3:1"), () -> List.copyOf(changes));
        assertTrue(Await.value("the view", () -> view(settings), view -> view != null && !view.stale()) != null);
    }

    @Test
    void aFileThatComesLaterIsRead() throws IOException {
        FileSettings settings = new FileSettings(directory.resolve("later.yaml"));
        discovery.keep(Set.of(settings));
        Await.until("the missing file", () -> fails(view(settings), "no such file"));
        assertTrue(!discovery.await(Set.of(settings), Duration.ZERO));
        Files.writeString(settings.file(), "- address: 10.0.0.1:1\n");
        assertTrue(discovery.await(Set.of(settings), Await.PATIENCE));
    }

    @Test
    void stampsTellFilesApart() throws IOException {
        Path file = Files.writeString(directory.resolve("a"), "- address: 10.0.0.1:1\n");
        Object before = files.stamp(file);
        assertEquals(before, files.stamp(file));
        Files.move(Files.writeString(directory.resolve("b"), "- address: 10.0.0.2:1\n"), file,
                StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        assertNotEquals(before, files.stamp(file));
    }

    @Test
    void manyProblemsAreCut() throws IOException {
        Path file = Files.writeString(directory.resolve("a"), "- address: x\n".repeat(50));
        String message = assertThrows(EndpointFileException.class, () -> files.read(file)).getMessage();
        assertTrue(message != null && message.endsWith("; and 45 more problems"), message);
    }
}
