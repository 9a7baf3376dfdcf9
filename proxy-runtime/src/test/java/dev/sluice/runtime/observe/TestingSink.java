package dev.sluice.runtime.observe;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A pipe that breaks after so many bytes as the test says, and comes back. */
public final class TestingSink implements AccessLogSink {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private int allowance = Integer.MAX_VALUE;
    private int failures;
    private int writes;
    private int closes;

    /** The next {@code n} bytes pass, then every write fails. */
    public synchronized void breakAfter(int n) {
        allowance = n;
    }

    public synchronized void repair() {
        allowance = Integer.MAX_VALUE;
    }

    public synchronized int failures() {
        return failures;
    }

    public synchronized int writes() {
        return writes;
    }

    public synchronized String text() {
        return written.toString(StandardCharsets.UTF_8);
    }

    @Override
    public String describe() {
        return "a test";
    }

    @Override
    public synchronized void write(ByteBuffer bytes) throws IOException {
        writes++;
        int n = Math.min(allowance, bytes.remaining());
        byte[] passed = new byte[n];
        bytes.get(passed);
        written.writeBytes(passed);
        allowance -= n;
        if (bytes.hasRemaining()) {
            failures++;
            throw new IOException("Broken pipe");
        }
    }

    @Override
    public boolean takeBack(int bytes) {
        return false;
    }

    @Override
    public void reopen() {}

    /** The number of calls of {@link #close}. */
    public synchronized int closes() {
        return closes;
    }

    @Override
    public synchronized void close() {
        closes++;
    }
}
