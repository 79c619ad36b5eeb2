package io.slipway;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.dependOnClassesThat;
import static com.tngtech.archunit.lang.conditions.ArchConditions.haveNameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import io.vertx.ext.web.Router;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Holds the table of packages: calls go down it, and nothing goes round. */
@AnalyzeClasses(packages = "io.slipway", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String ROOT = "io.slipway.";

  /** One package and what it may use. */
  private record Row(String name, Set<String> mayUse) {}

  /** Lowest first. */
  private static final List<Row> TABLE =
      List.of(
          row("oci", ""),
          row("runtime", ""),
          row("database", "runtime"),
          row("job", "runtime database"),
          row("event", "oci runtime database"),
          row("blob", "oci runtime"),
          row("metadata", "oci runtime database event"),
          row("auth", "oci runtime database event"),
          row("transfer", "oci"),
          row("client", "oci transfer"),
          row("upload", "oci runtime event blob metadata"),
          row("repository", "oci runtime event blob metadata transfer upload"),
          row("storage", "oci runtime database job event blob metadata upload repository"),
          row(
              "remote",
              "oci runtime database event blob metadata transfer client upload repository"),
          row("gc", "oci runtime database job event blob metadata upload repository"),
          row("scan", "oci runtime database event blob metadata auth repository"),
          row(
              "http",
              "oci runtime database job event blob metadata auth transfer upload repository storage"
                  + " remote gc scan"),
          row(
              "server",
              "oci runtime database job event blob metadata auth transfer client upload repository"
                  + " storage remote gc scan http"),
          row(
              "cli",
              "oci runtime database event blob metadata auth transfer client upload repository"
                  + " storage remote gc scan server"));

  /** Packages of one implementation; who uses the interface must not know which. */
  private static final Set<String> IMPLEMENTATIONS =
      Set.of(
          "database.sqlite",
          "database.postgres",
          "event.webhook",
          "blob.file",
          "blob.s3",
          "blob.cache",
          "metadata.sql",
          "metadata.cache",
          "metadata.redis",
          "auth.sql",
          "transfer.docker",
          "transfer.layout",
          "remote.proxy",
          "remote.replication",
          "scan.trivy",
          "scan.osv",
          "scan.harbor",
          "server.cluster");

  @ArchTest
  static final ArchRule packagesUseOnlyWhatTheTableAllows =
      all(TABLE.stream()
              .map(
                  row ->
                      noClasses()
                          .that(resideInAPackage(within(row.name())))
                          .should(dependOnClassesThat(ours(not(allowedFor(row)))))
                          .allowEmptyShould(true)))
          .as("packages use only what the table allows");

  @ArchTest
  static final ArchRule nothingGoesRound =
      slices()
          .matching("io.slipway.(*)..")
          .should()
          .beFreeOfCycles()
          .as("packages are free of cycles")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule onlyServerNamesAnImplementation =
      all(IMPLEMENTATIONS.stream()
              .sorted()
              .map(
                  name ->
                      noClasses()
                          .that(not(resideInAnyPackage(within(name), within("server"))))
                          .should(dependOnClassesThat(resideInAPackage(within(name))))
                          .allowEmptyShould(true)))
          .as("only server names an implementation");

  /** What the use cases answer with; copying it into types of their own would cost every pull. */
  private static final DescribedPredicate<JavaClass> VALUES_OF_USE_CASES =
      DescribedPredicate.describe(
          "values that use cases hand out",
          type ->
              Stream.of(
                      "blob.BlobContent",
                      "blob.BlobStream",
                      "event.Actor",
                      "metadata.LinkedBlob",
                      "metadata.Referrer",
                      "metadata.StoredManifest",
                      "metadata.TagCondition")
                  .map(ROOT::concat)
                  .anyMatch(
                      name ->
                          type.getName().equals(name) || type.getName().startsWith(name + "$")));

  @ArchTest
  static final ArchRule distributionHandlersSeeOnlyUseCases =
      noClasses()
          .that(resideInAPackage(within("http.v2")))
          .should(
              dependOnClassesThat(
                  ours(
                      not(resideInAnyPackage(
                              within("oci"),
                              within("runtime"),
                              within("auth"),
                              within("upload"),
                              within("repository"),
                              within("http.v2"),
                              ROOT + "http"))
                          .and(not(VALUES_OF_USE_CASES)))))
          .allowEmptyShould(true);

  /** So that each declares what its caller must be allowed. */
  @ArchTest
  static final ArchRule onlyGuardedRoutesAddRoutesToTheMainPort =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName(ROOT + "http.GuardedRoutes")
          .and(not(resideInAPackage(within("http.ops"))))
          .should()
          .callMethodWhere(
              DescribedPredicate.describe(
                  "adds a route",
                  call ->
                      call.getTargetOwner().isEquivalentTo(Router.class)
                          && !call.getTarget().getName().equals("router")
                          && !call.getTarget().getName().equals("handle")))
          .as("only GuardedRoutes adds routes to the main port");

  @ArchTest
  static final ArchRule theWordsOfTheSpecKnowNoFramework =
      noClasses()
          .that(resideInAPackage(within("oci")))
          .should(dependOnClassesThat(resideInAnyPackage("io.vertx..", "io.netty..")))
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule namesSayWhatAClassIs =
      noClasses()
          .should(
              haveNameMatching(".*(Util|Utils|Manager|Helper|Helpers|Impl|Common)(\\$.*)?")
                  .or(haveNameMatching(".*[.$]Abstract[A-Z]\\w*")))
          .as("no class is named after having no name")
          .allowEmptyShould(true);

  @ArchTest
  static final ArchRule everyClassHasItsPackageInTheTable =
      classes()
          .should()
          .resideInAnyPackage(TABLE.stream().map(row -> within(row.name())).toArray(String[]::new));

  @ArchTest
  static void theTableOnlyPointsDown(JavaClasses ignored) {
    Set<String> above = new HashSet<>();
    for (Row row : TABLE) {
      assertThat(above).as(row.name()).containsAll(row.mayUse());
      above.add(row.name());
    }
  }

  private static Row row(String name, String mayUse) {
    return new Row(name, mayUse.isEmpty() ? Set.of() : Set.of(mayUse.split(" ")));
  }

  private static String within(String name) {
    return ROOT + name + "..";
  }

  private static DescribedPredicate<JavaClass> allowedFor(Row row) {
    return resideInAnyPackage(
        Stream.concat(row.mayUse().stream(), Stream.of(row.name()))
            .map(ArchitectureTest::within)
            .toArray(String[]::new));
  }

  private static DescribedPredicate<JavaClass> ours(DescribedPredicate<JavaClass> which) {
    return resideInAPackage("io.slipway..").and(which);
  }

  private static ArchRule all(Stream<? extends ArchRule> rules) {
    return CompositeArchRule.of(rules.map(ArchRule.class::cast).toList()).allowEmptyShould(true);
  }
}
