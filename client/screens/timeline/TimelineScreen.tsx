import type { ReactElement } from 'react';
import { PageFrame } from '../frame/PageFrame.tsx';
import { useFrameWords } from '../frame/words.ts';

export default function TimelineScreen(): ReactElement {
  const { say } = useFrameWords();
  return (
    <PageFrame id="timeline" title={say('/timeline')}>
      {null}
    </PageFrame>
  );
}
