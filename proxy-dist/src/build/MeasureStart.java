import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Measures how long unpacked tarballs take from their launch to the first byte that came back through the proxy, the
 * CPU time that this costs, and the resident size at that moment. Several tarballs are launched in turn, so that a load
 * on the machine is one for all of them:
 *
 * <pre>java proxy-dist/src/build/MeasureStart.java RUNS DIRECTORY ...</pre>
 */
public final class MeasureStart {
    private MeasureStart() {}

    public static void main(String[] args) throws Exception {
        int runs = Integer.parseInt(args[0]);
        List<Path> installations = Stream.of(args).skip(1).map(Path::of).toList();
        Path config = Files.createTempFile("measure", ".yaml");
        try (ServerSocket upstream = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Files.writeString(config, """
                    admin: { listen: "127.0.0.1:0" }
                    listeners:
                      - { name: edge, listen: "127.0.0.1:0", cluster: echo }
                    clusters:
                      - { name: echo, endpoints: [ { address: "127.0.0.1:%d" } ] }
                    """.formatted(upstream.getLocalPort()));
            Thread.ofPlatform().daemon().start(() -> echoOneByteEach(upstream));
            double[][] millis = new double[installations.size()][runs];
            double[][] cpuMillis = new double[installations.size()][runs];
            double[][] mebibytes = new double[installations.size()][runs];
            for (int run = 0; run < runs; run++) {
                for (int i = 0; i < installations.size(); i++) {
                    measure(installations.get(i), config, millis[i], cpuMillis[i], mebibytes[i], run);
                }
            }
            System.out.printf("load %s, medians of %d%n", Files.readString(Path.of("/proc/loadavg")).split(" ")[0], runs);
            for (int i = 0; i < installations.size(); i++) {
                System.out.printf("%-40s first byte after %.0f ms (least %.0f), %.0f ms of CPU (least %.0f), %.1f MiB resident%n",
                        installations.get(i), median(millis[i]), least(millis[i]), median(cpuMillis[i]), least(cpuMillis[i]),
                        median(mebibytes[i]));
            }
        } finally {
            Files.delete(config);
        }
    }

    private static void measure(Path installation, Path config, double[] millis, double[] cpuMillis, double[] mebibytes, int run)
            throws Exception {
        String sluice = installation.resolve("bin/sluice").toAbsolutePath().toString();
        ProcessBuilder builder = new ProcessBuilder(sluice, "run", "-c", config.toString(), "--log-level", "error")
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        long start = System.nanoTime();
        Process daemon = builder.start();
        try (BufferedReader out = daemon.inputReader()) {
            String ready = out.readLine();
            Matcher edge = Pattern.compile(" edge=127\\.0\\.0\\.1:(\\d+)").matcher(ready == null ? "" : ready);
            if (!edge.find()) {
                throw new IllegalStateException("no ready line, but " + ready);
            }
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(edge.group(1)))) {
                client.getOutputStream().write('x');
                if (client.getInputStream().read() != 'x') {
                    throw new IllegalStateException("the byte did not come back");
                }
                millis[run] = (System.nanoTime() - start) / 1e6;
                cpuMillis[run] = daemon.info().totalCpuDuration().orElseThrow().toNanos() / 1e6;
                mebibytes[run] = resident(daemon.pid()) / 1024.0;
            }
            daemon.toHandle().destroy();
            daemon.waitFor();
        } finally {
            daemon.destroyForcibly();
        }
    }

    private static long resident(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException("no VmRSS");
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static double least(double[] values) {
        return Arrays.stream(values).min().orElseThrow();
    }

    private static void echoOneByteEach(ServerSocket upstream) {
        while (true) {
            try (Socket socket = upstream.accept()) {
                socket.getOutputStream().write(socket.getInputStream().read());
            } catch (IOException e) {
                if (upstream.isClosed()) {
                    return;
                }
            }
        }
    }
}
