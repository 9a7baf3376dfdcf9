package dev.sluice.dist;

/** Entry point of {@code bin/sluice}. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(2);
    }
}
