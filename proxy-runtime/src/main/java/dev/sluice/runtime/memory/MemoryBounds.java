package dev.sluice.runtime.memory;

/**
 * The hard bounds of a server's buffer memory, in bytes.
 *
 * @param readBuffer size of the buffer that is lent for a read
 * @param pool all read buffers together
 * @param stash all residues of short writes together
 * @param pipes content of all kernel pipes together; 0 = no pipes
 */
public record MemoryBounds(int readBuffer, long pool, long stash, long pipes) {}
