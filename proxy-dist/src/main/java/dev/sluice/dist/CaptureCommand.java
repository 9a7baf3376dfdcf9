package dev.sluice.dist;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/** The command {@code sluice capture}: orders a capture from the daemon, and writes its file while it grows. */
final class CaptureCommand {
    /** The name of standard output. */
    static final String STANDARD_OUTPUT = "-";

    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int WRONG = 400;
    private static final int FORBIDDEN = 403;
    private static final Duration REQUEST = Duration.ofSeconds(10);
    /** The pause after a part that was not full. */
    private static final long PAUSE_MILLIS = 200;
    /** A part of this size was full, and the next one waits already. */
    private static final int FULL = 64 << 10;
    private static final long END_SECONDS = 20;

    private final AdminClient client;
    private final PrintStream out;
    private final Messages messages;
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile int code = ExitCode.FATAL;

    CaptureCommand(AdminClient client, PrintStream out, Messages messages) {
        this.client = client;
        this.out = out;
        this.messages = messages;
    }

    /**
     * Captures until the bounds are reached, or the process gets a signal.
     *
     * @param order the parameters of the request
     * @param target the file, which must not exist, or {@link #STANDARD_OUTPUT}
     * @return the exit code
     */
    int run(Map<String, String> order, String target) throws NoAnswerException {
        Path file = target.equals(STANDARD_OUTPUT) ? null : Path.of(target);
        if (file != null && Files.exists(file)) {
            messages.error("sluice: " + file + " exists; a capture overwrites nothing. Name another file with -o");
            return ExitCode.USAGE;
        }
        StringJoiner query = new StringJoiner("&", "/captures?", "");
        order.forEach((name, value) -> query
                .add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20")));
        AdminAnswer begun = client.ask("POST", query.toString(), REQUEST);
        if (begun.status() != CREATED) {
            return failed(begun);
        }
        long id = number(begun, "id");
        // A signal ends the capture, and not the file in its middle.
        Runtime.getRuntime().addShutdownHook(new Thread(this::interrupt));
        try (OutputStream to = file == null ? out : open(file)) {
            messages.error("capture " + id + " of the connections where "
                    + TerminalText.line(String.valueOf(begun.text("where")))
                    + ", layer " + begun.text("layer") + ", "
                    + (Boolean.TRUE.equals(begun.members().get("payload")) ? "with" : "without")
                    + " payload; Ctrl-C ends it");
            AdminAnswer last = copy(id, to);
            code = last.status() == OK ? finished(last, file) : failed(last);
            return code;
        } catch (FileAlreadyExistsException e) {
            messages.error("sluice: " + file + " exists; a capture overwrites nothing. Name another file with -o");
            return ExitCode.USAGE;
        } catch (IOException e) {
            messages.error(
                    "sluice: cannot write " + (file == null ? "to standard output" : file) + ": " + reason(e));
            return ExitCode.FATAL;
        } catch (NoAnswerException e) {
            throw new NoAnswerException(e.getMessage() + (file == null ? "" : " " + file + " has what came before."),
                    e);
        } finally {
            if (code != ExitCode.CLEAN) {
                stop(id);
            }
            ended.countDown();
        }
    }

    /** The message of an exception of a file is often its name alone. */
    private static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException none -> "there is no such directory";
            case AccessDeniedException denied -> "permission denied";
            case FileSystemException of -> of.getReason() == null ? of.toString() : of.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }

    private static OutputStream open(Path file) throws IOException {
        // What clients say is for the eyes of its owner.
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } else {
            Files.createFile(file);
        }
        return Files.newOutputStream(file, StandardOpenOption.WRITE);
    }

    /** The end of the process, by itself or by a signal: waits for the rest of the file, and exits as if there had been no signal. */
    private void interrupt() {
        if (ended.getCount() == 0) {
            return;
        }
        interrupted.countDown();
        try {
            if (ended.await(END_SECONDS, TimeUnit.SECONDS)) {
                Runtime.getRuntime().halt(code);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Writes the file, part by part. @return the answer with the last one, or with what is wrong */
    private AdminAnswer copy(long id, OutputStream to) throws NoAnswerException, IOException {
        long offset = 0;
        boolean stopped = false;
        while (true) {
            if (!stopped && interrupted.getCount() == 0) {
                stop(id);
                stopped = true;
            }
            AdminAnswer part = client.ask("GET", "/captures/" + id + "?after=" + offset, REQUEST);
            if (part.status() != OK) {
                return part;
            }
            byte[] bytes = Base64.getDecoder().decode(String.valueOf(part.text("data")));
            to.write(bytes);
            to.flush();
            if (to instanceof PrintStream printed && printed.checkError()) {
                throw new IOException("its reader has closed it");
            }
            offset = number(part, "next");
            if (Boolean.TRUE.equals(part.members().get("last"))) {
                return part;
            }
            if (bytes.length < FULL && !stopped) {
                pause();
            }
        }
    }

    private void pause() {
        try {
            interrupted.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException("the main thread is never interrupted", e);
        }
    }

    private void stop(long id) {
        try {
            client.ask("POST", "/captures/" + id + "/stop", REQUEST);
        } catch (NoAnswerException e) {
            // It ends by itself when it is not read.
        }
    }

    private int finished(AdminAnswer last, @Nullable Path file) {
        long dropped = number(last, "dropped");
        messages.error((file == null ? "" : file + ": ") + number(last, "events") + " events of "
                + number(last, "connections")
                + " connections, " + ConnectionsCommand.size(number(last, "next")) + "; ended: " + last.text("state")
                + (number(last, "connections") > 0 ? "" : "; no connection met the condition")
                + (dropped == 0 ? "" : "; " + dropped + " events were lost because they were not read fast enough"));
        return ExitCode.CLEAN;
    }

    private int failed(AdminAnswer answer) {
        messages.error("sluice: " + TerminalText.lines(answer.failure()));
        return answer.status() == WRONG || answer.status() == FORBIDDEN ? ExitCode.USAGE : ExitCode.FATAL;
    }

    private static long number(AdminAnswer answer, String name) {
        return answer.members().get(name) instanceof Number number ? number.longValue() : 0;
    }
}
