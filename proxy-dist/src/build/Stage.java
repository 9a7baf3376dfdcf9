import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Completes the directory that becomes the tarball: with its own Java, {@code jre}, and its start archive,
 * {@code lib/sluice.jsa}.
 *
 * <p>The Java is linked twice. A training run of the staged directory with the first one finds out which forms of
 * method handles a start needs; the second one has them as classes (jlink's {@code --generate-jli-classes}), where the
 * JVM would otherwise write them, some forty at each start. The archive could hold them too, but not together with
 * linked classes (JDK-8310831).
 *
 * <p>The archive is a static CDS archive with linked classes (JEP 483): the classes that a start and a first connection
 * need, as the JVM holds them in memory. The same training run finds out which these are; its list goes into a dump.
 * The JVM accepts an archive only for the module path it was made with, and for jars of the same size and time of
 * modification. Both the training and the dump therefore go through {@code bin/sluice}, which uses a module path that
 * is the same everywhere, and all files get the time here that they will have in the tarball.
 *
 * <p>What lost, with figures: proxy-runtime/decisions/0010.
 *
 * <p>Arguments: the directory, the jar to add to its {@code lib}, the time for all files (ISO 8601), a directory for
 * temporary files, the modules of the Java, with commas between them, the list of parts that {@link Bom} completes.
 */
public final class Stage {
    private static final int LIMIT_SECONDS = 120;
    private static final String CLASS_LIST = "start.classlist";
    private static final String ARCHIVE = "sluice.jsa";
    private static final String METHOD_HANDLE = "@lambda-form-invoker ";
    private static final String JLINK_METHOD_HANDLES = "jrt:/jdk.jlink/jdk/tools/jlink/internal/plugins/default_jli_trace.txt";

    private Stage() {}

    public static void main(String[] args) throws Exception {
        Path stage = Path.of(args[0]).toAbsolutePath();
        Path jar = Path.of(args[1]);
        FileTime time = FileTime.from(Instant.parse(args[2]));
        Path work = Files.createDirectories(Path.of(args[3]));
        String modules = args[4];

        Files.copy(jar, stage.resolve("lib").resolve(jar.getFileName()));
        Files.setPosixFilePermissions(stage.resolve("bin/sluice"), PosixFilePermissions.fromString("rwxr-xr-x"));
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(stage.resolve("lib"), "picocli-*.jar")) {
            for (Path library : jars) {
                OldClasses.renew(library, LocalDateTime.ofInstant(time.toInstant(), ZoneOffset.UTC));
            }
        }
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(stage.resolve("lib"), "jline-native-*.jar")) {
            for (Path library : jars) {
                NativeCode.remove(library, LocalDateTime.ofInstant(time.toInstant(), ZoneOffset.UTC));
            }
        }
        link(stage, work, modules, List.of());
        Bom.complete(Path.of(args[5]), stage.resolve("lib"), stage.resolve("legal/sbom.json"));
        date(stage, time);
        train(stage, work);
        // An image has another module path, and so an archive of its own.
        Files.copy(work.resolve(CLASS_LIST), stage.resolve("container").resolve(CLASS_LIST));
        link(stage, work, modules, List.of("--generate-jli-classes=@" + methodHandles(work).getFileName()));
        date(stage, time);
        dump(stage, work);
    }

    private static void date(Path directory, FileTime time) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(file, time);
            }
        }
    }

    private static void link(Path stage, Path work, String modules, List<String> more) throws Exception {
        Path jre = stage.resolve("jre");
        if (Files.exists(jre)) {
            try (Stream<Path> files = Files.walk(jre)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        // The tarball is compressed as a whole, and better; classes that are not compressed load faster.
        List<String> command = Stream.concat(Stream.of(Path.of(System.getProperty("java.home"), "bin", "jlink").toString(),
                "--add-modules=" + modules, "--output=" + jre, "--no-header-files", "--no-man-pages", "--compress=zip-0"), more.stream())
                .toList();
        Path log = work.resolve("jlink.log");
        expectExit(new ProcessBuilder(command).directory(work.toFile()).redirectErrorStream(true).redirectOutput(log.toFile()).start(),
                log);
        // jlink takes the licences of the modules along, but not what the vendor of the JDK says for the whole.
        Path notice = Path.of(System.getProperty("java.home"), "NOTICE");
        if (Files.exists(notice)) {
            Files.copy(notice, jre.resolve("NOTICE"));
        }
    }

    /**
     * The method handles that the training run looked for and those that jlink links by itself, in the form that jlink
     * reads. In the work directory: jlink splits paths at colons.
     */
    private static Path methodHandles(Path work) throws IOException {
        List<String> forms = Files.readAllLines(work.resolve(CLASS_LIST)).stream().filter(line -> line.startsWith(METHOD_HANDLE))
                .map(line -> line.substring(METHOD_HANDLE.length())).toList();
        if (forms.isEmpty()) {
            throw new IllegalStateException("no line of " + work.resolve(CLASS_LIST) + " begins with " + METHOD_HANDLE);
        }
        List<String> byItself = Files.readAllLines(Path.of(URI.create(JLINK_METHOD_HANDLES)));
        return Files.write(work.resolve("method-handles.txt"),
                Stream.concat(forms.stream(), byItself.stream()).distinct().sorted().toList());
    }

    /** One start, a few connections, some of them within TLS, the admin pages, and a stop. */
    private static void train(Path stage, Path work) throws Exception {
        try (ServerSocket upstream = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofPlatform().daemon().start(() -> echo(upstream));
            TrainingTls.certify(work);
            Files.writeString(work.resolve("training.yaml"), """
                    admin: { listen: "127.0.0.1:0" }
                    accessLog: { path: stdout, format: json }
                    listeners:
                      - { name: training, listen: "127.0.0.1:0", cluster: echo }
                      - name: secure
                        listen: "127.0.0.1:0"
                        cluster: echo
                        tls: { certificates: [ { certificate: training.pem, key: training.key } ] }
                    clusters:
                      - { name: echo, endpoints: [ { address: "127.0.0.1:%d" } ] }
                    """.formatted(upstream.getLocalPort()));
            Process daemon = sluice(stage, work, "training.log", "-Xshare:off -XX:DumpLoadedClassList=" + CLASS_LIST, "run", "-c",
                    "training.yaml");
            try (BufferedReader out = daemon.inputReader()) {
                String ready = out.readLine();
                if (ready == null) {
                    throw new IllegalStateException("the daemon did not become ready: " + Files.readString(work.resolve("training.log")));
                }
                for (int i = 0; i < 3; i++) {
                    exchange(port(ready, "training"), "x".repeat(1000));
                    TrainingTls.exchange(port(ready, "secure"), "x".repeat(1000), LIMIT_SECONDS * 1000);
                }
                for (String page : List.of("/live", "/ready", "/metrics", "/memory", "/connections")) {
                    get(port(ready, "admin"), page);
                }
                // Not Process.destroy(), which would close the stream that is still to be read.
                daemon.toHandle().destroy();
                while (out.readLine() != null) {
                    // The access log: the daemon must not find the pipe full.
                }
                expectExit(daemon, work.resolve("training.log"));
            } finally {
                daemon.destroyForcibly();
            }
        }
    }

    private static void dump(Path stage, Path work) throws Exception {
        Path archive = work.resolve(ARCHIVE);
        Files.deleteIfExists(archive);
        Process dump = sluice(stage, work, "dump.log",
                "-Xshare:dump -XX:+AOTClassLinking -XX:SharedClassListFile=" + CLASS_LIST + " -XX:SharedArchiveFile=" + ARCHIVE);
        dump.getInputStream().transferTo(OutputStream.nullOutputStream());
        expectExit(dump, work.resolve("dump.log"));
        if (!Files.isRegularFile(archive)) {
            throw new IllegalStateException("no archive was made: " + Files.readString(work.resolve("dump.log")));
        }
        Files.move(archive, stage.resolve("lib").resolve(ARCHIVE));
    }

    /**
     * Starts {@code bin/sluice} in the work directory: file names in SLUICE_OPTS cannot contain blanks, but that of the
     * build may.
     */
    private static Process sluice(Path stage, Path work, String log, String jvmOptions, String... arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Stream.concat(Stream.of(stage.resolve("bin/sluice").toString()), Stream.of(arguments)).toList());
        builder.environment().put("SLUICE_OPTS", jvmOptions);
        return builder.directory(work.toFile()).redirectError(work.resolve(log).toFile()).start();
    }

    private static void expectExit(Process process, Path log) throws Exception {
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("still running after " + LIMIT_SECONDS + " s: " + Files.readString(log));
        }
        if (process.exitValue() != 0) {
            throw new IllegalStateException("exit code " + process.exitValue() + ": " + Files.readString(log));
        }
    }

    private static int port(String ready, String name) {
        Matcher address = Pattern.compile(" " + name + "=127\\.0\\.0\\.1:(\\d+)").matcher(ready);
        if (!address.find()) {
            throw new IllegalStateException("no address of " + name + " in: " + ready);
        }
        return Integer.parseInt(address.group(1));
    }

    private static void exchange(int port, String text) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(LIMIT_SECONDS * 1000);
            socket.getOutputStream().write(text.getBytes());
            socket.shutdownOutput();
            String answer = new String(socket.getInputStream().readAllBytes());
            if (!answer.equals(text)) {
                throw new IllegalStateException("sent " + text + ", received " + answer);
            }
        }
    }

    private static void get(int port, String page) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(LIMIT_SECONDS * 1000);
            socket.getOutputStream().write(("GET " + page + " HTTP/1.1\r\nHost: 127.0.0.1:" + port
                    + "\r\nConnection: close\r\n\r\n").getBytes());
            // Whatever the page says: it is here for the classes it uses.
            socket.getInputStream().readAllBytes();
        }
    }

    private static void echo(ServerSocket upstream) {
        while (true) {
            try (Socket socket = upstream.accept(); InputStream in = socket.getInputStream(); OutputStream out = socket.getOutputStream()) {
                in.transferTo(out);
            } catch (IOException e) {
                if (upstream.isClosed()) {
                    return;
                }
            }
        }
    }
}
