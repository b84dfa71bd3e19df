package dev.jvmrtc.core;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import dev.jvmrtc.wire.MalformedException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlatJsonTest {
    private static final int MAX = 1 << 20;

    private static Map<String, Object> read(String json) throws MalformedException {
        return FlatJson.read(json, Set.of("a", "b"), MAX);
    }

    @Test
    void membersThatAreAskedForAreGivenOthersArePassedOver() throws Exception {
        Map<String, Object> expected = new HashMap<>();
        expected.put("a", "x");
        expected.put("b", null);
        assertEquals(
                expected,
                read(
                        " { \"c\" : [ 1 , -2.5e+3, {\"a\":[[ ],{ }, \"]\"]}, true,false , null ] ,\n\t\"a\":\"x\",\"b\" : null, \"d\":{\"b\":1} } \r\n"));
        assertEquals(Map.of("a", -0.25, "b", true), read("{\"a\":-2.5E-1,\"b\":true}"));
        assertSame(FlatJson.STRUCTURE, read("{\"a\":{\"b\":[1]}}").get("a"));
        assertEquals(Map.of(), read("{}"));
        assertNull(read(" null\n"));
    }

    @Test
    void escapesAndSurrogatesAreReadAsJsonParseReadsThem() throws Exception {
        assertEquals(
                "\"\\/\b\f\n\r\tA\u00e9\ud834\udd1e\ud834\udd1e\ud800x\udfff\u2028",
                read("{\"\\u0061\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00E9\\ud834\\udd1e\ud834\udd1e"
                                + "\\ud800x\\uDFFF\u2028\"}")
                        .get("a"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[]",
                "\"a\"",
                "1",
                "nul",
                "{}x",
                "{}{}",
                "\ufeff{}",
                "{a:1}",
                "{'a':1}",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{,}",
                "{\"a\":01}",
                "{\"a\":1.}",
                "{\"a\":.5}",
                "{\"a\":+1}",
                "{\"a\":-}",
                "{\"a\":1e}",
                "{\"a\":NaN}",
                "{\"a\":Infinity}",
                "{\"a\":undefined}",
                "{\"a\":tru}",
                "{\"a\":\"x}",
                "{\"a\":\"\n\"}",
                "{\"a\":\"\\x41\"}",
                "{\"a\":\"\\u12\"}",
                "{\"a\":\"\\u١٢٣٤\"}",
                "{\"a\":\"\\",
                "{\"a\":\"\\u12",
                "{\"c\":[1,]}",
                "{\"c\":[1 2]}",
                "{\"c\":[}",
                "{\"c\":{]}",
                "{\"c\":{\"d\"}}",
                "{\"c\":[",
                "{\"a\":1 /* */}",
                "{\"a\":1}\u00a0",
                "{\"a\":1,\"a\":1}",
                "{\"a\":1,\"\\u0061\":2}",
                "{\"a\":1\0}",
                "{\"c\":01}"
            })
    void whatIsNoJsonIsRefused(String text) {
        assertThrows(MalformedException.class, () -> read(text));
    }

    @Test
    void depthLengthAndNumbersAreBounded() {
        String deep = "[".repeat(FlatJson.MAX_DEPTH) + "]".repeat(FlatJson.MAX_DEPTH);
        assertDoesNotThrow(() -> read("{\"c\":" + deep + "}"));
        assertThrows(MalformedException.class, () -> read("{\"c\":[" + deep + "]}"));
        assertThrows(MalformedException.class, () -> read("{\"c\":" + "[{\"a\":".repeat(200_000)));
        assertThrows(MalformedException.class, () -> FlatJson.read("{\"a\":1}", Set.of("a"), 6));
        assertThrows(MalformedException.class, () -> read("{\"a\":" + "9".repeat(100) + "}"));
        assertDoesNotThrow(() -> read("{\"c\":" + "9".repeat(100) + "}"));
    }

    @Test
    void theWorkIsLinear() {
        for (String part : new String[] {"\\u0041", "x", "\\\\", " "}) {
            String json = "{\"c\":[" + "[],".repeat(1_000) + "1],\"a\":\"" + part.repeat(100_000) + "\"}";
            assertTrue(Steps.of(() -> assertDoesNotThrow(() -> read(json))) <= 2L * json.length(), part);
        }
    }

    @Test
    void whatIsWrittenIsReadByUsAndByOthersAsTheSame() throws Exception {
        Random random = new Random(5);
        String hard = "\"\\/\b\f\n\r\t\0\u001f\u007f\u2028x<\u00e9\ud834\udd1e\ud800\udc00\udc00\ud800";
        for (int i = 0; i < 2_000; i++) {
            StringBuilder s = new StringBuilder();
            for (int n = random.nextInt(12); n > 0; n--) {
                s.append(hard.charAt(random.nextInt(hard.length())));
            }
            Map<String, Object> m = new LinkedHashMap<>();
            m.put("a", s.toString());
            m.put("b", random.nextBoolean() ? null : (Object) random.nextInt());
            String json = FlatJson.write(m);
            assertTrue(json.chars().noneMatch(c -> c < ' '), json);
            assertEquals(s.toString(), read(json).get("a"));
            assertEquals(
                    s.toString(),
                    JsonParser.parseString(json).getAsJsonObject().get("a").getAsString());
            assertEquals(
                    m.get("b") == null ? null : ((Integer) m.get("b")).doubleValue(),
                    read(json).get("b"));
        }
        assertEquals("{\"a\":\"\\ud800\ud834\udd1e\\u0000\"}", FlatJson.write(Map.of("a", "\ud800\ud834\udd1e\0")));
    }
}
