package dev.sluice.runtime.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.opentest4j.TestAbortedException;

/**
 * Two network namespaces joined by a cable that can be cut and made slow: the near one for a proxy and the peers that
 * stay, the far one for peers that vanish. Each belongs to one thread of this process, and sockets stay where they were
 * made, so tests run what makes them by {@link #near} and {@link #far}. The network of the machine is not touched, and
 * nothing is left when the threads have ended.
 */
public final class TestingNetwork implements AutoCloseable {
    /** The address of the near end. */
    public static final String NEAR = "10.77.0.1";
    /** The address of the far end. */
    public static final String FAR = "10.77.0.2";

    private static final String NEAR_MAC = "02:00:00:00:77:01";
    private static final String FAR_MAC = "02:00:00:00:77:02";
    private static final int CLONE_NEWNET = 0x40000000;
    private static final Path PORTS = Path.of("/proc/sys/net/ipv4/ip_local_port_range");

    private final ExecutorService near = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
    private final ExecutorService far = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());

    private TestingNetwork() {}

    /** A network, or the end of the test: only root may make one, on Linux, with the tools of iproute2. */
    public static TestingNetwork open() {
        if (!System.getProperty("user.name").equals("root") || !hasTool("ip") || !hasTool("tc")) {
            throw new TestAbortedException("a network of its own needs Linux, root, and the tools ip and tc");
        }
        TestingNetwork network = new TestingNetwork();
        try {
            network.plug();
            return network;
        } catch (TestAbortedException refused) {
            network.close();
            throw refused;
        }
    }

    private static boolean hasTool(String name) {
        return Stream.of("/usr/sbin", "/sbin", "/usr/bin", "/bin")
                .anyMatch(at -> Files.isExecutable(Path.of(at, name)));
    }

    private void plug() {
        in(near, TestingNetwork::unshare);
        int there = in(far, TestingNetwork::unshare);
        near("ip link set lo up");
        near("ip link add near address " + NEAR_MAC + " type veth peer name far address " + FAR_MAC + " netns "
                + there);
        near("ip addr add " + NEAR + "/24 dev near");
        near("ip link set near up");
        far("ip link set lo up");
        far("ip addr add " + FAR + "/24 dev far");
        far("ip link set far up");
        // Both know each other without asking: a host that cannot be asked for its address is unreachable, not silent.
        near("ip neigh replace " + FAR + " lladdr " + FAR_MAC + " nud permanent dev near");
        far("ip neigh replace " + NEAR + " lladdr " + NEAR_MAC + " nud permanent dev far");
    }

    /** @return the id of the thread that has left the network of the process */
    @SuppressWarnings("restricted")
    private static int unshare() {
        try {
            int refused = (int) function("unshare", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT))
                    .invokeExact(CLONE_NEWNET);
            if (refused != 0) {
                throw new TestAbortedException("this system gives no network of its own, not even to root");
            }
            return (int) function("gettid", FunctionDescriptor.of(ValueLayout.JAVA_INT)).invokeExact();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    @SuppressWarnings("restricted")
    private static MethodHandle function(String name, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), descriptor);
    }

    /** Runs what makes sockets of the near end. */
    public <T> T near(Callable<T> task) {
        return in(near, task);
    }

    /** Runs what makes sockets of the far end. */
    public <T> T far(Callable<T> task) {
        return in(far, task);
    }

    private void near(String command) {
        in(near, () -> run(command));
    }

    private void far(String command) {
        in(far, () -> run(command));
    }

    private static <T> T in(ExecutorService network, Callable<T> task) {
        try {
            return network.submit(task).get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException own -> throw own;
                case Error own -> throw own;
                case null, default -> throw new AssertionError(e.getCause());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static int run(String command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(command.split(" ", -1))).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) {
            throw new TestAbortedException("this system refuses '" + command + "': " + said);
        }
        return 0;
    }

    /** From now on nothing arrives at the other end, and neither end is notified. */
    public void cut() {
        far("ip link set far down");
    }

    /** Lets so many megabits pass in a second, in each direction. */
    public void slow(int megabits) {
        String rate = " root tbf rate " + megabits + "mbit burst 16kb latency 200ms";
        near("tc qdisc replace dev near" + rate);
        far("tc qdisc replace dev far" + rate);
    }

    /** Leaves so many ports for connects of the near end that name none. */
    public void localPorts(int count) {
        near(() -> {
            try {
                return Files.writeString(PORTS, "50000 " + (50_000 + count - 1) + "\n");
            } catch (IOException e) {
                throw new TestAbortedException("this system does not let " + PORTS + " be written: " + e);
            }
        });
    }

    @Override
    public void close() {
        near.shutdownNow();
        far.shutdownNow();
        try {
            if (!near.awaitTermination(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                    || !far.awaitTermination(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("a thread of the network does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException(e));
        }
    }
}
