package dev.sluice.runtime.transport.epoll;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A socket filter that drops SYN segments, which begin a handshake, and lets all others pass: a classic BPF program
 * (Linux, Documentation/networking/filter.rst) that sees a segment from its TCP header on.
 *
 * <p>Connections that are accepted later inherit it, where it changes nothing.
 */
final class SynFilter {
    /** sizeof(struct sock_fprog). */
    static final int BYTES = 16;

    private static final int LOAD_BYTE = 0x30;
    private static final int AND = 0x54;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int RETURN = 0x06;
    /** The place of the flags in a TCP header (RFC 9293 section 3.1). */
    private static final int FLAGS = 13;
    private static final int SYN = 0x02;
    private static final int SYN_ACK = 0x12;
    private static final int EVERYTHING = 0xffff_ffff;
    private static final int[][] PROGRAM = { // code, jump if true, jump if false, k
        {LOAD_BYTE, 0, 0, FLAGS},
        {AND, 0, 0, SYN_ACK},
        {JUMP_IF_EQUAL, 0, 1, SYN},
        {RETURN, 0, 0, 0},
        {RETURN, 0, 0, EVERYTHING}};
    /** sizeof(struct sock_filter). */
    private static final int INSTRUCTION = 8;

    private static final MemorySegment POINTER = pointer();

    private SynFilter() {}

    /** The address of a {@code struct sock_fprog}, for SO_ATTACH_FILTER. */
    static long address() {
        return POINTER.address();
    }

    private static MemorySegment pointer() {
        MemorySegment program = Arena.global().allocate((long) PROGRAM.length * INSTRUCTION, Long.BYTES);
        for (int i = 0; i < PROGRAM.length; i++) {
            long at = (long) i * INSTRUCTION;
            program.set(ValueLayout.JAVA_SHORT, at, (short) PROGRAM[i][0]);
            program.set(ValueLayout.JAVA_BYTE, at + 2, (byte) PROGRAM[i][1]);
            program.set(ValueLayout.JAVA_BYTE, at + 3, (byte) PROGRAM[i][2]);
            program.set(ValueLayout.JAVA_INT, at + 4, PROGRAM[i][3]);
        }
        MemorySegment pointer = Arena.global().allocate(BYTES, Long.BYTES);
        pointer.set(ValueLayout.JAVA_SHORT, 0, (short) PROGRAM.length);
        pointer.set(ValueLayout.JAVA_LONG, Long.BYTES, program.address());
        return pointer;
    }
}
