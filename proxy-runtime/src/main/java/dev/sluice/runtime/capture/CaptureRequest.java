package dev.sluice.runtime.capture;

import dev.sluice.runtime.selection.Selection;

/**
 * An order for a capture.
 *
 * @param where the condition that a connection has to meet when the capture begins, when it is accepted, or when its endpoint is connected
 * @param text the condition as it was written
 * @param layer the side of TLS on which bytes are captured
 * @param payload whether bytes are captured, or only their number
 * @param bytes the size of the file at which the capture is over
 * @param perConnection the bytes of each connection and direction of which packets are made; what comes behind them is left out
 * @param nanos the time after which it is over
 */
public record CaptureRequest(Selection where, String text, CaptureLayer layer, boolean payload, long bytes,
        long perConnection, long nanos) {}
