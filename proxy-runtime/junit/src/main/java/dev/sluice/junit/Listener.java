package dev.sluice.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A parameter that gets the address of a listener: an {@code InetSocketAddress}, a {@code SocketAddress}, the port as
 * {@code int}, or {@code host:port} as {@code String}.
 */
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Listener {
    /** {@return the name of the listener} */
    String value();
}
