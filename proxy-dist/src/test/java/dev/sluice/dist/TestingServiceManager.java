package dev.sluice.dist;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

/**
 * A service manager with listening sockets, as far as a daemon can see it: it holds them, passes them to a process that it
 * starts, and to the next one. A program of its own, since a process that Java starts inherits no descriptor but three:
 * {@code TestingServiceManager SOCKETS COMMAND...}.
 *
 * <p>Writes {@code socket PORT} for each socket, then what the processes write, and {@code exited CODE} at the end of each. Reads
 * {@code start} and {@code TERM}.
 */
// Restricted are the downcalls, whose arguments are those of the manual pages.
@SuppressWarnings("restricted")
final class TestingServiceManager {
    private static final int AF_INET = 2;
    private static final int SOCK_STREAM_CLOEXEC = 0x80001;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int FIRST_DESCRIPTOR = 3;
    /** Above all that are passed. */
    private static final int KEPT_FROM = 100;
    private static final int SIGTERM = 15;
    private static final int LOOPBACK = 0x0100007f;
    /** More than sizeof(posix_spawn_file_actions_t). */
    private static final int ACTIONS_BYTES = 256;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle CALL = LINKER.downcallHandle(
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
    private static final Arena ARENA = Arena.global();

    private final List<Integer> sockets = new ArrayList<>();
    private final String[] command;
    private volatile int pid;

    private TestingServiceManager(int count, String[] command) {
        this.command = command;
        for (int i = 0; i < count; i++) {
            sockets.add(listen());
        }
    }

    public static void main(String[] args) throws Exception {
        String[] command = List.of(args).subList(1, args.length).toArray(String[]::new);
        TestingServiceManager manager = new TestingServiceManager(Integer.parseInt(args[0]), command);
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            if (line.equals("start")) {
                manager.start();
            } else {
                call("kill", manager.pid, SIGTERM);
            }
        }
        // The test has ended, whatever has become of the daemon.
        System.exit(0);
    }

    private static int call(String function, long... arguments) {
        long[] six = new long[6];
        System.arraycopy(arguments, 0, six, 0, arguments.length);
        try {
            long result = (long) CALL.invokeExact(LINKER.defaultLookup().findOrThrow(function), six[0], six[1], six[2],
                    six[3],
                    six[4], six[5]);
            if ((int) result < 0) {
                throw new IllegalStateException(function + " failed");
            }
            return (int) result;
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static int listen() {
        int low = call("socket", AF_INET, SOCK_STREAM_CLOEXEC, 0);
        int socket = call("fcntl", low, F_DUPFD_CLOEXEC, KEPT_FROM);
        call("close", low);
        MemorySegment address = ARENA.allocate(16, 4);
        address.set(JAVA_SHORT, 0, (short) AF_INET);
        address.set(JAVA_INT, 4, LOOPBACK);
        call("bind", socket, address.address(), 16);
        call("listen", socket, 4096);
        MemorySegment length = ARENA.allocate(JAVA_INT);
        length.set(JAVA_INT, 0, 16);
        call("getsockname", socket, address.address(), length.address());
        print("socket " + Short.toUnsignedInt(Short.reverseBytes(address.get(JAVA_SHORT, 2))));
        return socket;
    }

    private static void print(String line) {
        System.out.println(line);
        System.out.flush();
    }

    private void start() {
        MemorySegment actions = ARENA.allocate(ACTIONS_BYTES, 8);
        call("posix_spawn_file_actions_init", actions.address());
        for (int i = 0; i < sockets.size(); i++) {
            call("posix_spawn_file_actions_adddup2", actions.address(), sockets.get(i), FIRST_DESCRIPTOR + i);
        }
        // The number of the process is not known before it exists; the shell becomes the command.
        List<String> words = new ArrayList<>(
                List.of("sh", "-c", "LISTEN_PID=$$; export LISTEN_PID; exec \"$0\" \"$@\""));
        words.addAll(List.of(command));
        Map<String, String> variables = new TreeMap<>(System.getenv());
        variables.put("LISTEN_FDS", "" + sockets.size());
        variables.put("LISTEN_FDNAMES", "edge");
        MemorySegment child = ARENA.allocate(JAVA_INT);
        int failure = call("posix_spawn", child.address(), ARENA.allocateFrom("/bin/sh").address(), actions.address(),
                0,
                strings(words).address(), strings(variables.entrySet().stream()
                        .map(variable -> variable.getKey() + "=" + variable.getValue()).toList()).address());
        if (failure != 0) {
            throw new IllegalStateException("posix_spawn failed with " + failure);
        }
        pid = child.get(JAVA_INT, 0);
        int started = pid;
        Thread.ofPlatform().daemon().start(() -> {
            MemorySegment status = ARENA.allocate(JAVA_INT);
            call("waitpid", started, status.address(), 0);
            print("exited " + (status.get(JAVA_INT, 0) >> Byte.SIZE));
        });
    }

    /** A list of strings that ends with NULL, as for execve(2). */
    private static MemorySegment strings(List<String> texts) {
        MemorySegment list = ARENA.allocate(ADDRESS, texts.size() + 1L);
        for (int i = 0; i < texts.size(); i++) {
            list.setAtIndex(ADDRESS, i, ARENA.allocateFrom(texts.get(i)));
        }
        return list;
    }
}
