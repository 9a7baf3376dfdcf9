package dev.sluice.runtime.tls.boring;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;

import dev.sluice.runtime.memory.Buffer;
import io.netty.internal.tcnative.SSL;
import org.jspecify.annotations.Nullable;

/**
 * The object of the library for one connection, and its ways in and out: records are read from a buffer, and written to one, each for the length
 * of a call. What the library says while it reads stays in a small buffer of its own, until {@link #drain}. For one thread at a time; freed once.
 */
final class NativeSsl {
    /** Room for what is said while a record is read: a flight that does not fit waits, and is written directly. */
    private static final int OUTPUT = 1024;

    /** The part of an error's number that says in which part of the library it was found. */
    private static final int LIBRARY_SHIFT = 24;
    private static final int LIBRARY_OF_TLS = 16;

    /** Results of calls. */
    enum Result {
        /** It is done. */
        DONE,
        /** Another record is needed. */
        READ,
        /** Room for records is needed. */
        WRITE,
        /** The peer has ended its stream. */
        CLOSED,
        /** It has failed: {@link #problem}. */
        FAILED
    }

    /** Held, so that it is not freed before this. */
    private final BoringContext context;
    private long ssl;
    private final long bio;
    /** The number of the last failure; negative = none that the library has named. */
    private long problem;
    private Result readResult = Result.DONE;

    NativeSsl(BoringContext context) {
        this.context = context;
        ssl = context.newSsl();
        bio = SSL.bioNewByteBuffer(ssl, OUTPUT);
    }

    BoringContext context() {
        return context;
    }

    /** The pointer, by which callbacks name it. */
    long pointer() {
        if (ssl == 0) {
            throw new IllegalStateException("freed");
        }
        return ssl;
    }

    /** The number of the last failure. */
    long problem() {
        return problem;
    }

    /** Goes on with the handshake, which reads a record. */
    Result handshake(Buffer buffer, int index, int length) {
        return handshake(address(buffer, index), length);
    }

    /** The same with a record in direct memory. */
    Result handshake(ByteBuffer direct, int length) {
        try {
            return handshake(io.netty.internal.tcnative.Buffer.address(direct), length);
        } finally {
            Reference.reachabilityFence(direct);
        }
    }

    private Result handshake(long address, int length) {
        long pointer = pointer();
        SSL.bioSetByteBuffer(bio, address, length, false);
        try {
            SSL.clearError();
            return result(SSL.doHandshake(pointer), true);
        } finally {
            SSL.bioClearByteBuffer(bio);
        }
    }

    /** Goes on with the handshake, which writes records. */
    Result handshake(Buffer target) {
        long pointer = pointer();
        int room = sink(target);
        try {
            SSL.clearError();
            return result(SSL.doHandshake(pointer), false);
        } finally {
            unsink(target, room);
        }
    }

    /** Appends the records that were said while one was read, as far as there is room. */
    void drain(Buffer target) {
        if (hasOutput()) {
            int room = sink(target);
            unsink(target, room);
        }
    }

    /** Whether something is left to be drained. */
    boolean hasOutput() {
        pointer();
        return SSL.bioLengthNonApplication(bio) > 0;
    }

    /** Writes no data, but what the library has kept until there would be some. */
    Result flush(Buffer target) {
        return write(address(target, 0), 0, target, target.room());
    }

    /** Writes a record with the first bytes of a buffer that may be sent. */
    Result write(Buffer plain, int length, Buffer target) {
        return write(address(plain, 0), length, target, target.readLimit());
    }

    private Result write(long address, int length, Buffer target, int limit) {
        long pointer = pointer();
        int room = sink(target, limit);
        try {
            SSL.clearError();
            int written = SSL.writeToSSL(pointer, address, length);
            return length == 0 && written == 0 && !isFailure(written) ? Result.DONE : result(written, false);
        } finally {
            unsink(target, room);
        }
    }

    private boolean isFailure(int result) {
        return SSL.getError(ssl, result) == SSL.SSL_ERROR_SSL;
    }

