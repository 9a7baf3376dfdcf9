/**
 * JMH benchmarks of parts of Sluice by themselves, with what they allocate: {@code examples/benchmarks/run jmh}. They use internal packages of
 * proxy-runtime, which the class path allows.
 *
 * <p>The build compiles them, and its tests run each once. The code that JMH wraps around them is made when they are run, from their class
 * files.
 */
@NullMarked
package dev.sluice.examples.benchmarks.parts;

import org.jspecify.annotations.NullMarked;
