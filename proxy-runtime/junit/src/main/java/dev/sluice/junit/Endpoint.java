package dev.sluice.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A field with a server of the test, which takes the place of an endpoint of a cluster. Several fields of one cluster are
 * its endpoints in the order of their declaration. A proxy of a class needs static fields, or one instance of the class
 * ({@code @TestInstance(PER_CLASS)}).
 *
 * <p>The field has one of these when the proxy starts, which is before the first test, and after {@code @BeforeAll}:
 *
 * <ul>
 * <li>an {@code InetSocketAddress} or {@code UnixDomainSocketAddress},
 * <li>a {@code ServerSocket} or {@code ServerSocketChannel},
 * <li>the number of a port of this machine, or an address as text, such as {@code 127.0.0.1:5432},
 * <li>an object with one of the public methods {@code address()}, {@code getAddress()}, {@code getLocalSocketAddress()}, or
 * with {@code port()}, {@code getPort()}, {@code getLocalPort()}, {@code getFirstMappedPort()}, as many servers have that
 * are made for tests; the port is one of {@code getHost()}, if there is such a method, or of this machine,
 * <li>a {@code Supplier} of one of them, or a collection or array with several.
 * </ul>
 */
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Endpoint {
    /** {@return the name of the cluster} */
    String value();
}
