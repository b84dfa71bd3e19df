package dev.jvmrtc.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * What GraalVM's native-image is told of what is looked up by name, of which it sees nothing by itself. Services it
 * finds by itself.
 */
class NativeImageTest {
    private static final String BY_NAME =
            "forName|newInstance|getResource.*|get(Declared)?(Method|Field|Constructor)s?";
    private static final Path FOLDER = Path.of("target/classes/META-INF/native-image/dev.jvmrtc/jvmrtc");

    /** By the class that looks it up: what it looks up. */
    private static Map<String, Set<String>> told(Iterable<JsonElement> entries, String type, String condition) {
        Map<String, Set<String>> all = new TreeMap<>();
        for (JsonElement e : entries) {
            JsonObject o = e.getAsJsonObject();
            String name = o.get(type).getAsString();
            Set<String> of = all.computeIfAbsent(
                    o.getAsJsonObject("condition").get(condition).getAsString(), k -> new TreeSet<>());
            of.add(name);
            for (String members : new String[] {"fields", "methods"}) {
                if (o.has(members)) {
                    o.getAsJsonArray(members)
                            .forEach(m -> of.add(
                                    name + "." + m.getAsJsonObject().get("name").getAsString()));
                }
            }
        }
        return all;
    }

    private static JsonElement read(String file) throws IOException {
        return JsonParser.parseString(Files.readString(FOLDER.resolve(file)));
    }

    @Test
    void whateverLooksUpAClassOrAMemberByItsNameIsToldOf() throws IOException {
        Set<String> found = new ClassFileImporter()
                .importPath("target/classes").stream()
                        .flatMap(c -> c.getMethodCallsFromSelf().stream())
                        .filter(call -> call.getTargetOwner().getName().equals("java.lang.Class")
                                && call.getName().matches(BY_NAME))
                        .map(JavaMethodCall::getOriginOwner)
                        .map(JavaClass::getName)
                        .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(
                told(
                                read("reachability-metadata.json")
                                        .getAsJsonObject()
                                        .getAsJsonArray("reflection"),
                                "type",
                                "typeReached")
                        .keySet(),
                found);
    }

    @Test
    void whatItIsToldOfIsThere() throws Exception {
        for (Set<String> names : told(
                        read("reachability-metadata.json").getAsJsonObject().getAsJsonArray("reflection"),
                        "type",
                        "typeReached")
                .values()) {
            for (String name : names) {
                boolean isMember = names.contains(name.substring(0, name.lastIndexOf('.')));
                boolean ofLaterJava = isMember && Runtime.version().feature() < 21;
                if (!isMember) {
                    Class.forName(name, false, NativeImageTest.class.getClassLoader());
                } else if (!ofLaterJava) {
                    Class<?> owner = Class.forName(name.substring(0, name.lastIndexOf('.')));
                    String member = name.substring(name.lastIndexOf('.') + 1);
                    assertEquals(
                            member,
                            member.equals("IP_DONTFRAGMENT")
                                    ? owner.getField(member).getName()
                                    : owner.getMethod(member).getName());
                }
            }
        }
    }

    @Test
    void olderReleasesOfItAreToldTheSame() throws IOException {
        assertEquals(
                told(
                        read("reachability-metadata.json").getAsJsonObject().getAsJsonArray("reflection"),
                        "type",
                        "typeReached"),
                told(read("reflect-config.json").getAsJsonArray(), "name", "typeReachable"));
    }
}
