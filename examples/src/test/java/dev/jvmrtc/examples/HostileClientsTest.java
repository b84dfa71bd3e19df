package dev.jvmrtc.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What pages of other sites, strangers and peers may do to an example that runs on somebody's machine. */
@Timeout(60)
class HostileClientsTest {
    private static final String UPGRADE =
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n";

    private final AtomicInteger visitors = new AtomicInteger();
    private final AtomicInteger left = new AtomicInteger();

    /** Shows every visitor something of this machine. */
    private SignallingServer page() throws Exception {
        return new SignallingServer("127.0.0.1", 0, false, "viewer.html", send -> {
            visitors.incrementAndGet();
            send.accept("the screen");
            return new SignallingServer.Session() {
                @Override
                public void onText(String text) {
                    if (text.startsWith("broken")) {
                        throw new IllegalStateException("no JSON");
                    }
                    send.accept("heard " + text.length());
                }

                @Override
                public void onClose() {
                    left.incrementAndGet();
                }
            };
        });
    }

    private static Socket connect(int port) throws IOException {
        Socket s = new Socket(InetAddress.getLoopbackAddress(), port);
        s.setSoTimeout(10_000);
        return s;
    }

    private static void write(Socket s, String text) throws IOException {
        s.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        s.getOutputStream().flush();
    }

    private static int status(Socket s) throws IOException {
        StringBuilder line = new StringBuilder();
        InputStream in = s.getInputStream();
        for (int c = in.read(); c >= 0 && c != '\r'; c = in.read()) {
            line.append((char) c);
        }
        return line.length() == 0 ? -1 : Integer.parseInt(line.toString().split(" ")[1]);
    }

    private static int get(URI uri, String path, String headers) throws IOException {
        try (Socket s = connect(uri.getPort())) {
            write(s, "GET " + path + " HTTP/1.1\r\n" + headers + "\r\n");
            return status(s);
        }
    }

    @Test
    void onlyAPageOfTheServerItselfThatKnowsTheTokenGetsIn() throws Exception {
        try (SignallingServer server = page()) {
            URI uri = URI.create(server.url());
            String signal = uri.getPath() + "signal";
            String own = "Host: localhost:" + uri.getPort() + "\r\n";
            assertTrue(uri.getPath().matches("/[0-9a-f]{32}/"), uri.getPath());
            assertEquals(
                    403,
                    get(uri, signal, own + "Origin: https://evil.example\r\n" + UPGRADE),
                    "a page of another site");
            assertEquals(403, get(uri, signal, own + "Origin: null\r\n" + UPGRADE), "a sandboxed page");
            assertEquals(
                    403,
                    get(uri, signal, own + "Origin: http://localhost:1\r\n" + UPGRADE),
                    "a page of another server of this machine");
            assertEquals(
                    403,
                    get(uri, signal, "Host: evil.example\r\nOrigin: http://evil.example\r\n" + UPGRADE),
                    "a name that has been pointed at us");
            assertEquals(403, get(uri, uri.getPath(), "Host: evil.example:" + uri.getPort() + "\r\n"));
            assertEquals(404, get(uri, "/signal", own + UPGRADE), "without the token");
            assertEquals(404, get(uri, "/", own));
            assertEquals(404, get(uri, "/0123456789abcdef0123456789abcdef/signal", own + UPGRADE));
            assertEquals(0, visitors.get());
            assertEquals(200, get(uri, uri.getPath(), own));
            assertEquals(101, get(uri, signal, own + "Origin: http://localhost:" + uri.getPort() + "\r\n" + UPGRADE));
            assertEquals(101, get(uri, signal, "Host: 127.0.0.1:" + uri.getPort() + "\r\n" + UPGRADE));
        }
    }

    /** A frame of a client, under a key of zeros. */
    private static void frame(Socket s, int opcode, int length, byte[] payload) throws IOException {
        DataOutputStream out = new DataOutputStream(s.getOutputStream());
        out.write(0x80 | opcode);
        out.write(0x80 | 127);
        out.writeLong(length);
        out.writeInt(0);
        out.write(payload);
        out.flush();
    }

