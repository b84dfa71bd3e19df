package dev.jvmrtc.examples;

import dev.jvmrtc.DataChannelStreams;
import dev.jvmrtc.RTCDataChannel;
import dev.jvmrtc.RTCPeerConnection;
import dev.jvmrtc.RTCPeerConnectionState;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Carries a file from one machine to another through a data channel: one side serves it and prints an address, the
 * other fetches it, with a progress bar. What breaks off goes on where it was, by itself or when the command is given
 * again; at the end the SHA-256 of both files is the same, or the fetch fails. What is fetched gets a safe name in the
 * directory, and replaces nothing.
 */
public final class FileTransfer {
    private static final int BLOCK = 65_536;
    /** Connections in a row that bring nothing before the fetch gives up. */
    private static final int FRUITLESS_ATTEMPTS = 3;

    private static final int DIGEST_LENGTH = 32;

    public static void main(String[] args) throws Exception {
        if (args.length >= 2 && args[0].equals("serve")) {
            String host = args.length > 2 ? args[2] : "127.0.0.1";
            Server server =
                    new Server(Path.of(args[1]), host, args.length > 3 ? Integer.parseInt(args[3]) : 8083, System.out);
            System.out.println("Fetch it by: examples/run file-transfer fetch " + server.uri() + "\nCtrl-C ends.");
        } else if (args.length >= 2 && args[0].equals("fetch")) {
            fetch(URI.create(args[1]), Path.of(args.length > 2 ? args[2] : "."), System.out);
            System.exit(0);
        } else {
            System.err.println(
                    "usage: file-transfer serve FILE [HOST [PORT]]   HOST is an address of this machine that the other reaches; default 127.0.0.1\n"
                            + "       file-transfer fetch URL [DIRECTORY]");
            System.exit(2);
        }
    }

    // ---------------------------------------------------------------- the side that has the file

    /** Serves one file to whoever knows the address. */
    static final class Server implements AutoCloseable {
        private final Path file;
        private final byte[] digest;
        private final PrintStream out;
        private final HttpSignalling.Server http;
        private final String uri;

        Server(Path file, String host, int port, PrintStream out) throws IOException {
            this.file = file;
            this.out = out;
            out.println("Reading " + file + " for its checksum ...");
            MessageDigest d = sha256();
            digestUpTo(d, file, Files.size(file));
            this.digest = d.digest();
            String path = "/" + Door.token();
            http = HttpSignalling.answer(new InetSocketAddress(host, port), path, this::connection);
            uri = "http://" + host + ":" + http.port() + path;
        }

        String uri() {
            return uri;
        }

        private RTCPeerConnection connection() {
            RTCPeerConnection pc = new RTCPeerConnection();
            pc.onDataChannel(e -> {
                DataChannelStreams streams = e.channel().openStreams();
                new Thread(() -> send(streams), "send " + file.getFileName()).start();
            });
            pc.onConnectionStateChange(e -> {
                if (pc.getConnectionState() == RTCPeerConnectionState.FAILED
                        || pc.getConnectionState() == RTCPeerConnectionState.DISCONNECTED) {
                    pc.close();
                }
            });
            return pc;
        }

        /**
         * Name, length, checksum; then, from where the other side wants it, the rest. It closes the channel when it has
         * all.
         */
        private void send(DataChannelStreams streams) {
            try (DataOutputStream to = new DataOutputStream(streams.getOutputStream());
                    InputStream from = Files.newInputStream(file)) {
                to.writeUTF(file.getFileName().toString());
                to.writeLong(Files.size(file));
                to.write(digest);
                to.flush();
                DataInputStream answers = new DataInputStream(streams.getInputStream());
                from.skipNBytes(answers.readLong());
                byte[] block = new byte[BLOCK];
                for (int n = from.read(block); n >= 0; n = from.read(block)) {
                    to.write(block, 0, n);
                }
                to.flush();
                if (answers.read() < 0) {
                    out.println("A transfer is complete, or the other side has gone.");
                }
            } catch (IOException e) {
                out.println("A transfer broke off: " + e.getMessage());
            }
        }

        @Override
        public void close() {
            http.close();
        }
    }

    // ---------------------------------------------------------------- the side that wants it

    /** Fetches the file into the directory; returns where it is. */
    static Path fetch(URI uri, Path directory, PrintStream out) throws IOException, InterruptedException {
        long had = -1;
        for (int fruitless = 0; ; ) {
            Progress progress = new Progress(out);
            try {
                return fetchOnce(uri, directory, progress);
            } catch (WrongChecksumException e) {
                throw e;
            } catch (IOException e) {
                fruitless = progress.bytes > had ? 0 : fruitless + 1;
                had = Math.max(had, progress.bytes);
                if (fruitless == FRUITLESS_ATTEMPTS) {
                    throw new IOException(
                            "no more comes, " + had + " bytes are kept for the next time: " + e.getMessage(), e);
                }
                out.println("\n" + e.getMessage() + "; going on from there");
            }
        }
    }

