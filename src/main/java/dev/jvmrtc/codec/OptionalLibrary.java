package dev.jvmrtc.codec;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A codec library that the application has added, or has not. */
public final class OptionalLibrary {
    private static final Logger LOG = LoggerFactory.getLogger(OptionalLibrary.class);

    private OptionalLibrary() {}

    /**
     * Whether the library of this class is there, and can be used. Where this library is a module and that one stands
     * on the class path, its classes are found, and touching one is an error: a module reads what its descriptor names,
     * and the class path has no name. It may read more at run time, so it does.
     */
    public static boolean isPresent(String className) {
        try {
            Class<?> found = Class.forName(className, false, OptionalLibrary.class.getClassLoader());
            Module ours = OptionalLibrary.class.getModule();
            Module theirs = found.getModule();
            ours.addReads(theirs); // no change where it does already
            if (theirs.isExported(found.getPackageName(), ours)) {
                return true;
            }
            LOG.warn(
                    "{} is there, but its module {} does not export it to {}: it is not used",
                    className,
                    theirs.getName(),
                    ours.getName());
        } catch (ClassNotFoundException e) {
            LOG.debug("there is no {}", className);
        } catch (LinkageError e) {
            LOG.warn("{} is there, but cannot be used", className, e);
        }
        return false;
    }
}
