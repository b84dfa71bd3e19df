import dev.jvmrtc.*;
import java.lang.management.*;
/** A callback on the event loop that interrupts its thread. Right: the idle loop uses no processor time before and after. */
public class Spin { public static void main(String[] a) throws Exception {
  RTCPeerConnectionFactory f = ApiAbuse.fac(Runnable::run); ApiAbuse.Pair p = ApiAbuse.pair(f);
  ThreadMXBean m = ManagementFactory.getThreadMXBean(); Thread loop = Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().contains("loop-0")).findFirst().get();
  Thread.sleep(500); long c0 = m.getThreadCpuTime(loop.getId()); Thread.sleep(2000); System.out.printf("idle loop: %.1f %% CPU%n", (m.getThreadCpuTime(loop.getId()) - c0) / 2e7);
  p.d().get().onMessage(x -> Thread.currentThread().interrupt()); p.c().send("x"); Thread.sleep(500);
  c0 = m.getThreadCpuTime(loop.getId()); Thread.sleep(2000); System.out.printf("after one interrupt in a callback on the loop: %.1f %% CPU, interrupted %s%n", (m.getThreadCpuTime(loop.getId()) - c0) / 2e7, loop.isInterrupted());
  System.exit(0); } }
