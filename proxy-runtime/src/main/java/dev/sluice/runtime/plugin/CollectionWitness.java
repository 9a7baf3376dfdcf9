package dev.sluice.runtime.plugin;

import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.ref.WeakReference;

/**
 * A witness of the next collection that unloads classes. It is a class loader with one class, without references to it: a
 * collection of the young generation takes loaders of classes for roots, in every collector of the JVM, and only one
 * that unloads classes removes it. Any thread.
 */
final class CollectionWitness {
    private static final byte[] CLASS = ClassFile.of().build(ClassDesc.of("Witness"), builder -> {});

    private final WeakReference<ClassLoader> loader = new WeakReference<>(new Loader());

    /** Whether there was such a collection, all of it since this witness was made. */
    boolean isOver() {
        return loader.refersTo(null);
    }

    /** The loader; without a class it would be an object like any other. */
    private static final class Loader extends ClassLoader {
        Loader() {
            super("sluice-witness", null);
            defineClass(null, CLASS, 0, CLASS.length);
        }
    }
}
