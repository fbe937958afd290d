import type { ReactElement } from 'react';
import { PageFrame } from '../frame/PageFrame.tsx';
import { useFrameWords } from '../frame/words.ts';

export default function SilencesScreen(): ReactElement {
  const { say } = useFrameWords();
  return (
    <PageFrame id="silences" title={say('/silences')}>
      {null}
    </PageFrame>
  );
}
