package dev.sluice.runtime.transport.epoll;

import org.jspecify.annotations.Nullable;

/**
 * The layout of {@code struct epoll_event}: {@code uint32_t events} first, then {@code uint64_t data}. On x86-64 alone
 * the structure is packed, so that 32-bit programs could share it (linux/eventpoll.h, EPOLL_PACKED).
 *
 * @param bytes size of the structure
 * @param data offset of {@code data} in bytes
 */
record EventLayout(int bytes, int data) {
    /**
     * The layout of a processor by its name in {@code os.arch}; {@code null} for one that this transport does not
     * support.
     */
    static @Nullable EventLayout of(String arch) {
        return switch (arch) {
            case "amd64", "x86_64" -> new EventLayout(12, 4);
            case "aarch64" -> new EventLayout(16, 8);
            default -> null;
        };
    }

    /** The layout of this machine. */
    static EventLayout ofThisMachine() {
        String arch = System.getProperty("os.arch", "");
        EventLayout layout = of(arch);
        if (layout == null) {
            throw new IllegalStateException("no layout of epoll_event for " + arch);
        }
        return layout;
    }
}
