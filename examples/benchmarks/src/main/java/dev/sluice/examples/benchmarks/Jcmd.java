package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks a JVM what it keeps, with the {@code jcmd} of the JDK in {@code JDK_HOME}. */
final class Jcmd {
    /** What grows because code is compiled and classes are loaded, not because connections are open; and the objects, which are counted. */
    private static final Set<String> OTHERS = Set.of("Java Heap", "Code", "Compiler", "Class", "Metaspace", "Symbol",
            "Arena Chunk",
            "Shared class space", "Native Memory Tracking", "Module", "Logging", "Arguments", "Serviceability",
            "Statistics", "Safepoint");
    private static final Pattern CATEGORY = Pattern.compile(
            "^- +([A-Z][A-Za-z ]+) \\(reserved=\\d+, committed=(\\d+)\\)",
            Pattern.MULTILINE);

    private final long pid;

    Jcmd(long pid) {
        this.pid = pid;
    }

    /** Bytes of reachable objects, after a collection. */
    long liveHeap() throws IOException {
        String total = ask("GC.class_histogram").lines().filter(line -> line.startsWith("Total")).findFirst()
                .orElseThrow(() -> new IOException("jcmd gave no histogram"));
        // Total, objects, bytes.
        return Long.parseLong(total.strip().split("\\s+", -1)[2]);
    }

    /** Bytes outside the heap that the JVM knows of; needs {@code -XX:NativeMemoryTracking=summary}. */
    long nativeBytes() throws IOException {
        String told = ask("VM.native_memory", "summary", "scale=b");
        Matcher category = CATEGORY.matcher(told);
        long bytes = 0;
        boolean any = false;
        while (category.find()) {
            any = true;
            bytes += OTHERS.contains(category.group(1)) ? 0 : Long.parseLong(category.group(2));
        }
        if (!any) {
            throw new IOException("jcmd gave no native memory, but:\n" + told);
        }
        return bytes;
    }

    private String ask(String... question) throws IOException {
        Path jcmd = Path.of(System.getenv().getOrDefault("JDK_HOME", ""), "bin/jcmd");
        if (!Files.isExecutable(jcmd)) {
            throw new IOException("set JDK_HOME to the directory of a JDK: there is no " + jcmd);
        }
        ProcessBuilder command = new ProcessBuilder(jcmd.toString(), Long.toString(pid)).redirectErrorStream(true);
        command.command().addAll(java.util.List.of(question));
        Process process = command.start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
