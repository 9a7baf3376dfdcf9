/** A program with a proxy in it. */
module com.example.program {
    requires dev.sluice.runtime;
}
