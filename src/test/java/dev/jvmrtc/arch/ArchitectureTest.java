package dev.jvmrtc.arch;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import dev.jvmrtc.core.RandomSource;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The import map of the house (docs/ARCHITECTURE.md), said as rules. */
@AnalyzeClasses(packages = "dev.jvmrtc", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String[] CORES = {
        "..wire..",
        "..core..",
        "..stun..",
        "..ice..",
        "..dtls",
        "..srtp..",
        "..sctp..",
        "..datachannel..",
        "..sdp..",
        "..turn..",
        "..rtp..",
        "..jsep..",
        "..session..",
        "..media.playout..",
        "..bitstream..",
        "..crypto..",
        "..codec.vp8..",
        "..codec.g711..",
        "..codec.g722.."
    };

    /** As the module descriptor has them. */
    private static final Set<String> EXPORTED =
            ModuleFinder.of(Path.of("target/classes")).find("dev.jvmrtc").orElseThrow().descriptor().exports().stream()
                    .map(ModuleDescriptor.Exports::source)
                    .collect(Collectors.toSet());

    /**
     * What the face may see. It grows by no package; the second half is what it shall not see for ever: what is made
     * and asked for there belongs to the engine.
     */
    private static final String[] ROOMS_OF_THE_FACE = {
        "dev.jvmrtc",
        "dev.jvmrtc.dom",
        "dev.jvmrtc.media",
        "dev.jvmrtc.media.codec",
        "dev.jvmrtc.media.frame",
        "dev.jvmrtc.media.pipeline",
        "dev.jvmrtc.task",
        "dev.jvmrtc.jsep",
        "dev.jvmrtc.session.plan",
        "dev.jvmrtc.engine",
        "dev.jvmrtc.ice",
        //
        "dev.jvmrtc.core",
        "dev.jvmrtc.datachannel",
        "dev.jvmrtc.dtls",
        "dev.jvmrtc.dtls.bc",
        "dev.jvmrtc.rtp",
        "dev.jvmrtc.rtp.format",
        "dev.jvmrtc.rtp.header",
        "dev.jvmrtc.rtp.receive",
        "dev.jvmrtc.rtp.rtcp",
        "dev.jvmrtc.rtp.send",
        "dev.jvmrtc.sctp",
        "dev.jvmrtc.sdp",
        "dev.jvmrtc.session",
        "dev.jvmrtc.session.data",
        "dev.jvmrtc.session.media",
        "dev.jvmrtc.session.transport",
        "dev.jvmrtc.wire"
    };

    /** Time comes in as an argument, so that a simulator can give it. */
    @ArchTest
    static final ArchRule coresReadNoClock = noClasses()
            .that()
            .resideInAnyPackage(CORES)
            .should()
            .callMethodWhere(describe(
                    "reads a clock",
                    call -> call.getTargetOwner().isEquivalentTo(System.class)
                                    && Set.of("nanoTime", "currentTimeMillis").contains(call.getName())
                            || call.getTargetOwner().getPackageName().startsWith("java.time")
                                    && call.getName().equals("now")))
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(java.time.Clock.class)
            .orShould()
            .callConstructor(java.util.Date.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(java.util.Timer.class);

    /** Randomness comes in as a {@link RandomSource}, so that a seed gives the same call again. */
    @ArchTest
    static final ArchRule coresDrawNoRandomness = noClasses()
            .that()
            .resideInAnyPackage(CORES)
            .and()
            .doNotBelongToAnyOf(RandomSource.class)
            .should()
            .dependOnClassesThat(assignableTo(java.util.Random.class) // SecureRandom and ThreadLocalRandom among them
                    .or(assignableTo(java.util.SplittableRandom.class)))
            .orShould()
            .callMethod(Math.class, "random")
            .orShould()
            .callMethod(java.util.UUID.class, "randomUUID")
            .orShould()
            .callMethod(java.util.Collections.class, "shuffle", List.class);

    @ArchTest
    static final ArchRule coresStartNoThreadAndTakeNoLock = noClasses()
            .that()
            .resideInAnyPackage(CORES)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.util.concurrent.locks")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Thread.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(java.util.concurrent.ExecutorService.class);

    @ArchTest
    static final ArchRule coresOpenNoSocket = noClasses()
            .that()
            .resideInAnyPackage(CORES)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.nio.channels..")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(java.net.DatagramSocket.class);

    @ArchTest
    static final ArchRule onlyTheNetPackageHasChannels = noClasses()
            .that()
            .resideOutsideOfPackages("dev.jvmrtc.net..", "dev.jvmrtc.media..")
            .should()
            .dependOnClassesThat(resideInAPackage("java.nio.channels..")
                    .and(not(belongToAnyOf(ByteChannel.class, ClosedChannelException.class))));

    @ArchTest
    static final ArchRule bouncyCastleStaysInItsPackage = noClasses()
            .that()
            .resideOutsideOfPackage("..dtls.bc..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.bouncycastle..");

    @ArchTest
    static final ArchRule protocolsNeverSeeEachOther = slices().matching("dev.jvmrtc.(stun|dtls|srtp|sctp|rtp|sdp)..")
            .should()
            .notDependOnEachOther();

    @ArchTest
    static final ArchRule receivingAndSendingNeverSeeTheAssociation = noClasses()
            .that()
            .resideInAnyPackage("..sctp.rx..", "..sctp.tx..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.jvmrtc.sctp");

    @ArchTest
    static final ArchRule receivingAndSendingNeverSeeEachOther =
            slices().matching("dev.jvmrtc.sctp.(rx|tx)..").should().notDependOnEachOther();

    @ArchTest
    static final ArchRule negotiationKnowsDescriptionsOnly = classes()
            .that()
            .resideInAPackage("..jsep..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "..jsep..", "..sdp..", "..rtp.format..", "..rtp.header..", "..core..", "..wire..", "java..");

    @ArchTest
    static final ArchRule theSessionKnowsNeitherDescriptionsNorEngineNorFace = noClasses()
            .that()
            .resideInAPackage("..session..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.jvmrtc",
                    "..jsep..",
                    "..sdp..",
                    "dev.jvmrtc.engine..",
                    "dev.jvmrtc.net..",
                    "dev.jvmrtc.task..",
                    "dev.jvmrtc.media..");

    @ArchTest
    static final ArchRule networkingKnowsNoProtocol = classes()
            .that()
            .resideInAPackage("dev.jvmrtc.net..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "dev.jvmrtc.net..",
                    "..core..",
                    "..wire..",
                    "java..",
                    "javax.net.ssl..",
                    "io.netty..",
                    "org.slf4j..");

    @ArchTest
    static final ArchRule eventsAndErrorsAreTheGroundFloor = classes()
            .that()
            .resideInAPackage("dev.jvmrtc.dom")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("dev.jvmrtc.dom", "..core..", "java..", "org.slf4j..");

    @ArchTest
    static final ArchRule codecsOfOurOwnKnowNothingOfWebRtc = noClasses()
            .that()
            .resideInAnyPackage("dev.jvmrtc.codec.vp8..", "dev.jvmrtc.codec.g711..", "dev.jvmrtc.codec.g722..")
            .should()
            .dependOnClassesThat(describe(
                    "are of the rest of the library",
                    c -> c.getPackageName().startsWith("dev.jvmrtc")
                            && !c.getFullName().equals("dev.jvmrtc.core.Steps")
                            && !c.getPackageName().matches("dev\\.jvmrtc\\.codec\\.(vp8|g711|g722).*")));

    @ArchTest
    static final ArchRule onlyTheAdaptersTouchCodecLibraries = noClasses()
            .that()
            .resideOutsideOfPackages("dev.jvmrtc.codec.opus..", "dev.jvmrtc.codec.h264..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.github.jaredmdobson..", "org.jcodec..");

    @ArchTest
    static final ArchRule onlyTheDesktopPackageTouchesJavaDesktop = noClasses()
            .that()
            .resideOutsideOfPackage("dev.jvmrtc.media.desktop..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("javax.sound..", "java.awt..", "javax.swing..");

    @ArchTest
    static final ArchRule thereAreNoCycles = slices().assignedFrom(new SliceAssignment() {
                @Override
                public SliceIdentifier getIdentifierOf(JavaClass c) {
                    // The face is a slice, too; "dev.jvmrtc.(*).." has none for it.
                    // Each package is a slice, the face too.
                    return c.getPackageName().startsWith("dev.jvmrtc")
                            ? SliceIdentifier.of(c.getPackageName())
                            : SliceIdentifier.ignore();
                }

                @Override
                public String getDescription() {
                    return "packages";
                }
            })
            .should()
            .beFreeOfCycles();

    @ArchTest
    static final ArchRule nothingDependsOnTheFace = noClasses()
            .that()
            .resideOutsideOfPackages("dev.jvmrtc")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.jvmrtc");

    @ArchTest
    static final ArchRule theFaceSeesFewRooms = classes()
            .that()
            .resideInAPackage("dev.jvmrtc")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(ROOMS_OF_THE_FACE).or(resideOutsideOfPackage("dev.jvmrtc..")));

    @ArchTest
    static final ArchRule whatIsExportedMentionsOnlyWhatIsExported = classes()
            .that(describe("are exported", ArchitectureTest::isExported))
            .should(new ArchCondition<>("mention only exported types and those of other modules") {
                @Override
                public void check(JavaClass c, ConditionEvents events) {
                    c.getSuperclass().ifPresent(s -> check(c, c.getName() + " extends", Set.of(s), events));
                    check(c, c.getName() + " implements", c.getInterfaces(), events);
                    for (JavaMember m : c.getMembers()) {
                        Set<JavaModifier> modifiers = m.getModifiers();
                        if ((modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED))
                                && !modifiers.contains(JavaModifier.SYNTHETIC)) {
                            check(c, m.getFullName(), types(m), events);
                        }
                    }
                }

                private void check(JavaClass c, String where, Set<JavaType> types, ConditionEvents events) {
                    for (JavaType t : types) {
                        for (JavaClass raw : t.getAllInvolvedRawTypes()) {
                            JavaClass base = raw.getBaseComponentType();
                            if (base.getPackageName().startsWith("dev.jvmrtc") && !isExported(base)) {
                                events.add(SimpleConditionEvent.violated(c, where + " mentions " + base.getName()));
                            }
                        }
                    }
                }
            });

    private static Set<JavaType> types(JavaMember m) {
        if (m instanceof JavaField f) {
            return Set.of(f.getType());
        }
        JavaCodeUnit code = (JavaCodeUnit) m;
        Set<JavaType> types = new HashSet<>(code.getParameterTypes());
        types.add(code.getReturnType());
        types.addAll(code.getExceptionTypes());
        return types;
    }

    /**
     * Whether an application can name a class: it and what encloses it are public, in a package of the module's
     * exports.
     */
    private static boolean isExported(JavaClass c) {
        return EXPORTED.contains(c.getPackageName())
                && (c.getModifiers().contains(JavaModifier.PUBLIC)
                        || c.getModifiers().contains(JavaModifier.PROTECTED))
                && c.getEnclosingClass().map(ArchitectureTest::isExported).orElse(true);
    }
}
