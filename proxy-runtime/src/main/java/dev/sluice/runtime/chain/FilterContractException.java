package dev.sluice.runtime.chain;

/** A breach of a filter's contract. */
final class FilterContractException extends RuntimeException {
    private static final long serialVersionUID = 1;

    FilterContractException(String breach) {
        super(breach);
    }
}
