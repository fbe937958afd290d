import { type SoundState, useSound } from './sound-store.ts';
import { type Beep, TONES, type ToneName } from './tones.ts';

const KEPT = 'wr-sound';
const PEAK = 0.25;
const EDGE_S = 0.012;
let context: AudioContext | null = null;

function remember(on: boolean): void {
  try {
    localStorage.setItem(KEPT, on ? 'on' : 'off');
  } catch {
    // storage may be off in a kiosk: the choice then lasts as long as the page
  }
}
const wanted = (): boolean => {
  try {
    return localStorage.getItem(KEPT) === 'on';
  } catch {
    return false;
  }
};
/** `?sound=on`: a wall that was started with its browser's autoplay flag; nobody will ever touch it. */
const kiosk = (): boolean => new URLSearchParams(location.search).get('sound') === 'on';

const stateOf = (): SoundState => (context?.state === 'running' ? 'on' : wanted() || kiosk() ? 'waiting' : 'off');
const tell = (): void => useSound.getState().set(stateOf());

/** Only from a gesture, or on a wall started for it: no context exists before. */
async function begin(): Promise<void> {
  if (context === null) {
    context = new AudioContext();
    context.addEventListener('statechange', tell);
  }
  // without leave a browser answers never, not "no"
  await Promise.race([context.resume().catch(() => undefined), new Promise((done) => setTimeout(done, 500))]);
  tell();
}
/** Turns sound on; call it in a click or key press. */
export async function soundOn(): Promise<void> {
  remember(true);
  await begin();
}
export async function soundOff(): Promise<void> {
  remember(false);
  const old = context;
  context = null;
  useSound.getState().set('off');
  await old?.close().catch(() => undefined);
}

/** At the start of a page: a kiosk tries by itself; a screen that was on waits for the first touch. Returns what undoes it. */
export function resumeSound(): () => void {
  if (context !== null) return () => undefined;
  tell();
  if (kiosk()) void begin();
  if (!wanted()) return () => undefined;
  const touched = (): void => {
    if (context === null || context.state !== 'running') void begin();
    stop();
  };
  const stop = (): void => {
    removeEventListener('pointerdown', touched);
    removeEventListener('keydown', touched);
  };
  addEventListener('pointerdown', touched);
  addEventListener('keydown', touched);
  return stop;
}

/** Plays a tone now; nothing while sound is off. */
export function playTone(name: ToneName): void {
  if (context === null || context.state !== 'running') return;
  const at = context.currentTime + 0.02;
  for (const beep of TONES[name]) playBeep(context, beep, at);
}
function playBeep(audio: AudioContext, { hz, fromMs, forMs }: Beep, at: number): void {
  const from = at + fromMs / 1_000;
  const to = from + forMs / 1_000;
  const gain = audio.createGain();
  // soft edges: a hard one clicks
  gain.gain.setValueAtTime(0, from);
  gain.gain.linearRampToValueAtTime(PEAK, from + EDGE_S);
  gain.gain.setValueAtTime(PEAK, to - EDGE_S);
  gain.gain.linearRampToValueAtTime(0, to);
  const tone = audio.createOscillator();
  tone.frequency.value = hz;
  tone.connect(gain).connect(audio.destination);
  tone.start(from);
  tone.stop(to);
}
