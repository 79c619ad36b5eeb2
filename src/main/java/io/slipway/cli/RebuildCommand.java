package io.slipway.cli;

import io.slipway.server.RebuildProcess;
import io.slipway.storage.RebuildOptions;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes the database anew from the blob store. */
@Command(
    name = "rebuild",
    description =
        "Makes the database of a stopped registry anew from what its store has; exits with 1 when"
            + " something had to be left out.",
    mixinStandardHelpOptions = true)
final class RebuildCommand implements Callable<Integer> {
  @Mixin private StoreOptions stores;

  @Option(names = "--verify", description = "Read and hash every blob; takes as long as that.")
  private boolean verify;

  @Option(
      names = "--keep-incomplete",
      description = "Bring back manifests whose blobs or children are not there, too.")
  private boolean keepIncomplete;

  @Option(names = "--replace", description = "Forget what the database has first.")
  private boolean replace;

  @Option(
      names = "--force",
      description = "Begin although other nodes seem to work on the same database.")
  private boolean force;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    var loaded = stores.load(Map.of());
    loaded.warnings().forEach(spec.commandLine().getErr()::println);
    return RebuildProcess.run(
        loaded.config(),
        new RebuildOptions(verify, keepIncomplete, replace),
        force,
        spec.commandLine().getOut()::println);
  }
}