    private static final class WrongChecksumException extends IOException {
        private static final long serialVersionUID = 1;

        WrongChecksumException(Path part) {
            super("the checksum is wrong: " + part + " has been deleted, try again");
        }
    }

    private static Path fetchOnce(URI uri, Path directory, Progress progress) throws IOException, InterruptedException {
        try (RTCPeerConnection pc = new RTCPeerConnection()) {
            RTCDataChannel channel = pc.createDataChannel("file");
            DataChannelStreams streams = channel.openStreams();
            pc.onConnectionStateChange(e -> {
                if (pc.getConnectionState() == RTCPeerConnectionState.FAILED
                        || pc.getConnectionState() == RTCPeerConnectionState.DISCONNECTED) {
                    pc.close(); // the reader wakes at the end of its stream
                }
            });
            HttpSignalling.offer(pc, uri);
            DataInputStream from = new DataInputStream(streams.getInputStream());
            String name = SafeFile.name(
                    from.readUTF()); // wherever it was there, it goes into our directory, and whatever it was
            // called, it is
            // a plain file
            long length = from.readLong();
            if (length < 0) {
                throw new IOException("a file of " + length + " bytes");
            }
            byte[] digest = from.readNBytes(DIGEST_LENGTH);
            // Named after the checksum: a part of another file under the same name is never gone on with.
            Path part = directory.resolve(name + "." + HexFormat.of().formatHex(digest, 0, 8) + ".part");
            MessageDigest d = sha256();
            long have = Files.exists(part) ? Math.min(Files.size(part), length) : 0;
            digestUpTo(d, part, have);
            DataOutputStream to = new DataOutputStream(streams.getOutputStream());
            to.writeLong(have);
            to.flush();
            progress.begin(name, have, length);
            try (OutputStream file = Files.newOutputStream(
                    part, StandardOpenOption.CREATE, StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS)) {
                byte[] block = new byte[BLOCK];
                for (long left = length - have; left > 0; ) {
                    int n = from.read(block, 0, (int) Math.min(left, block.length));
                    if (n < 0) {
                        throw new EOFException("the connection broke off");
                    }
                    file.write(block, 0, n);
                    d.update(block, 0, n);
                    left -= n;
                    progress.add(n);
                }
            }
            progress.end();
            if (!Arrays.equals(digest, d.digest())) {
                Files.delete(part);
                throw new WrongChecksumException(part);
            }
            channel.close();
            Path file = Files.move(part, SafeFile.free(directory, name)); // what is there stays there
            progress.out.println(
                    file + ": " + length + " bytes, SHA-256 " + HexFormat.of().formatHex(digest));
            return file;
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime lacks SHA-256", e);
        }
    }

    private static void digestUpTo(MessageDigest d, Path file, long length) throws IOException {
        if (length == 0) {
            return;
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] block = new byte[BLOCK];
            for (long left = length; left > 0; ) {
                int n = in.read(block, 0, (int) Math.min(left, block.length));
                if (n < 0) {
                    throw new EOFException(file + " has become shorter");
                }
                d.update(block, 0, n);
                left -= n;
            }
        }
    }

    /** A line that is written over itself. */
    private static final class Progress {
        private static final int WIDTH = 30;
        private static final long EVERY_NANOS = 200_000_000L;

        private final PrintStream out;
        private String name;
        private long length;
        private long beganAt;
        private long bytes;
        private long beganNanos;
        private long shownNanos;

        Progress(PrintStream out) {
            this.out = out;
        }

        void begin(String fileName, long have, long total) {
            name = fileName;
            length = total;
            beganAt = have;
            bytes = have;
            beganNanos = System.nanoTime();
            if (have > 0) {
                out.println("going on with " + name + " at " + have + " of " + total + " bytes");
            }
            show();
        }

        void add(int n) {
            bytes += n;
            if (System.nanoTime() - shownNanos > EVERY_NANOS) {
                show();
            }
        }

        void end() {
            show();
            out.println();
        }

        private void show() {
            shownNanos = System.nanoTime();
            double share = length == 0 ? 1 : (double) bytes / length;
            int done = (int) (share * WIDTH);
            double rate = (bytes - beganAt) / 1e6 / Math.max(1e-3, (shownNanos - beganNanos) / 1e9);
            out.print(String.format(
                    Locale.ROOT,
                    "\r%s [%s%s] %3.0f %%  %.1f of %.1f MB  %.1f MB/s ",
                    name,
                    "#".repeat(done),
                    ".".repeat(WIDTH - done),
                    100 * share,
                    bytes / 1e6,
                    length / 1e6,
                    rate));
            out.flush();
        }
    }

    private FileTransfer() {}
}
