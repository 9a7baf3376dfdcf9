import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measures how long an unpacked tarball takes from its launch to the first byte that came back through the proxy, and its resident size at
 * that moment. Prints each run and the medians:
 *
 * <pre>java proxy-dist/src/build/MeasureStart.java DIRECTORY [RUNS]</pre>
 */
public final class MeasureStart {
    private MeasureStart() {}

    public static void main(String[] args) throws Exception {
        String sluice = Path.of(args[0], "bin/sluice").toAbsolutePath().toString();
        int runs = args.length > 1 ? Integer.parseInt(args[1]) : 5;
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
            double[] millis = new double[runs];
            double[] mebibytes = new double[runs];
            for (int i = 0; i < runs; i++) {
                measure(sluice, config, millis, mebibytes, i);
                System.out.printf("%.0f ms, %.1f MiB%n", millis[i], mebibytes[i]);
            }
            System.out.printf("median of %d: first byte after %.0f ms, %.1f MiB resident%n", runs, median(millis), median(mebibytes));
        } finally {
            Files.delete(config);
        }
    }

    private static void measure(String sluice, Path config, double[] millis, double[] mebibytes, int run) throws Exception {
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
