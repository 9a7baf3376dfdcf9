package dev.sluice.runtime.config.model;

/**
 * The bounds of the memory that carries bytes. All in bytes.
 *
 * @param readBuffer what one read may take
 * @param pool hard bound of all borrowed buffers of the process; enough for four read buffers per event loop
 * @param stash hard bound of all kept remainders of the process; enough for one read buffer per event loop
 * @param pipes hard bound of what passes through pipes of the kernel at a time; 0 = bytes are always copied
 */
public record MemoryConfig(int readBuffer, long pool, long stash, long pipes) {}
