// SPDX-License-Identifier: Apache-2.0
package io.sluice.cli;

import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signals by which services are asked to do something. The JDK has them in {@code sun.misc} alone, which is found by name, so
 * that a runtime without it only lacks this.
 */
final class Signals {
    private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

    private Signals() {}

    /**
     * From now on a signal does that, on a thread of its own, where it ended the process before.
     *
     * @param name without SIG
     * @param instead what people can do where signals cannot be had
     */
    static void handle(String name, Runnable action, String instead) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handler}, (self, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            action.run();
                            return null;
                        }
                        return method.getName().equals("hashCode")
                                ? (Object) System.identityHashCode(self)
                                : method.getName().equals("equals") ? (Object) (self == arguments[0]) : "Signals";
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (ReflectiveOperationException e) {
            LOG.warn("event=signal_ignored signal=SIG{} cause=\"{}\" instead=\"{}\"", name, e.toString(), instead);
        }
    }
}
