import { type ReactElement, useLayoutEffect, useRef, useState } from 'react';
import { elideTo } from '../numbers/format.ts';

let context: CanvasRenderingContext2D | null = null;
/** Room that letter spacing and digits of one width may take beyond what a canvas measures. */
const SLACK = 1.03;

/** One line of text, shortened in the middle only where its box is too narrow; the whole of it is in `title`. */
export function Elided({
  text,
  className,
  testId,
}: {
  text: string;
  className: string;
  testId?: string;
}): ReactElement {
  const host = useRef<HTMLSpanElement>(null);
  const [shown, setShown] = useState(text);
  useLayoutEffect(() => {
    const node = host.current;
    if (node === null) return;
    const fit = (): void => {
      context ??= document.createElement('canvas').getContext('2d');
      if (context === null) return;
      const { fontWeight, fontSize, fontFamily } = getComputedStyle(node);
      context.font = `${fontWeight} ${fontSize} ${fontFamily}`;
      const room = node.clientWidth;
      const width = (part: string): number => (context?.measureText(part).width ?? 0) * SLACK;
      setShown(room === 0 ? text : elideTo(text, (part) => width(part) <= room));
    };
    fit();
    const watch = new ResizeObserver(fit);
    watch.observe(node);
    void document.fonts?.ready.then(fit);
    return () => watch.disconnect();
  }, [text]);
  return (
    <span ref={host} className={`elided ${className}`} data-testid={testId} title={text}>
      {shown}
    </span>
  );
}