    /**
     * Reads a record in place.
     *
     * @param buffer has the record
     * @param index of its header
     * @param length with its header
     * @param at the index at which its data is put, not behind its header
     * @return bytes of data; negative = {@link #readResult} says why there are none
     */
    int read(Buffer buffer, int index, int length, int at) {
        long pointer = pointer();
        SSL.bioSetByteBuffer(bio, address(buffer, index), length, false);
        try {
            SSL.clearError();
            // The library has read all of a record before it writes the first byte of its data.
            int count = SSL.readFromSSL(pointer, address(buffer, at), length);
            readResult = result(count, true);
            return readResult == Result.DONE ? count : -1;
        } finally {
            SSL.bioClearByteBuffer(bio);
        }
    }

    /** The result of the last {@link #read}. */
    Result readResult() {
        return readResult;
    }

    /** Writes close_notify. */
    void shutdown(Buffer target) {
        long pointer = pointer();
        int room = sink(target);
        try {
            SSL.clearError();
            int _ = SSL.shutdownSSL(pointer);
        } finally {
            unsink(target, room);
        }
    }

    /** @param reads whether the whole source has to be taken */
    private Result result(int code, boolean reads) {
        problem = -1;
        if (code > 0) {
            return reads && SSL.bioLengthByteBuffer(bio) > 0 ? Result.FAILED : Result.DONE;
        }
        int error = SSL.getError(ssl, code);
        if (error == SSL.SSL_ERROR_WANT_READ) {
            return Result.READ;
        }
        if (error == SSL.SSL_ERROR_WANT_WRITE) {
            return Result.WRITE;
        }
        if (error == SSL.SSL_ERROR_ZERO_RETURN) {
            return Result.CLOSED;
        }
        takeErrors();
        return Result.FAILED;
    }

    /** Takes the errors of this thread: the first of TLS, since those before it are of ciphers and parsers. */
    private void takeErrors() {
        long first = -1;
        for (int number = SSL.getLastErrorNumber(); number != 0; number = SSL.getLastErrorNumber()) {
            long known = number & 0xffff_ffffL;
            if (problem < 0 && known >>> LIBRARY_SHIFT == LIBRARY_OF_TLS) {
                problem = known;
            }
            first = first < 0 ? known : first;
        }
        problem = problem < 0 ? first : problem;
    }

    private int sink(Buffer target) {
        return sink(target, target.room());
    }

    private int sink(Buffer target, int room) {
        if (room > 0) {
            SSL.bioSetByteBuffer(bio, target.addressForRead(io.netty.internal.tcnative.Buffer::address), room, true);
            int _ = SSL.bioFlushByteBuffer(bio);
        }
        return room;
    }

    private void unsink(Buffer target, int room) {
        if (room > 0) {
            target.filled(room - SSL.bioLengthByteBuffer(bio));
            SSL.bioClearByteBuffer(bio);
        }
    }

    private static long address(Buffer buffer, int index) {
        return buffer.addressForWrite(io.netty.internal.tcnative.Buffer::address) + index;
    }

    String version() {
        return SSL.getVersion(pointer());
    }

    String cipher() {
        return SSL.getCipherForSSL(pointer());
    }

    @Nullable
    String protocol() {
        return SSL.getAlpnSelected(pointer());
    }

    @Nullable
    String serverName() {
        return SSL.getSniHostname(pointer());
    }

    /** Whether an earlier session goes on. */
    boolean isReused() {
        return SSL.isSessionReused(pointer());
    }

    /** The certificate of the peer, perhaps one that it has shown in an earlier session; null = none. */
    byte @Nullable [] peer() {
        return SSL.getPeerCertificate(pointer());
    }

    /** Sets the time for which a ticket of the session that is being made counts; without such a session nothing. */
    void ticketSeconds(long seconds) {
        long _ = SSL.setTimeout(pointer(), seconds);
    }

    boolean isFreed() {
        return ssl == 0;
    }

    /** Frees it, unless that was done. */
    void free() {
        if (ssl != 0) {
            long freed = ssl;
            ssl = 0;
            try {
                SSL.freeSSL(freed);
            } finally {
                Reference.reachabilityFence(context);
            }
        }
    }
}
