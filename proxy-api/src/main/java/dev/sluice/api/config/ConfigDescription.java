package dev.sluice.api.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The meaning of a component in one sentence, for {@code sluice plugins} and for editors. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface ConfigDescription {
    /** {@return the sentence} */
    String value();

    /**
     * {@return for the message about a missing key: the value to write, in a few words, such as
     * {@code an address, such as "10.0.0.1:443"}; empty = the description}
     */
    String hint() default "";
}
