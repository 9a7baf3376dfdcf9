package dev.sluice.dist;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** {@code sluice top} of the tarball: on a terminal, which is one of tmux, and without one. */
class TopIT {
    @TempDir
    Path directory;

    private TestingEcho echo;
    private TestingDaemon daemon;
    private Socket client;
    private String admin;

    @BeforeEach
    void serve() throws Exception {
        echo = new TestingEcho();
        daemon = TestingDaemon.serving(echo.configuration(directory.resolve("sluice.yaml"), "127.0.0.1:0", "1s"));
        client = TestingEcho.connect(daemon.address("edge"));
        InetSocketAddress address = daemon.address("admin");
        admin = "127.0.0.1:" + address.getPort();
    }

    @AfterEach
    void end() throws Exception {
        client.close();
        daemon.close();
        echo.close();
    }

    @Test
    void withoutATerminalItPrintsOneFrame() throws Exception {
        try (TestingDaemon top = TestingDaemon
                .command("/bin/sh", "-c", "\"$0\" top --interval 200ms --admin \"$1\" | head -40",
                        TestingInstallation.get().sluice(), admin)
                .start()) {
            assertEquals(ExitCode.CLEAN, top.exitCode(), top::toString);
            assertEquals(List.of(), top.err());
            assertTrue(top.out().getFirst().startsWith("sluice ready at " + admin + ", up "), top::toString);
            assertTrue(top.out().getLast().contains(" 127.0.0.1:" + client.getLocalPort() + " " + echo.address()),
                    top::toString);
            assertTrue(top.out().stream().noneMatch(line -> line.contains("\33")), top::toString);
        }
    }

    @Test
    void onATerminalKeysWorkAndItIsGivenBack() throws Exception {
        assumeTrue(Stream.of("/usr/bin", "/bin").anyMatch(at -> Files.isExecutable(Path.of(at, "tmux"))),
                "needs tmux, which is Debian's package tmux");
        try {
            tmux("-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "24", "env PS1='$ ' sh");
            type("stty -g | md5sum\n");
            String terminal = line(screen(text -> text.contains("  -")), "  -");
            type("clear; " + TestingInstallation.get().sluice() + " top --interval 200ms --admin " + admin + "\n");
            String shown = screen(text -> text.contains(":" + client.getLocalPort() + " "));
            assertTrue(shown.startsWith("sluice ready at " + admin), shown);
            assertTrue(shown.contains("sort bytes_owned"), shown);
            assertTrue(!shown.contains("WARNING"), shown);
            type("s");
            screen(text -> text.contains("sort bytes\n"));
            type("/id>999999\n");
            screen(text -> text.contains("where id>999999\n") && !text.contains(":" + client.getLocalPort() + " "));
            type("/nonsense\n");
            screen(text -> text.contains("where: id>999999nonsense_"));
            tmux("send-keys", "-t", "0", "Escape");
            screen(text -> text.contains("s sort  / where"));
            type("k1\n");
            screen(text -> text.contains("close 1 (y/n)? resets 127.0.0.1:" + client.getLocalPort()));
            type("n");
            screen(text -> text.contains("nothing was closed"));
            TestingEcho.exchange(client);
            tmux("resize-window", "-t", "0", "-x", "60", "-y", "12");
            screen(text -> text.stripTrailing().lines().count() == 12 && text.contains("nothing was closed"));
            tmux("resize-window", "-t", "0", "-x", "100", "-y", "24");
            type("q");
            type("clear; echo end $?\nstty -g | md5sum\n");
            String after = screen(text -> text.contains("end 0") && text.contains("  -"));
            assertEquals(terminal, line(after, "  -"), after);
            type("clear; " + TestingInstallation.get().sluice() + " top --admin " + admin + "; echo end $?\n");
            screen(text -> text.contains("sluice ready"));
            terminate();
            assertEquals(terminal, line(again(), "  -"));
        } finally {
            tmux("kill-server");
        }
    }

    /** Ends top by TERM, from outside. */
    private void terminate() throws Exception {
        String shell = tmux("list-panes", "-F", "#{pane_pid}").strip();
        ProcessHandle top = ProcessHandle.of(Long.parseLong(shell)).orElseThrow().children().findFirst().orElseThrow();
        top.destroy();
        screen(text -> text.contains("end 143"));
    }

    private String again() throws Exception {
        type("clear; stty -g | md5sum\n");
        return screen(text -> text.contains("  -"));
    }

    private static String line(String screen, String end) {
        // Behind a prompt, where the command was typed before the shell had written it.
        return screen.lines().filter(line -> line.endsWith(end)).map(line -> line.replaceFirst("^\\$ ", "")).findFirst()
                .orElseThrow();
    }

    private void type(String text) throws Exception {
        String[] lines = text.split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            if (i > 0) {
                tmux("send-keys", "-t", "0", "Enter");
            }
            if (!lines[i].isEmpty()) {
                tmux("send-keys", "-t", "0", "-l", lines[i]);
            }
        }
    }

    /** Waits until the screen is as wanted, and returns it. */
    private String screen(Predicate<String> wanted) throws Exception {
        long deadline = System.nanoTime() + TestingDaemon.LIMIT.toNanos();
        while (true) {
            String screen = tmux("capture-pane", "-p", "-t", "0");
            if (wanted.test(screen)) {
                return screen;
            }
            assertTrue(System.nanoTime() < deadline, () -> "the screen is\n" + screen);
        }
    }

    /** A server of its own, with its socket in the directory of the test. */
    private String tmux(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("tmux", "-S", directory.resolve("tmux").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("TMUX");
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().put("TERM", "xterm");
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(TestingDaemon.LIMIT.toSeconds(), TimeUnit.SECONDS), command::toString);
        return out;
    }
}
