package dev.sluice.runtime.chain;

/** A filter did what its contract does not allow. */
final class FilterContractException extends RuntimeException {
    private static final long serialVersionUID = 1;

    FilterContractException(String what) {
        super(what);
    }
}
