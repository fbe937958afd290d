import type { ReactElement } from 'react';
import { PageFrame } from '../frame/PageFrame.tsx';
import { useFrameWords } from '../frame/words.ts';

export default function RosterScreen(): ReactElement {
  const { say } = useFrameWords();
  return (
    <PageFrame id="roster" title={say('/roster')}>
      {null}
    </PageFrame>
  );
}
