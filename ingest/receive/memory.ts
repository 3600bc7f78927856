import { totalmem } from 'node:os';

const LOOK_EVERY_MS = 1000;
/** Of the memory this process may have at most, before the kernel ends it. */
const SHARE = 0.8;

/** Whether the process has more resident memory than `limit` bytes. Looks once a second at most, since the answer costs a system call. */
export function memoryGuard(
  limit: number = softLimit(),
  rss: () => number = () => process.memoryUsage.rss(),
  now: () => number = () => performance.now(),
): () => boolean {
  let lookedAt = Number.NEGATIVE_INFINITY;
  let short = false;
  return () => {
    if (now() - lookedAt >= LOOK_EVERY_MS) {
      lookedAt = now();
      short = rss() > limit;
    }
    return short;
  };
}

/** 80 % of what the machine, or the container around this process, has. */
function softLimit(): number {
  const constrained = process.constrainedMemory();
  return SHARE * Math.min(totalmem(), constrained > 0 ? constrained : Number.POSITIVE_INFINITY);
}
