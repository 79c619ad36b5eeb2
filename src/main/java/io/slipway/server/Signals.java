package io.slipway.server;

import java.io.Console;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs something at a signal in place of the JVM's own ending, whose exit code is not 0.
 *
 * <p>Goes by reflection: {@code sun.misc.Signal} is there in every JDK, but the compiler warns of
 * naming it.
 */
final class Signals {
  private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

  private Signals() {}

  static void onTermination(Runnable action) {
    on(action, "TERM", "INT");
  }

  /**
   * Runs something at SIGHUP, which is how one asks a server to read its files again. Not with a
   * terminal: there the signal says that it was closed, and the server should end with it.
   */
  static void onHangup(Runnable action) {
    if (Optional.ofNullable(System.console()).filter(Console::isTerminal).isEmpty()) {
      on(action, "HUP");
    }
  }

  private static void on(Runnable action, String... names) {
    for (String name : names) {
      try {
        handle(name, action);
      } catch (ReflectiveOperationException e) {
        LOG.warn(
            "tried to handle SIG{} but {}; it will end the process at once", name, e.toString());
      }
    }
  }

  private static void handle(String name, Runnable action) throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    Class<?> handler = Class.forName("sun.misc.SignalHandler");
    InvocationHandler run =
        (proxy, method, arguments) -> {
          if (method.getName().equals("handle")) {
            action.run();
          }
          return null;
        };
    Object proxy =
        Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {handler}, run);
    signal
        .getMethod("handle", signal, handler)
        .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
  }
}
