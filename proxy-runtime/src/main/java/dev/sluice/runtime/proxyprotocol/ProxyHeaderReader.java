package dev.sluice.runtime.proxyprotocol;

import dev.sluice.runtime.memory.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * A reader of one header, byte by byte, which never asks for a byte behind it. To be used so: while {@link #missing} is
 * not 0, read at most so many bytes ({@code buffer.readAtMost(reader.missing())}) and give them to {@link #read}.
 * Belongs to one thread at a time.
 */
public final class ProxyHeaderReader {
    /** The least bound of the length field of version 2: the addresses of the largest family. */
    public static final int LEAST_MAX_BYTES = 216;
    /** The greatest bound of the length field of version 2. */
    public static final int MOST_MAX_BYTES = 16 * 1024;

    /** The shortest header of all, {@code PROXY UNKNOWN}. */
    private static final int SHORTEST = 15;

    private final int maxBytes;
    private int received;
    private @Nullable HeaderForm form;
    private @Nullable String problem;
    private @Nullable ProxyHeader header;

    /**
     * A reader that has read nothing.
     *
     * @param maxBytes the bound of what follows the first 16 bytes of version 2: addresses and TLVs. Version 1 has 107 bytes at most.
     */
    public ProxyHeaderReader(int maxBytes) {
        if (maxBytes < LEAST_MAX_BYTES || maxBytes > MOST_MAX_BYTES) {
            throw new IllegalArgumentException("maxBytes is " + maxBytes + ", but has to be between "
                    + LEAST_MAX_BYTES + " and " + MOST_MAX_BYTES);
        }
        this.maxBytes = maxBytes;
    }

    /**
     * The number of bytes that are missing at least; 0 = complete or refused. A header whose length has been read is missing exactly so
     * many.
     */
    public int missing() {
        if (problem != null || header != null) {
            return 0;
        }
        return form == null ? SHORTEST : form.missing();
    }

    /**
     * Takes all content of a buffer, which is empty then.
     *
     * @throws IllegalArgumentException if that is more than {@link #missing}: bytes of the client would be lost
     */
    public void read(Buffer bytes) {
        int count = bytes.content();
        expect(count);
        for (int i = 0; i < count; i++) {
            take(bytes.byteAt(i) & 0xff);
        }
        bytes.clear();
    }

    /** Takes a part of an array; as {@link #read(Buffer)}. */
    public void read(byte[] bytes, int at, int length) {
        expect(length);
        for (int i = 0; i < length; i++) {
            take(bytes[at + i] & 0xff);
        }
    }

    private void expect(int count) {
        if (count > missing()) {
            throw new IllegalArgumentException(count + " bytes were read, but only " + missing() + " are missing");
        }
    }

    private void take(int value) {
        received++;
        if (problem != null) {
            return;
        }
        if (form == null) {
            form = value == TextForm.FIRST_BYTE ? new TextForm() : new BinaryForm(maxBytes);
        }
        String wrong = form.accept(value);
        if (wrong != null) {
            problem = "byte " + received + " of the PROXY header: " + wrong;
            form = null;
        } else if (form.missing() == 0) {
            header = form.header();
            form = null;
        }
    }

    /** Whether the bytes are no header. */
    public boolean refused() {
        return problem != null;
    }

    /** The reason of the refusal: the byte's position, counted from 1, what was there, and what is allowed. One line, ASCII. */
    public String problem() {
        if (problem == null) {
            throw new IllegalStateException("the header was not refused");
        }
        return problem;
    }

    /** The number of bytes that were taken, those behind a refused one in the same {@link #read} included. */
    public int received() {
        return received;
    }

    /** The header, which is complete and was not refused. */
    public ProxyHeader header() {
        if (header == null) {
            throw new IllegalStateException(problem == null ? "at least " + missing() + " bytes are missing" : problem);
        }
        return header;
    }
}
