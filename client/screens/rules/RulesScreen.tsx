import type { ReactElement } from 'react';
import { PageFrame } from '../frame/PageFrame.tsx';
import { useFrameWords } from '../frame/words.ts';

export default function RulesScreen(): ReactElement {
  const { say } = useFrameWords();
  return (
    <PageFrame id="rules" title={say('/rules')}>
      {null}
    </PageFrame>
  );
}
