import { type ReactElement, useEffect, useState } from 'react';
import '../i18n/scene-words.ts';
import { useHistoryLines } from '../net/use-history.ts';
import { useLink } from '../net/use-link.ts';
import { useWallHygiene } from '../net/use-wall-hygiene.ts';
import { Announce } from '../panels/Announce.tsx';
import { ProofDialog } from '../panels/ProofDialog.tsx';
import { RoomHead } from '../panels/RoomHead.tsx';
import { useTakenOver } from '../panels/take-over.ts';
import { WallFoot } from '../panels/WallFoot.tsx';
import { WallHeader } from '../panels/WallHeader.tsx';
import { setQuery, useRoute } from '../router.ts';
import { useConsole } from '../state/console-store.ts';
import { CheckoutScene } from './CheckoutScene.tsx';
import { CountdownScene } from './CountdownScene.tsx';
import { MarketingScene } from './MarketingScene.tsx';
import { Overview } from './Overview.tsx';
import { RegionsScene } from './RegionsScene.tsx';
import { SupplyScene } from './SupplyScene.tsx';
import { SCENES, type SceneId, sceneOf, stepScene } from './scenes.ts';
import { TechScene } from './tech/TechScene.tsx';
import { useBurnInShift } from './use-burn-in.ts';
import { useDimmed } from './use-dimmed.ts';
import { useIdlePointer } from './use-idle-pointer.ts';
import { useRotation } from './use-rotation.ts';
import { useWallKeys } from './use-wall-keys.ts';
import { WallHelp } from './WallHelp.tsx';

const SCENE_BODY: Readonly<Record<SceneId, () => ReactElement>> = {
  overview: Overview,
  regions: RegionsScene,
  checkout: CheckoutScene,
  marketing: MarketingScene,
  supply: SupplyScene,
  countdown: CountdownScene,
  tech: TechScene,
};
/** A scene is drawn when its first frame is here; after this long it is drawn without. */
const SCENE_WAIT_MS = 2_000;

/** Keeps the old scene, live until then, so that a change of scene never flashes dashes. */
function useShownScene(wanted: (typeof SCENES)[number]): (typeof SCENES)[number] {
  const arrived = useConsole((state) => state.frame?.view ?? null);
  const [given, setGiven] = useState(wanted.id);
  useEffect(() => {
    const timer = setTimeout(() => setGiven(wanted.id), SCENE_WAIT_MS);
    return () => clearTimeout(timer);
  }, [wanted.id]);
  const here = SCENES.find(({ view }) => view === arrived);
  return here?.id === wanted.id || given === wanted.id || !here ? wanted : here;
}

export default function WallScreen(): ReactElement {
  const { query } = useRoute();
  const wanted = sceneOf(query.get('scene'));
  useLink(wanted.view);
  useHistoryLines();
  const shown = useShownScene(wanted);
  const taken = useTakenOver();
  const rotation = useRotation(wanted.id, query, taken);
  const [help, setHelp] = useState(false);
  const scale = useConsole((state) => state.wallScale);
  const dimmed = useDimmed(taken);
  useWallHygiene();
  const idle = useIdlePointer();
  const shift = useBurnInShift();
  useWallKeys({
    onScene: (index) => setQuery({ scene: SCENES[index]?.id ?? 'overview' }),
    onStep: (step) => setQuery({ scene: stepScene(wanted.id, step) }),
    onHold: rotation.toggle,
    onDim: () => setQuery({ dim: query.get('dim') === '1' ? null : '1' }),
    onHelp: () => setHelp(true),
  });
  const Body = SCENE_BODY[shown.id];
  return (
    <main
      className={`wall scene-${shown.id} ${idle ? 'wall-idle' : ''}`}
      data-testid="wall"
      data-scale={scale}
      data-dimmed={dimmed}
      data-scene={shown.id}
      style={{ translate: shift }}
    >
      <WallHeader Head={RoomHead} />
      <Announce />
      <Body />
      <WallFoot rotation={rotation} scene={shown.id} />
      <ProofDialog />
      {help ? <WallHelp onClose={() => setHelp(false)} /> : null}
    </main>
  );
}
