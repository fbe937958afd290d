import type { ReactElement } from 'react';
import { maybe, useT } from '../i18n/t.ts';
import { useUpdateWaits } from '../net/use-update.ts';
import { elide } from '../numbers/format.ts';
import { SoundChip } from '../sound/SoundChip.tsx';
import { useRoomWords } from './room-words.ts';
import { TierMark } from './TierMark.tsx';
import { TimelineLine } from './TimelineLine.tsx';
import { rowTitle, useAlertAge, useTakenRed } from './take-over.ts';

export interface WallFootProps {
  readonly rotation: { readonly dwellS: number | null; readonly held: boolean; readonly stopped: boolean };
  readonly scene: string;
}

/** The foot of a wall: the newest entry, or a red alert somebody has taken; scene, rotation, a waiting build, sound. */
export function WallFoot({ rotation, scene }: WallFootProps): ReactElement {
  const { t, lang } = useT();
  const { say } = useRoomWords();
  const red = useTakenRed();
  const updates = useUpdateWaits(({ waits }) => waits);
  const facts = (
    <>
      {scene === 'overview' ? null : <span className="fact fact-scene">{maybe(lang, `scene.${scene}`)}</span>}
      {rotation.dwellS === null ? null : (
        <span className="fact" data-testid="rotation">
          {rotation.stopped
            ? say('rotationStopped')
            : rotation.held
              ? t('scene.held')
              : t('scene.rotating', { n: rotation.dwellS })}
        </span>
      )}
      {updates ? <span className="chip">{say('updating')}</span> : null}
      <SoundChip />
    </>
  );
  return <TimelineLine facts={facts} instead={red && scene !== 'overview' ? <TakenRed alert={red} /> : undefined} />;
}

/** A red alert that somebody has taken, where no strip lists it: what, who has it, since when. */
function TakenRed({ alert }: { alert: NonNullable<ReturnType<typeof useTakenRed>> }): ReactElement {
  const { say, lang } = useRoomWords();
  const age = useAlertAge(alert.startsAt);
  return (
    <span className="taken-red" data-testid="taken-red">
      <TierMark tier="red" />
      <b>{elide(rowTitle(alert, lang), 24)}</b> {say('owned', { who: elide(alert.owner ?? '', 10) })} {age}
    </span>
  );
}
