package dev.sluice.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A proxy for the tests of a class and of the {@code @Nested} classes in it, or for one test. It has the configuration of a
 * file, of a text, or of a builder, read with {@link dev.sluice.runtime.TestSettings}: listeners get free ports, clusters
 * the servers of fields with {@link Endpoint}. Tests take {@link Sluice} or addresses ({@link Listener}) as parameters.
 *
 * {@snippet :
 * @SluiceProxy("src/main/resources/sluice.yaml")
 * class PaymentsTest {
 *     @Endpoint("db")
 *     static final ServerSocket DATABASE = start();
 *
 *     @Test
 *     void theClientRetries(Sluice sluice) {
 *         sluice.cluster("db").fault(Faults.blackHole());
 *     }
 * }
 * }
 *
 * <p>Exactly one of {@link #value}, {@link #yaml} and {@link #builder} is given.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
@ExtendWith(SluiceExtension.class)
public @interface SluiceProxy {
    /** {@return the file, relative to the working directory, or else a resource of the class path} */
    String value() default "";

    /** {@return the configuration itself} */
    String yaml() default "";

    /**
     * {@return the name of a method of the class, without parameters, that returns a {@code ProxyServer.Builder} which has
     * not read its configuration yet} It is static, unless each test has an instance of the class and a proxy of its own.
     */
    String builder() default "";

    /** {@return the clusters that keep the endpoints of the configuration, even on other machines} */
    String[] keepEndpoints() default {};

    /** {@return the life of a proxy; that of one test, if a method is annotated} */
    Lifecycle lifecycle() default Lifecycle.PER_CLASS;

    /**
     * {@return whether a test fails that leaves something behind: connections that were opened in it, buffers, sockets} Set
     * to false for clients that live longer than a test, such as a pool of the class.
     */
    boolean nothingLeft() default true;

    /** The life of a proxy. */
    enum Lifecycle {
        /** From its first use in the class to the end of the class. */
        PER_CLASS,
        /** From before a test to its end. */
        PER_METHOD
    }
}
