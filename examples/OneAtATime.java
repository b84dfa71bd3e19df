import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Runs a command while it holds the lock of a file: {@code java OneAtATime.java FILE COMMAND [arguments]}. The system lets go of the lock when the process
 * ends, however it ends, and Java has it everywhere, which cannot be said of {@code flock}.
 */
public final class OneAtATime {

    public static void main(String[] args) throws Exception {
        int status;
        try (FileChannel file = FileChannel.open(Path.of(args[0]), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            FileLock lock = file.tryLock();
            if (lock == null) {
                System.err.println("another one builds, waiting for it");
                lock = file.lock();
            }
            status = new ProcessBuilder(Arrays.asList(args).subList(1, args.length)).inheritIO().start().waitFor();
        }
        System.exit(status);
    }

    private OneAtATime() {
    }
}
