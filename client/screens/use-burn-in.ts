import { useEffect, useState } from 'react';

/** A wall shows the same lines all night: the picture moves by four pixels every three minutes. */
const EVERY_MS = 180_000;
const STEPS = ['0px 0px', '4px 0px', '4px 4px', '0px 4px', '-4px 0px', '-4px -4px', '0px -4px'] as const;

export function useBurnInShift(): string {
  const [step, setStep] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setStep((now) => (now + 1) % STEPS.length), EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return STEPS[step] ?? STEPS[0];
}
