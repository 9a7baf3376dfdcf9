package dev.sluice.dist;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Machine code of a signal handler, {@code void handler(int signal)}, that writes the four bytes of its argument to a
 * file descriptor and returns. The comments beside the instructions are their assembly, for {@code objdump -d} to
 * compare.
 */
final class SignalHandlerCode {
    private static final int MAX_DESCRIPTOR = 0xffff;

    private SignalHandlerCode() {}

    /**
     * @param architecture as in the system property {@code os.arch}
     * @throws UnsupportedOperationException for all others than {@code amd64} and {@code aarch64}
     */
    static byte[] writingTo(int descriptor, String architecture) {
        if (descriptor < 0 || descriptor > MAX_DESCRIPTOR) {
            throw new UnsupportedOperationException("descriptor " + descriptor + " does not fit into an instruction");
        }
        return switch (architecture) {
            case "amd64" -> amd64(descriptor);
            case "aarch64" -> aarch64(descriptor);
            default -> throw new UnsupportedOperationException("no signal handler is written for " + architecture);
        };
    }

    private static byte[] amd64(int descriptor) {
        byte[] code = {
            (byte) 0xf3, 0x0f, 0x1e, (byte) 0xfa, // endbr64
            0x57, // push %rdi
            0x48, (byte) 0x89, (byte) 0xe6, // mov %rsp,%rsi
            (byte) 0xbf, 0, 0, 0, 0, // mov $descriptor,%edi
            (byte) 0xba, 4, 0, 0, 0, // mov $4,%edx
            (byte) 0xb8, 1, 0, 0, 0, // mov $1,%eax: write
            0x0f, 0x05, // syscall
            0x5f, // pop %rdi
            (byte) 0xc3, // ret
        };
        ByteBuffer.wrap(code).order(ByteOrder.LITTLE_ENDIAN).putInt(9, descriptor);
        return code;
    }

    private static byte[] aarch64(int descriptor) {
        int[] instructions = {
            0xd503245f, // bti c
            0xf81f0fe0, // str x0, [sp, #-16]!
            0x910003e1, // mov x1, sp
            0x52800000 | descriptor << 5, // mov w0, #descriptor
            0xd2800082, // mov x2, #4
            0xd2800808, // mov x8, #64: write
            0xd4000001, // svc #0
            0x910043ff, // add sp, sp, #16
            0xd65f03c0, // ret
        };
        ByteBuffer code = ByteBuffer.allocate(instructions.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int instruction : instructions) {
            code.putInt(instruction);
        }
        return code.array();
    }
}
