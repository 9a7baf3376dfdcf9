package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/** The machine that the figures were measured on, and the versions of the programs. */
final class Machine {
    private final String hardware;
    private final List<String> versions;

    private Machine(String hardware, List<String> versions) {
        this.hardware = hardware;
        this.versions = versions;
    }

    /**
     * Asks the system and every program for its version.
     *
     * @param programs commands that print a version in their first line
     */
    static Machine ask(List<List<String>> programs) throws IOException {
        String processor = Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name")).map(line -> line.replaceFirst(".*?:\\s*", ""))
                .findFirst().orElse(System.getProperty("os.arch"));
        List<String> versions = new ArrayList<>();
        for (List<String> program : programs) {
            versions.add(version(program));
        }
        return new Machine("Linux " + Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip() + ", "
                + processor + ", " + Runtime.getRuntime().availableProcessors() + " processors", versions);
    }

    private static String version(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.onExit().join();
        return said.lines().findFirst().map(line -> line.replaceFirst(" - http.*", "").strip())
                .orElse(command.getFirst() + ": no version");
    }

    /** The machine, every version, the time and the load average of now, in one sentence. */
    String describe() throws IOException {
        return hardware + "; " + String.join("; ", versions) + "; "
                + now() + "; " + load();
    }

    /** The same in two lines, for a picture that may be looked at without the text around it. */
    List<String> caption() throws IOException {
        return List.of(hardware + "; " + now() + "; " + load(), String.join("; ", versions));
    }

    private static String now() {
        return ZonedDateTime.now(ZoneOffset.UTC).format(DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'"));
    }

    /** The load averages of the last minute, five and fifteen minutes. */
    static String load() throws IOException {
        String[] words = Files.readString(Path.of("/proc/loadavg")).strip().split(" ", -1);
        return "load average " + words[0] + " " + words[1] + " " + words[2];
    }
}
