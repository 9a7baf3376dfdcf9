package dev.sluice.runtime.transport;

/**
 * The kernel's measurements of the path to the peer of a TCP connection (TCP_INFO, tcp(7)).
 *
 * @param rttMicros smoothed round-trip time (RFC 6298), in microseconds; 0 before the first sample
 * @param retransmits segments sent again since the connection began
 * @param unheardMillis time since the peer last acknowledged anything, also that it has no room
 */
public record TcpInfo(int rttMicros, int retransmits, int unheardMillis) {}
