package dev.sluice.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.sluice.runtime.testing.Page;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The image of the tarball, made by {@code src/build/image} and unpacked by umoci. A container of it here is a root directory and mounts of
 * its own, with network and control group of the test: not every machine of a build has what runs whole containers.
 */
final class TestingImage implements AutoCloseable {
    /** How {@code src/build/image} ends where images cannot be made. */
    private static final int CANNOT = 69;

    private static final String IN_ITS_ROOT = """
            root=$1 config=$2 plugins=$3 user=$4
            shift 4
            mount --bind "$root" "$root"
            mount -t proc proc "$root/proc"
            mount --rbind /dev "$root/dev"
            mount --rbind /sys "$root/sys"
            [ -z "$config" ] || mount --bind "$config" "$root/etc/sluice"
            [ -z "$plugins" ] || mount --bind "$plugins" "$root/opt/sluice/plugins"
            mount -o remount,bind,ro "$root"
            exec "$@"
            """;

    private final Path directory;
    private final Path layout;
    private final Path bundle;
    private final JsonNode process;

    private TestingImage(Path directory) throws IOException {
        this.directory = directory;
        layout = layout(directory);
        bundle = bundle(directory);
        process = JsonMapper.shared().readTree(Files.readString(bundle.resolve("config.json"))).get("process");
    }

    /** Makes the image, for some seconds. Where it cannot be made, the test is left out, with the reason. */
    static TestingImage make() throws Exception {
        Path directory = Files.createTempDirectory("sluice-image-");
        try {
            Path log = directory.resolve("log");
            int code = run(log, Page.REPOSITORY.resolve("proxy-dist/src/build/image").toString(),
                    System.getProperty("sluice.tarball"), layout(directory).toString());
            assumeTrue(code != CANNOT, () -> said(log));
            assertEquals(0, code, () -> said(log));
            assertEquals(0, run(log, "umoci", "unpack", "--image",
                    layout(directory) + ":" + System.getProperty("sluice.version"), bundle(directory).toString()),
                    () -> said(log));
            return new TestingImage(directory);
        } catch (Throwable t) {
            delete(directory);
            throw t;
        }
    }

    private static Path layout(Path directory) {
        return directory.resolve("image");
    }

    private static Path bundle(Path directory) {
        return directory.resolve("bundle");
    }

    private static int run(Path log, String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try {
            assertTrue(process.waitFor(5 * TestingDaemon.LIMIT.toSeconds(), TimeUnit.SECONDS), () -> said(log));
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    private static String said(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() throws IOException {
        delete(directory);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** {@return the root directory of the image} */
    Path root() {
        return bundle.resolve("rootfs");
    }

    /** {@return the configuration of the image, as a registry has it} */
    JsonNode configuration() throws IOException {
        JsonNode index = JsonMapper.shared().readTree(Files.readString(layout.resolve("index.json")));
        return blob(blob(index.at("/manifests/0/digest")).at("/config/digest")).get("config");
    }

    private JsonNode blob(JsonNode digest) throws IOException {
        return JsonMapper.shared()
                .readTree(Files.readString(layout.resolve("blobs").resolve(digest.asString().replace(':', '/'))));
    }

    /** {@return the size of all that a registry would send, in bytes} */
    long compressedBytes() throws IOException {
        return bytes(layout);
    }

    /** {@return the size of all files, in bytes} */
    long unpackedBytes() throws IOException {
        return bytes(root());
    }

    private static long bytes(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> Files.isRegularFile(file) && !Files.isSymbolicLink(file))
                    .mapToLong(file -> file.toFile().length()).sum();
        }
    }

    /** {@return a way to start what the image starts, with nothing but this program's own arguments replaced} */
    Container container(String... arguments) {
        return new Container(arguments);
    }

    /** The way to start one container, whose root directory cannot be written. */
    final class Container {
        private final List<String> command = new ArrayList<>();
        private String config = "";
        private String plugins = "";
        private String user = process.at("/user/uid").asString() + ":" + process.at("/user/gid").asString();

        private Container(String... arguments) {
            for (JsonNode word : process.get("args")) {
                if (word.asString().equals("run")) {
                    break;
                }
                command.add(word.asString());
            }
            Collections.addAll(command, arguments);
        }

        /** A directory of the machine that becomes {@code /etc/sluice}. */
        Container config(Path directory) {
            config = directory.toString();
            return this;
        }

        /** A directory of the machine that becomes the directory of plugins. */
        Container plugins(Path directory) {
            plugins = directory.toString();
            return this;
        }

        /** Another user than that of the image. */
        Container user(int uid) {
            user = uid + ":" + uid;
            return this;
        }

        /** An option of the JVM, before the last file of options. */
        Container jvmOption(String option) {
            command.add(2, option);
            return this;
        }

        /** Starts it: the process is that of the entry point, as the first process of a container is. */
        TestingDaemon start() throws IOException {
            List<String> whole = new ArrayList<>(List.of("unshare", "--mount", "sh", "-euc", IN_ITS_ROOT, "sh",
                    root().toString(), config, plugins, user, "env", "-i"));
            process.get("env").forEach(variable -> whole.add(variable.asString()));
            // The program that changes the root is one of the machine.
            whole.addAll(List.of("/usr/sbin/chroot", "--userspec=" + user, root().toString()));
            whole.addAll(command);
            return new TestingDaemon.Launch(whole).start();
        }
    }
}
