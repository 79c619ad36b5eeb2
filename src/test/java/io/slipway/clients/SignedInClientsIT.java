package io.slipway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Signs in with a password and with the key of a robot, to a registry that takes them with each
 * request and to one that gives tokens for them; pushes and pulls; is refused without them, and
 * where no policy allows it.
 */
class SignedInClientsIT {
  private static final String PASSWORD = "open sesame";

  @TempDir static Path folder;
  private static final Map<String, LaunchedRegistry> REGISTRIES = new HashMap<>();
  private static final Map<String, String> KEYS = new HashMap<>();
  private static Program bash = Program.bash();

  @BeforeAll
  static void start() throws Exception {
    bash = bash.in(folder);
    Files.write(folder.resolve("content"), Contents.random(300_000, 91));
    bash.print("tar -cf content.tar content");
    OciLayout layout = new OciLayout(folder.resolve("image"));
    layout.name("v1", layout.image("amd64", Contents.random(200_000, 92)));
    for (String mode : new String[] {"basic", "token"}) {
      LaunchedRegistry registry =
          LaunchedRegistry.start(
              Files.createDirectory(folder.resolve(mode)),
              Map.of("REGISTRY_AUTH_MODE", mode, "REGISTRY_AUTH_ADMIN_PASSWORD", PASSWORD));
      REGISTRIES.put(mode, registry);
      send(registry, "POST", "robots", "{\"name\":\"ci\"}");
      String key = send(registry, "POST", "robots/ci/keys", "{}");
      KEYS.put(mode, new JsonObject(key).getString("key"));
      send(
          registry,
          "POST",
          "policies",
          "{\"repository\":\"team/**\",\"user\":\"ci\",\"permissions\":[\"pull\",\"push\"]}");
    }
  }

  private static String send(LaunchedRegistry registry, String method, String path, String body)
      throws Exception {
    return Program.of("curl", "-sS", "--fail-with-body", "-u", "admin:" + PASSWORD)
        .print(
            "-X",
            method,
            "-H",
            "Content-Type: application/json",
            "-d",
            body,
            registry.url("/api/v1/access/" + path));
  }

  @AfterAll
  static void stop() {
    REGISTRIES.values().forEach(LaunchedRegistry::close);
  }

  /** Returns a shell that knows the registry, and who is to sign in there. */
  private static Program shell(String mode, String user) throws Exception {
    Path home = Files.createDirectories(folder.resolve("home-" + mode + "-" + user));
    return bash.with("registry", Objects.requireNonNull(REGISTRIES.get(mode)).host())
        .with("user", user)
        .with("password", user.equals("ci") ? Objects.requireNonNull(KEYS.get(mode)) : PASSWORD)
        .with("mode", mode)
        .with("HOME", home.toString())
        .with("REGISTRY_AUTH_FILE", home.resolve("auth.json").toString());
  }

  private static Program shell(String mode, String user, String variable) throws Exception {
    Path program = Path.of(Objects.requireNonNull(System.getenv(variable), variable));
    return shell(mode, user).with("PATH", program.getParent() + ":" + System.getenv("PATH"));
  }

  @ParameterizedTest
  @CsvSource({"basic, admin", "basic, ci", "token, admin", "token, ci"})
  void docker(String mode, String user) throws Exception {
    Program docker = shell(mode, user).with(DockerEngine.client(folder).environment());
    assertThat(docker.fail("docker login $registry -u $user -p wrong"))
        .containsAnyOf("unauthorized", "401 Unauthorized");
    docker.print(
        """
        printf %s "$password" | docker login $registry -u $user --password-stdin
        image=$registry/team/docker:$user
        id=$(docker import content.tar $image)
        docker push $image
        docker image rm $image
        docker pull $image
        test "$(docker image inspect --format '{{.Id}}' $image)" = "$id"
        """);
    docker.print("docker tag $registry/team/docker:$user $registry/other/docker:$user");
    if (user.equals("ci")) {
      assertThat(docker.fail("docker push $registry/other/docker:$user"))
          .containsAnyOf("denied", "unauthorized", "authentication required");
    } else {
      docker.print("docker push $registry/other/docker:$user");
    }
    docker.print("docker logout $registry; docker image prune --all --force");
    assertThat(docker.fail("docker pull $registry/team/docker:$user"))
        .containsAnyOf("no basic auth credentials", "denied", "unauthorized", "authentication");
  }

