package dev.sluice.filters.sniff;

/** A ClientHello that no client may send. Says what is wrong; has no stack trace, since whoever connects can cause it. */
final class RefusedHelloException extends Exception {
    private static final long serialVersionUID = 1;

    /** @param what is wrong with it, for the access log */
    RefusedHelloException(String what) {
        super(what, null, false, false);
    }
}
