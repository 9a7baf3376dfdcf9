package dev.sluice.filters.sniff;

/** A ClientHello that no client may send. Has no stack trace, since any client can cause it. */
final class RefusedHelloException extends Exception {
    private static final long serialVersionUID = 1;

    /** @param what the problem, for the access log */
    RefusedHelloException(String what) {
        super(what, null, false, false);
    }
}
