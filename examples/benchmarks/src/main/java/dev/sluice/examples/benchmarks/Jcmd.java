package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The memory of a JVM, by its own count: asked with the {@code jcmd} of the JDK in {@code JDK_HOME}. */
final class Jcmd {
    /** Memory that grows because code is compiled and classes are loaded, not because connections are open; and the objects, which are counted. */
    private static final Set<String> OTHERS = Set.of("Java Heap", "Code", "Compiler", "Class", "Metaspace", "Symbol",
            "Arena Chunk",
            "Shared class space", "Native Memory Tracking", "Module", "Logging", "Arguments", "Serviceability",
            "Statistics", "Safepoint");
    private static final Pattern CATEGORY = Pattern.compile(
            "^- +([A-Z][A-Za-z ]+) \\(reserved=\\d+, committed=(\\d+)\\)",
            Pattern.MULTILINE);

    /** Number, instances, bytes and class. */
    private static final Pattern HISTOGRAM_LINE = Pattern.compile("^ *\\d+: +\\d+ +(\\d+) +(\\S+)", Pattern.MULTILINE);

    private final long pid;

    Jcmd(long pid) {
        this.pid = pid;
    }

    /** Bytes of reachable objects, after a collection. */
    long liveHeap() throws IOException {
        Matcher line = HISTOGRAM_LINE.matcher(ask("GC.class_histogram"));
        long bytes = 0;
        while (line.find()) {
            // A collector may leave a gap instead of moving what is behind it.
            bytes += line.group(2).contains("jdk.internal.vm.Filler") ? 0 : Long.parseLong(line.group(1));
        }
        if (bytes == 0) {
            throw new IOException("jcmd gave no histogram");
        }
        return bytes;
    }

    /** Bytes outside the heap that the JVM knows of; needs {@code -XX:NativeMemoryTracking=summary}. */
    long nativeBytes() throws IOException {
        String answer = ask("VM.native_memory", "summary", "scale=b");
        Matcher category = CATEGORY.matcher(answer);
        long bytes = 0;
        boolean any = false;
        while (category.find()) {
            any = true;
            bytes += OTHERS.contains(category.group(1)) ? 0 : Long.parseLong(category.group(2));
        }
        if (!any) {
            throw new IOException("jcmd gave no native memory, but:\n" + answer);
        }
        return bytes;
    }

    private String ask(String... question) throws IOException {
        Path jcmd = Path.of(System.getenv().getOrDefault("JDK_HOME", ""), "bin/jcmd");
        if (!Files.isExecutable(jcmd)) {
            throw new IOException("set JDK_HOME to the directory of a JDK: there is no " + jcmd);
        }
        ProcessBuilder command = new ProcessBuilder(jcmd.toString(), Long.toString(pid)).redirectErrorStream(true);
        command.command().addAll(List.of(question));
        Process process = command.start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
