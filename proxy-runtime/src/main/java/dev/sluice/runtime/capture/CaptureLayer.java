package dev.sluice.runtime.capture;

/** The side of TLS on which bytes are captured. Without TLS both are the same. */
public enum CaptureLayer {
    /** The bytes within TLS, as filters see them, after the handshake. */
    PLAIN("plain"),
    /** The bytes on the sockets: handshakes and records. */
    WIRE("wire");

    private final String label;

    CaptureLayer(String label) {
        this.label = label;
    }

    /** The word for it. */
    public String label() {
        return label;
    }
}