  @ParameterizedTest
  @CsvSource({"basic, admin", "basic, ci", "token, admin", "token, ci"})
  void skopeo(String mode, String user) throws Exception {
    Program skopeo = shell(mode, user);
    assertThat(skopeo.fail("skopeo login --tls-verify=false -u $user -p wrong $registry"))
        .contains("invalid username/password");
    skopeo.print(
        """
        skopeo login --tls-verify=false -u $user -p "$password" $registry
        image=docker://$registry/team/skopeo:$user
        skopeo --insecure-policy copy --dest-tls-verify=false oci:image:v1 $image
        skopeo --insecure-policy copy --src-tls-verify=false $image oci:skopeo-$mode-$user:v1
        diff -r image/blobs skopeo-$mode-$user/blobs
        skopeo logout $registry
        """);
    assertThat(
            skopeo.fail("skopeo inspect --tls-verify=false docker://$registry/team/skopeo:$user"))
        .containsAnyOf("unauthorized", "authentication required");
  }

  @ParameterizedTest
  @CsvSource({"basic, admin", "basic, ci", "token, admin", "token, ci"})
  void podman(String mode, String user, @TempDir Path own) throws Exception {
    ContainerTool podman = new ContainerTool("podman", own);
    LaunchedRegistry registry = Objects.requireNonNull(REGISTRIES.get(mode));
    String image = registry.host() + "/team/podman:" + user;
    String password = user.equals("ci") ? Objects.requireNonNull(KEYS.get(mode)) : PASSWORD;
    String file = "--authfile=" + own.resolve("auth.json");
    String plain = "--tls-verify=false";
    SampleImage sample = new SampleImage(own);
    podman.print("pull", "--quiet", "oci:sample:amd64");
    String id = sample.id("amd64").substring("sha256:".length());
    podman.print("tag", id, image);
    assertThat(podman.fail("push", plain, file, image, "docker://" + image))
        .containsAnyOf("unauthorized", "authentication required", "auth.json");
    podman.print("login", plain, file, "-u", user, "-p", password, registry.host());
    podman.print("push", plain, file, image, "docker://" + image);
    podman.forgetEverything();
    assertThat(podman.print("pull", "--quiet", plain, file, image)).isEqualTo(id);
  }

  @ParameterizedTest
  @CsvSource({"basic, admin", "basic, ci", "token, admin", "token, ci"})
  void crane(String mode, String user) throws Exception {
    Program crane = shell(mode, user, "SLIPWAY_CRANE");
    assertThat(crane.fail("crane append --oci-empty-base -f content.tar -t $registry/team/x:v1"))
        .containsAnyOf("UNAUTHORIZED", "Unauthorized");
    crane.print(
        """
        crane auth login $registry -u $user -p "$password"
        crane append --oci-empty-base -f content.tar -t $registry/team/crane:$user
        crane export $registry/team/crane:$user - | tar -xO content | cmp - content
        crane copy $registry/team/crane:$user $registry/team/crane-copy:$user
        """);
    String catalog = crane.print("crane catalog $registry");
    assertThat(catalog).contains("team/crane", "team/crane-copy");
  }

  @ParameterizedTest
  @CsvSource({"basic, admin", "basic, ci", "token, admin", "token, ci"})
  void helm(String mode, String user) throws Exception {
    Program helm = shell(mode, user, "SLIPWAY_HELM");
    helm.print(
        """
        rm -rf chart-$mode-$user && mkdir -p chart-$mode-$user/app && cd chart-$mode-$user
        printf 'apiVersion: v2\\nname: app\\nversion: 1.0.0\\n' >app/Chart.yaml
        helm package app
        ! helm push --plain-http app-1.0.0.tgz oci://$registry/team/charts-$user
        helm registry login --plain-http -u $user -p "$password" $registry
        helm push --plain-http app-1.0.0.tgz oci://$registry/team/charts-$user
        mkdir back
        helm pull --plain-http -d back oci://$registry/team/charts-$user/app --version 1.0.0
        cmp back/app-1.0.0.tgz app-1.0.0.tgz
        """);
  }
}
