package dev.sluice.runtime.transport;

/**
 * The kernel's queues of a socket, as ss(8) shows them.
 *
 * @param send bytes that were written and have not arrived, as in {@link StreamSocket#unacknowledged}
 * @param receive bytes that have arrived and were not read
 */
public record SocketQueues(int send, int receive) {}
