package dev.sluice.runtime.capture;

/**
 * A part of the file of a capture.
 *
 * @param bytes whole blocks of pcapng, perhaps none; belongs to this record
 * @param next the offset behind them
 * @param last whether nothing will follow
 * @param view the capture at this moment
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record CaptureBlock(byte[] bytes, long next, boolean last, CaptureView view) {}
