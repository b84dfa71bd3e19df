package dev.jvmrtc.arch;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;

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
        "..media.playout.."
    };

    @ArchTest
    static final ArchRule coresReadNoClock = noClasses()
            .that()
            .resideInAnyPackage(CORES)
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(java.time.Instant.class, "now");

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
            .resideInAnyPackage("dev.jvmrtc.net..", "..core..", "..wire..", "java..", "javax.net.ssl..", "org.slf4j..");

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
            .dependOnClassesThat(com.tngtech.archunit.base.DescribedPredicate.describe(
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
}
