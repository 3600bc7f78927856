import './minimap.css';
import { useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { type ReactNode, useEffect, useRef } from 'react';
import type { Task } from '../../../query/contract/index.ts';
import { intervalOf, type Timescale } from './timescale.ts';

const PAD = 3;
const THICKEST = 3;

/** One line a task, top to bottom as in the tree; failed ones in red. Drawn once, whatever their number. */
function draw(canvas: HTMLCanvasElement, tasks: readonly Task[], scale: Timescale, width: number, height: number): void {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const pen = canvas.getContext('2d');
  if (!pen) return;
  const style = getComputedStyle(canvas);
  const pitch = Math.min(6, (height - 2 * PAD) / Math.max(1, tasks.length));
  const thick = Math.max(1, Math.min(THICKEST, pitch - 1));
  pen.scale(ratio, ratio);
  tasks.forEach((task, index) => {
    const { start, end } = intervalOf(task);
    const x = scale.place(start) * width;
    pen.fillStyle = style.getPropertyValue(task.status === 'failed' ? '--status-failed' : `--kind-${task.kind}`);
    pen.fillRect(x, PAD + index * pitch, Math.max(2, scale.place(end) * width - x), thick);
  });
}

interface MinimapProps {
  tasks: readonly Task[];
  scale: Timescale;
  height: number;
  children?: ReactNode;
}

/** The whole run on a hand's breadth. */
export function Minimap({ tasks, scale, height, children }: MinimapProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { ref, width } = useElementSize();
  const scheme = useComputedColorScheme();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another scheme means other colours
  useEffect(() => {
    if (canvas.current && width > 0) draw(canvas.current, tasks, scale, width, height - 2);
  }, [tasks, scale, width, height, scheme]);
  return (
    <div className="minimap" ref={ref} style={{ height }}>
      <canvas ref={canvas} role="img" aria-label={`${tasks.length} tasks over the time of the run`} />
      {children}
    </div>
  );
}
