import { type ReactElement, useEffect, useState } from 'react';
import '../styles/sound.css';
import { MUTE_MINUTES, type MuteReply } from '#contract/room';
import { keysAreOn } from '../keys/use-keys.ts';
import { post } from '../net/command.ts';
import { RequestFailed } from '../net/http.ts';
import { clockSpan } from '../numbers/time.ts';
import { Dialog, DialogExit } from '../panels/Dialog.tsx';
import { useSending } from '../panels/use-sending.ts';
import { useConsole } from '../state/console-store.ts';
import { useTicked } from '../state/use-freshness.ts';
import { playTone, soundOff, soundOn } from './player.ts';
import { useSound } from './sound-store.ts';
import { isSpeaker, mutedForMs, useTones } from './use-sound.ts';
import { useSoundWords } from './words.ts';

/** Whole seconds until a mute ends, again each second; 0: nothing is muted. */
const useMutedS = (): number => useTicked((nowMs) => Math.ceil(mutedForMs(useConsole.getState(), nowMs) / 1_000));
const left = (seconds: number): string => clockSpan(seconds * 1_000).slice(3);

/**
 * Says whether this screen can be heard, and turns it on: a browser allows sound only in the press itself. A mute counts down in its
 * place on every wall. `openWith` is the key that opens it.
 */
export function SoundChip({ openWith = 'm' }: { openWith?: string | null }): ReactElement {
  useTones();
  const { say } = useSoundWords();
  const { state, room, voice } = useSound();
  const speaker = useConsole((each) => isSpeaker(each, room, voice));
  const mutedS = useMutedS();
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (openWith === null) return;
    const pressed = (event: KeyboardEvent): void => {
      if (!keysAreOn() || event.key !== openWith || event.ctrlKey || event.altKey || event.metaKey || event.repeat)
        return;
      if (event.target instanceof Element && event.target.closest('input, textarea, select, dialog[open]')) return;
      event.preventDefault();
      setOpen(true);
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [openWith]);
  const shown = mutedS > 0 ? 'muted' : state === 'on' && speaker ? 'speaker' : state;
  return (
    <>
      <button
        type="button"
        className="sound-chip"
        data-testid="sound"
        data-sound={shown}
        aria-keyshortcuts={openWith ?? undefined}
        onClick={() => {
          if (state !== 'on') void soundOn();
          setOpen(true);
        }}
      >
        {say(shown, { time: left(mutedS) })}
      </button>
      {open ? <SoundDialog onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function SoundDialog({ onClose }: { onClose: () => void }): ReactElement {
  const { say } = useSoundWords();
  const { state, room, voice } = useSound();
  const mutedS = useMutedS();
  const mutedBy = useConsole((each) => each.frame?.room?.sound?.mutedBy ?? '');
  const screen = useConsole((each) => each.frame?.room?.sound?.speakers[room]?.screenId ?? null);
  const here = useConsole((each) => isSpeaker(each, room, voice));
  const mayMute = useConsole(
    (each) => typeof each.session === 'object' && each.session.permissions.includes('sound.mute'),
  );
  const sending = useSending((error) =>
    say('failed', { code: error instanceof RequestFailed ? error.code : 'network' }),
  );
  const mute = (minutes: number): void => void sending.send(() => post<MuteReply>('/sound/mute', { minutes }));
  return (
    <Dialog id="sound-dialog" title={say('title')} className="proof sound-dialog" onClose={onClose}>
      <p>
        {say('rules')} {say('onlyOne')}
      </p>
      <p role="status" data-testid="sound-speaker">
        {here ? say('here') : screen === null ? say('nobody') : say('there', { screen })}
      </p>
      {state === 'waiting' ? <p>{say('blocked')}</p> : null}
      <p className="sound-buttons">
        <button
          type="button"
          className="button button-main"
          data-testid="sound-switch"
          onClick={() => void (state === 'on' ? soundOff() : soundOn())}
        >
          {say(state === 'on' ? 'turnOff' : 'turnOn')}
        </button>
        <button
          type="button"
          className="button"
          disabled={state !== 'on'}
          data-testid="sound-test"
          onClick={() => playTone('red')}
        >
          {say('testRed')}
        </button>
        <button type="button" className="button" disabled={state !== 'on'} onClick={() => playTone('orange')}>
          {say('testOrange')}
        </button>
      </p>
      {mutedS > 0 ? <p data-testid="muted">{say('mutedBy', { who: mutedBy, time: left(mutedS) })}</p> : null}
      {mayMute ? (
        <p className="sound-buttons">
          {MUTE_MINUTES.map((n) => (
            <button key={n} type="button" className="button" data-testid={`mute-${n}`} onClick={() => mute(n)}>
              {say('mute', { n })}
            </button>
          ))}
          {mutedS > 0 ? (
            <button type="button" className="button" data-testid="unmute" onClick={() => mute(0)}>
              {say('unmute')}
            </button>
          ) : null}
        </p>
      ) : null}
      <p role="alert">{sending.text}</p>
      <p className="dialog-exit">
        <DialogExit words={say('close')} />
      </p>
    </Dialog>
  );
}