    private static String untilClosed(Socket s) throws IOException {
        try {
            return new String(s.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (SocketTimeoutException e) {
            return "still open";
        } catch (SocketException e) {
            return "reset";
        }
    }

    @Test
    void aVisitorWhoSendsTooMuchOrNoSignallingIsSentAway() throws Exception {
        try (SignallingServer server = page()) {
            URI uri = URI.create(server.url());
            String open = "GET " + uri.getPath() + "signal HTTP/1.1\r\nHost: localhost:" + uri.getPort() + "\r\n"
                    + UPGRADE + "\r\n";
            byte[] large = new byte[Door.MAX_BODY + 1];
            for (int kind = 0; kind < 3; kind++) {
                try (Socket s = connect(uri.getPort())) {
                    write(s, open);
                    switch (kind) {
                        case 0 -> frame(s, 1, large.length, large);
                        case 1 -> frame(s, 1, 6, "broken".getBytes(StandardCharsets.UTF_8));
                        default -> frame(s, 2, 10, new byte[10]);
                    }
                    String said = untilClosed(s);
                    assertFalse(said.contains("heard") || said.contains("still open"), "kind " + kind + ": " + said);
                }
            }
            try (Socket s = connect(uri.getPort())) {
                write(s, open);
                frame(s, 1, 5, "hello".getBytes(StandardCharsets.UTF_8));
                StringBuilder said = new StringBuilder();
                while (!said.toString().contains("heard 5")) {
                    int c = s.getInputStream().read();
                    assertTrue(c >= 0, said.toString());
                    said.append((char) c);
                }
            }
        }
    }

    @Test
    void halfAPostHoldsNobodyUp() throws Exception {
        try (HttpSignalling.Server server = EchoServer.start(0)) {
            Socket[] slow = new Socket[40];
            for (int i = 0; i < slow.length; i++) {
                slow[i] = connect(server.port());
                write(slow[i], "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nv=0");
            }
            assertEquals(400, post(server.port(), "no description", ""));
            for (Socket s : slow) {
                s.close();
            }
        }
    }

    private static int post(int port, String body, String headers) throws IOException {
        try (Socket s = connect(port)) {
            write(
                    s,
                    "POST / HTTP/1.1\r\nHost: localhost:" + port + "\r\n" + headers + "Content-Length: " + body.length()
                            + "\r\n\r\n" + body);
            return status(s);
        }
    }

    @Test
    void anOfferFromAPageOfAnotherSiteOrOfGigabytesIsRefused() throws Exception {
        try (HttpSignalling.Server server = EchoServer.start(0)) {
            assertEquals(403, post(server.port(), "v=0", "Origin: https://evil.example\r\n"));
            try (Socket s = connect(server.port())) {
                write(s, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3000000000\r\n\r\n");
                assertTrue(List.of(413, -1).contains(status(s)));
            }
            assertEquals(
                    400, post(server.port(), "no description", "Origin: http://localhost:" + server.port() + "\r\n"));
        }
    }

    @Test
    void aNameFromAPeerBecomesAPlainFile() {
        assertEquals("bashrc", SafeFile.name(".bashrc"));
        assertEquals("bashrc", SafeFile.name("../../.bashrc"));
        assertEquals("authorized_keys", SafeFile.name("..\\..\\.ssh\\authorized_keys"));
        assertEquals("evil", SafeFile.name("C:\\Windows\\evil"));
        assertEquals("a_b", SafeFile.name("a:b"));
        assertEquals("file", SafeFile.name(""));
        assertEquals("file", SafeFile.name(".."));
        assertEquals("file", SafeFile.name("/"));
        assertEquals("_CON", SafeFile.name("CON"));
        assertEquals("_nul.txt", SafeFile.name("nul.txt"));
        assertEquals("_com1.tar.gz", SafeFile.name("com1.tar.gz"));
        assertEquals("rf", SafeFile.name("-rf"));
        assertEquals("photo", SafeFile.name("photo. . "));
        assertEquals("a[31mred.txt", SafeFile.name("a\u001b[31mred.txt\0"));
        assertEquals("invoicetxt.exe", SafeFile.name("invoice\u202etxt.exe"));
        assertEquals("Über größe 1.txt", SafeFile.name("Über größe 1.txt"));
        String longest = SafeFile.name("é".repeat(5_000) + ".jpeg");
        assertTrue(longest.endsWith("é.jpeg") && longest.getBytes(StandardCharsets.UTF_8).length <= 180, longest);
    }

    @Test
    void whatIsFetchedIsNoHiddenFileAndReplacesNothing(@TempDir Path dir) throws Exception {
        Path to = Files.createDirectory(dir.resolve("to"));
        byte[] content = "alias ls=evil".getBytes(StandardCharsets.UTF_8);
        Path file = Files.write(dir.resolve(".bashrc"), content);
        Path mine = Files.writeString(to.resolve("bashrc"), "mine");
        PrintStream out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        try (FileTransfer.Server server = new FileTransfer.Server(file, "127.0.0.1", 0, out)) {
            Path fetched = FileTransfer.fetch(URI.create(server.uri()), to, out);
            assertEquals("bashrc-1", fetched.getFileName().toString());
            assertArrayEquals(content, Files.readAllBytes(fetched));
            assertEquals("mine", Files.readString(mine));
        }
    }
}
